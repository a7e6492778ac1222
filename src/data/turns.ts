/** Processes that want one folder take turns. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

/** What a wait for another process's turn needs. */
export interface TurnOptions {
  /** Called once, with the lock's path, if another process holds it, before waiting. */
  readonly onWait?: (lock: string) => void;
  /** Aborts the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a sign of life, which holders give every 5 s, after which a holder is gone; default 15,000. */
  readonly quiet?: number | undefined;
  /** Milliseconds to wait at most; default an hour. */
  readonly patience?: number | undefined;
}

/**
 * Run `task` while holding `folder` (made if absent) against every other process that asks the same. Whether a holder
 * lives is told by its lock's date changing while we look, not by what the date is: clocks differ.
 *
 * @param task gets a signal that aborts if the lock is lost, as after a suspended laptop wakes up
 * @throws Error that names the lock and says what to do, when another process has kept it for too long
 */
export async function takeTurn<T>(
  folder: string,
  task: (lost: AbortSignal) => Promise<T>,
  { onWait, signal, quiet = 15_000, patience = 3_600_000 }: TurnOptions = {},
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const lockfilePath = join(folder, '.lock');
  const lost = new AbortController();
  const start = performance.now();
  let release: (() => Promise<void>) | undefined;
  let sign = await dateOf(lockfilePath);
  for (let waited = false, heard = start; release === undefined; waited = true) {
    try {
      release = await lockfile.lock(folder, { lockfilePath, onCompromised: (error) => lost.abort(error) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!waited) onWait?.(lockfilePath);
      await sleep(100);
      signal?.throwIfAborted();
      const date = await dateOf(lockfilePath);
      if (date !== sign) heard = performance.now();
      sign = date;
      if (performance.now() - heard > quiet) await rm(lockfilePath, { recursive: true, force: true });
      if (performance.now() - start > patience) {
        const minutes = Math.round(patience / 60_000);
        throw new Error(
          `another process has held ${lockfilePath} for more than ${minutes} minutes: wait for its end, or delete it if there is none`,
        );
      }
    }
  }
  try {
    return await task(lost.signal);
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

async function dateOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}
