import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, mkdir, readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { homeFolder } from '../home.js';

/**
 * Where downloaded and generated data is kept: `$XDG_CACHE_HOME/meta-plasticity`, else `~/.cache/meta-plasticity`
 * (XDG Base Directory Specification: a relative XDG_CACHE_HOME is to be ignored). Undefined for who has no home.
 */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const base = env.XDG_CACHE_HOME;
  if (base && isAbsolute(base)) return join(base, 'meta-plasticity');
  const home = homeFolder(env);
  return home && join(home, '.cache', 'meta-plasticity');
}

/** What to do about a cache that cannot be had. */
export const CHOOSE_CACHE = 'set XDG_CACHE_HOME to a folder that can be written';

/**
 * The cache folder, made if absent, in which files can be made.
 * @throws Error in one sentence where there is none.
 */
export async function writableCache(cacheDir: string | undefined): Promise<string> {
  if (cacheDir === undefined) throw new Error(`There is no home folder to keep data in: ${CHOOSE_CACHE}`);
  try {
    await mkdir(cacheDir, { recursive: true });
    await access(cacheDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(`Data cannot be kept in ${cacheDir} (${(cause as Error).message}): ${CHOOSE_CACHE}`, { cause });
  }
  return cacheDir;
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
