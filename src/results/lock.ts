/** One process at a time writes to a run's folder. */
import { join } from 'node:path';
import { HeldError, takeLock } from '../lock.js';

/**
 * Locks a folder and returns what unlocks it.
 * @throws Error in one sentence where another process holds the lock.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  try {
    return await takeLock(join(folder, 'lock'));
  } catch (error) {
    if (!(error instanceof HeldError)) throw error;
    throw new Error(
      `Another process (${error.holder}) is writing to ${folder}: wait for its end, or delete ${error.path} if it is gone.`,
    );
  }
}
