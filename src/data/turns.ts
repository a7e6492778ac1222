/** Processes that want one folder take turns. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeldError, takeLock } from '../lock.js';

/** What a wait for another process's turn needs. */
export interface TurnOptions {
  /** Called once, with the lock's path, if another process holds it, before waiting. */
  readonly onWait?: (lock: string) => void;
  /** Aborts the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait at most; default an hour. */
  readonly patience?: number | undefined;
}

/**
 * Run `task` while holding `folder` (made if absent) against every other process that asks the same.
 *
 * @throws HeldError, which names the lock and says what to do, when another process has kept it for too long
 */
export async function takeTurn<T>(
  folder: string,
  task: () => Promise<T>,
  { onWait, signal, patience = 3_600_000 }: TurnOptions = {},
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const start = performance.now();
  let release: (() => Promise<void>) | undefined;
  for (let waited = false; release === undefined; waited = true) {
    try {
      release = await takeLock(join(folder, '.downloading'));
    } catch (error) {
      if (!(error instanceof HeldError) || performance.now() - start > patience) throw error;
      if (!waited) onWait?.(error.path);
      await sleep(100);
      signal?.throwIfAborted();
    }
  }
  try {
    return await task();
  } finally {
    await release();
  }
}
