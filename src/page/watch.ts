/** Runs below a folder, as they come and grow. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findRuns, type RecordedRun, readRecordedRun } from '../results/recorded-run.js';

/** Files whose change tells that a run has gone on. */
const TELLING = ['run.json', 'journal.jsonl'];

export interface Watch {
  /** Looks once: calls `onChange` with each run that has grown or come since the last time. */
  look(): Promise<void>;
}

/**
 * By looking again, not by the system's notices: those of a cluster's file system do not come through. What cannot be read
 * yet, or is damaged, is looked at again when it changes; `onProblem` hears of it.
 */
export function watchRuns(
  folders: readonly string[],
  onChange: (run: RecordedRun) => void,
  onProblem: (sentence: string) => void,
): Watch {
  const seen = new Map<string, string>();
  return {
    async look() {
      const visited = new Set<string>();
      for (const folder of folders)
        for (const found of await findRuns(folder, () => {}, visited)) {
          const state = (await Promise.all(TELLING.map((file) => stateOf(join(found, file))))).join();
          if (seen.get(found) === state) continue;
          seen.set(found, state);
          try {
            const run = await readRecordedRun(found);
            if (run.records.length > 0) onChange(run);
          } catch (error) {
            onProblem(`${found} is left out: ${(error as Error).message}`);
          }
        }
    },
  };
}

async function stateOf(path: string): Promise<string> {
  const { size, mtimeMs } = (await stat(path).catch(() => undefined)) ?? {};
  return `${size} ${mtimeMs}`;
}
