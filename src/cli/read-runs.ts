/** The runs that a command is given by their folders, or by folders above them. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findRuns, type RecordedRun, readRecordedRun } from '../results/recorded-run.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** What commands that read runs take for words. */
export const RUN_FOLDERS = {
  what: 'at least one folder of a run, or of runs',
  least: 1,
  most: Number.POSITIVE_INFINITY,
} as const;

/** The runs with an episode in and below these folders; `command` asks for them. */
export async function readRuns(words: readonly string[], command: string, terminal: Terminal): Promise<RecordedRun[]> {
  const folders = await Promise.all(
    words.map(async (word) => {
      if (!(await stat(word).catch(() => undefined))?.isDirectory()) {
        throw new UsageError(`${command} needs folders, but there is no folder '${word}'.`);
      }
      return findRuns(resolve(word));
    }),
  );
  const runs: RecordedRun[] = [];
  for (const folder of new Set(folders.flat())) {
    const run = await readRecordedRun(folder);
    if (run.records.length > 0) runs.push(run);
    else terminal.warn(`${folder} has no episode yet and is left out.`);
  }
  if (runs.length === 0) throw new UsageError(`There is no run with an episode in ${words.join(', ')}.`);
  return runs;
}
