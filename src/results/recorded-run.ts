/** Runs as they lie on the disk, read and not written to. */
import { readdir } from 'node:fs/promises';
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
  return { folder, file, records: await readJournal(folder, file.rule.length) };
}

/** All folders of runs in or below a folder, sorted; none where it does not exist. */
export async function findRuns(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.some((entry) => entry.isFile() && entry.name === RUN_FILE)) return [folder];
  const below = entries.filter((entry) => entry.isDirectory()).map((entry) => findRuns(join(folder, entry.name)));
  return (await Promise.all(below)).flat().sort();
}
