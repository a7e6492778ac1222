/** The runs that a command is given by their folders, or by folders above them. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findRuns, type RecordedRun, readRecordedRun } from '../results/recorded-run.js';
import { recordedSettings } from './recorded.js';
import type { Terminal } from './terminal.js';
import { warnOfUnchecked } from './unchecked.js';
import { UsageError } from './usage-error.js';

/** What commands that read runs take for words. */
export const RUN_FOLDERS = {
  what: 'at least one folder of a run, or of runs',
  least: 1,
  most: Number.POSITIVE_INFINITY,
} as const;

/**
 * All runs in and below these folders; what is damaged or has no episode yet is named and left out.
 * @param command that asks for them.
 * @throws UsageError where a word is no folder, or no run is left.
 */
export async function readRuns(words: readonly string[], command: string, terminal: Terminal): Promise<RecordedRun[]> {
  const folders: string[] = [];
  const seen = new Set<string>();
  for (const word of words) {
    if (!(await stat(word).catch(() => undefined))?.isDirectory()) {
      throw new UsageError(`${command} needs folders, but there is no folder '${word}'.`);
    }
    folders.push(...(await findRuns(resolve(word), (sentence) => terminal.warn(sentence), seen)));
  }
  const runs: RecordedRun[] = [];
  for (const folder of folders) {
    try {
      const run = await readRecordedRun(folder);
      recordedSettings(run);
      if (run.records.length > 0) runs.push(run);
      else terminal.warn(`${folder} has no episode yet and is left out.`);
    } catch (error) {
      terminal.warn(`${folder} is left out: ${(error as Error).message}`);
    }
  }
  if (runs.length === 0) throw new UsageError(`There is no run with an episode in ${words.join(', ')}.`);
  warnOfUnchecked(runs, terminal);
  return runs;
}
