/** Runs as they lie on the disk, read and not written to. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpisodeRecord } from '../meta/record.js';
import { readJournal } from './run.js';
import { RUN_FILE, type RunFile, readRunFile } from './run-file.js';

export interface RecordedRun {
  readonly folder: string;
  readonly file: RunFile;
  readonly records: readonly EpisodeRecord[];
}

/** @throws Error in one sentence where the folder is none of a run, or its files are damaged. */
export async function readRecordedRun(folder: string): Promise<RecordedRun> {
  const file = await readRunFile(folder);
  return { folder, file, records: await readJournal(folder, file) };
}

/**
 * All folders of runs in or below a folder, sorted; none where it does not exist. Links are followed, and each folder is
 * looked at once.
 * @param onProblem hears of what cannot be looked at and is passed over; without it that is thrown.
 */
export async function findRuns(
  folder: string,
  onProblem: (sentence: string) => void = raise,
  seen = new Set<string>(),
): Promise<string[]> {
  let entries: Dirent[];
  try {
    const place = await realpath(folder);
    if (seen.has(place)) return [];
    seen.add(place);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') onProblem(`${folder} cannot be looked into (${message}).`);
    return [];
  }
  const kind = async (entry: Dirent) =>
    entry.isSymbolicLink() ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
  const runFile = entries.find(({ name }) => name === RUN_FILE);
  if (runFile && (await kind(runFile))?.isFile()) return [folder];
  const found: string[] = [];
  // Links last, so that a folder is called by its own name.
  for (const entry of entries.sort((a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()))) {
    if ((await kind(entry))?.isDirectory()) found.push(...(await findRuns(join(folder, entry.name), onProblem, seen)));
  }
  return found.sort();
}

function raise(sentence: string): never {
  throw new Error(sentence);
}
