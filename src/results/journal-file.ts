/** A file of lines that grows, each line chained to those before it and to the file that says what they are of. */
import { appendFileSync, closeSync, fstatSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { cannotWrite } from '../files.js';
import type { Chain } from '../meta/chain.js';
import type { DecodeOptions } from '../meta/lines.js';
import { type Deciding, journalChain } from './identity.js';
import type { Sealed } from './sealed.js';

/** What the whole lines of a text say; `DecodeOptions` as decodeLines takes them. */
type Decode<T> = (text: string, options: DecodeOptions) => T[];

/** What is in such a file: its items, the chain at their end, and how many bytes they take. */
interface Lines<T> {
  readonly items: T[];
  readonly chain: Chain | undefined;
  readonly bytes: number;
}

/**
 * Reads the whole lines of such a file; none where it does not exist.
 * @throws JournalError where they do not fit `file` and each other, in the words of `decode`.
 */
export async function readLines<T>(path: string, file: Deciding & Sealed, decode: Decode<T>): Promise<Lines<T>> {
  const content = await readFile(path).catch((error) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const bytes = content.lastIndexOf('\n') + 1;
  const text = content.toString('utf8', 0, bytes);
  const chain = journalChain(file, text, path);
  return { items: decode(text, { name: path, chain }), chain, bytes };
}

/** Such a file, open to go on in it. */
export interface Journal<T> {
  readonly items: T[];
  /** Writes a line, its newline included. */
  append(line: string): void;
  /** @throws Error in one sentence where the file is there no more: what is written goes nowhere then. */
  check(): void;
  close(): void;
}

/** Opens such a file, or makes it: a last line that was being written when the process died is cut off. */
export async function openJournal<T>(path: string, file: Deciding & Sealed, decode: Decode<T>): Promise<Journal<T>> {
  const { items, chain, bytes } = await readLines(path, file, decode);
  const descriptor = openSync(path, 'a');
  ftruncateSync(descriptor, bytes);
  const { dev, ino } = fstatSync(descriptor);
  const check = () => {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.dev === dev && there.ino === ino) return;
    throw new Error(
      `${path} is gone: it was removed, moved or replaced while it was being written, and with it its results.`,
    );
  };
  return {
    items,
    check,
    append(line) {
      check(); // Takes 2 microseconds; the text files beside take 100.
      try {
        // One write a line: a process that is killed leaves whole lines, but perhaps for the last.
        appendFileSync(descriptor, chain ? chain.seal(line) : line);
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
    close: () => closeSync(descriptor),
  };
}
