/** The report of a study's runs. */
import { join } from 'node:path';
import type { PageRun } from '../page/data.js';
import { REPORT_FILE, writeReport } from '../page/report.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { pageColumns, pageRun } from './page-run.js';
import type { Found, SeedRun } from './seed-run.js';

/** What was found of a study's runs, in their order. */
export interface StudyPage {
  readonly folder: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly runs: readonly SeedRun[];
  readonly found: readonly Found[];
}

export async function writeStudyPage({ folder, title, notes, runs, found }: StudyPage): Promise<void> {
  const pages: PageRun[] = [];
  for (const [i, run] of runs.entries()) pages.push(await pageOf(run, found[i]!));
  await writeReport(join(folder, REPORT_FILE), { title, notes, runs: pages });
}

async function pageOf({ name, seed, plan }: SeedRun, { folder, table, version, checksum }: Found): Promise<PageRun> {
  const called = `${name}, seed ${seed}`;
  if (plan.command === 'train') {
    const page = pageRun(await readRecordedRun(folder), called);
    return { ...page, facts: { run: name, ...page.facts }, ...pageColumns(table) };
  }
  const facts = { run: name, seed: String(seed) };
  const origin = { version: version.version, checksum: `SHA-256 ${checksum}` };
  return { name: called, facts, origin, terms: [], trouble: [], ...pageColumns(table) };
}
