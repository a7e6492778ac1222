import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

/**
 * Where downloaded and generated data is kept: `$XDG_CACHE_HOME/meta-plasticity`, else `~/.cache/meta-plasticity`
 * (XDG Base Directory Specification: a relative XDG_CACHE_HOME is to be ignored).
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME;
  const root = base && isAbsolute(base) ? base : join(env.HOME || homedir(), '.cache');
  return join(root, 'meta-plasticity');
}

/** What a wait for another process's lock needs. */
export interface LockOptions {
  /** Called once if the lock is held by another process, before waiting. */
  readonly onWait?: () => void;
  /** Aborts the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Run `task` while holding `folder` (made if absent) against every other process that asks the same.
 *
 * @param task gets a signal that aborts if the lock is lost, as after a suspended laptop wakes up
 */
export async function withLock<T>(
  folder: string,
  task: (lost: AbortSignal) => Promise<T>,
  { onWait, signal }: LockOptions = {},
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const lost = new AbortController();
  let release: (() => Promise<void>) | undefined;
  for (let waited = false; release === undefined; ) {
    try {
      release = await lockfile.lock(folder, {
        lockfilePath: join(folder, '.lock'),
        onCompromised: (error) => lost.abort(error),
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (!waited) onWait?.();
      waited = true;
      await sleep(100);
      signal?.throwIfAborted();
    }
  }
  try {
    return await task(lost.signal);
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

/** One file of the cache; `file` is relative to the cache folder. */
export interface CachedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Every finished file below the cache folder, sorted by name; none if the folder does not exist. */
export async function describeCache(cacheDir: string): Promise<CachedFile[]> {
  const entries = await readdir(cacheDir, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.part'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    files.map(async (path) => {
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return { file: relative(cacheDir, path), bytes: (await stat(path)).size, sha256: hash.digest('hex') };
    }),
  );
}
