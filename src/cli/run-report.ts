/** The report that every run and study ends with. */
import { basename, join, relative, resolve } from 'node:path';
import { REPORT_FILE, type Report, writeReport } from '../page/report.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { pageRun } from './page-run.js';

/** Of one run, into its folder. */
export function writeRunReport(run: RecordedRun): Promise<void> {
  const name = basename(resolve(run.folder));
  return writeReport(join(run.folder, REPORT_FILE), reportOf([run], name));
}

/** Runs by their folders below the one that they have in common; of a single run, its own name. */
export function reportOf(runs: readonly RecordedRun[], title: string): Report {
  const folders = runs.map(({ folder }) => resolve(folder));
  const common = commonFolder(folders);
  return {
    title,
    runs: runs.map((run, i) =>
      pageRun(run, relative(common, folders[i]!).replaceAll('\\', '/') || basename(folders[i]!)),
    ),
  };
}

/** The deepest folder above all of these. */
export function commonFolder(folders: readonly string[]): string {
  let [common = ''] = folders;
  if (folders.length === 1) common = resolve(common, '..');
  while (folders.some((folder) => /^\.\.|^\w:/.test(relative(common, folder)))) common = resolve(common, '..');
  return common;
}
