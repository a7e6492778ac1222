/** Folders and files as they lie on disk: names of any bytes, links followed. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** An entry of a folder. Names are bytes; those that are not UTF-8 are shown as Latin-1. */
export interface Entry {
  readonly name: string;
  /** Path to show. */
  readonly shown: string;
  /** Path to open. */
  readonly path: Buffer;
}

/**
 * What a folder holds but for hidden entries, in order of the names' bytes (which for UTF-8 is that of code points).
 * @throws Error in one sentence where it cannot be read.
 */
export async function entriesOf({ shown, path }: Pick<Entry, 'shown' | 'path'>): Promise<Entry[]> {
  const names = await readdir(path, { encoding: 'buffer' }).catch((cause) => unreadable(shown, cause));
  return names
    .filter((name) => name[0] !== '.'.charCodeAt(0))
    .sort(Buffer.compare)
    .map((bytes) => {
      const name = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
      return { name, shown: join(shown, name), path: Buffer.concat([path, Buffer.from(sep), bytes]) };
    });
}

/**
 * What an entry is, or what it is a link to.
 * @throws Error in one sentence where that is nothing.
 */
export function statusOf({ shown, path }: Entry): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    return unreadable(shown, cause as Error);
  }
}

/**
 * The bytes of a file of at most `most` bytes. Pipes and devices are not opened: they may never end.
 * @throws Error in one sentence.
 */
export function readRegularFile(entry: Entry, most: number): Buffer {
  const { shown, path } = entry;
  const status = statusOf(entry);
  if (!status.isFile())
    throw new Error(`cannot read ${shown}: it is a ${status.isDirectory() ? 'folder' : 'pipe or device'}, not a file`);
  if (status.size > most)
    throw new Error(`cannot read ${shown}: it has ${status.size} bytes, at most ${most} are read`);
  if (status.size === 0) return Buffer.alloc(0); // Some of /proc go on for ever.
  try {
    return readFileSync(path); // Far quicker than promises for thousands of small files.
  } catch (cause) {
    return unreadable(shown, cause as Error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is a link to nothing',
  ELOOP: 'it is a link to itself',
  EACCES: 'it may not be read',
};

function unreadable(shown: string, cause: NodeJS.ErrnoException): never {
  throw new Error(`cannot read ${shown}: ${REASONS[cause.code ?? ''] ?? cause.message}`, { cause });
}
