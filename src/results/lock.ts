/**
 * One process at a time writes to a run's folder: its process id and host stand in the file `lock`. A process killed
 * outright leaves the file behind; on the same host the next one sees that it is gone, and takes over at once.
 */
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import mutex from 'proper-lockfile';
import { writeAtomically } from '../files.js';

/**
 * Locks a folder and returns what unlocks it.
 * @throws Error in one sentence where another process holds the lock.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  // Only while looking and taking, so that two processes cannot both take over from a dead one.
  const release = await mutex.lock(folder, {
    lockfilePath: join(folder, '.lock-in-progress'),
    retries: { retries: 60, minTimeout: 20, maxTimeout: 200 },
  });
  try {
    const holder = await readHolder(path);
    if (holder !== undefined && !isGone(holder)) {
      throw new Error(
        `Another process (${holder.pid} on ${holder.host}) is writing to ${folder}: wait for its end, or delete ${path} if it is gone.`,
      );
    }
    await writeAtomically(path, `${JSON.stringify({ pid: process.pid, host: hostname() })}\n`);
  } finally {
    await release();
  }
  return () => rm(path, { force: true });
}

interface Holder {
  readonly pid: unknown;
  readonly host: unknown;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, host } = JSON.parse(await readFile(path, 'utf8')) ?? {};
    return { pid, host };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return { pid: 'unknown', host: 'an unknown machine' };
    throw error;
  }
}

function isGone({ pid, host }: Holder): boolean {
  if (host !== hostname() || typeof pid !== 'number' || !(Number.isInteger(pid) && pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Has it ended, and only its parent has not taken notice yet? Known on Linux only; elsewhere it then seems alive for a moment. */
function isZombie(pid: number): boolean {
  try {
    // pid (name) state …, where a name may hold anything.
    return /^[ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!);
  } catch {
    return false;
  }
}
