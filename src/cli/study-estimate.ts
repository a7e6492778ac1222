/** What a study would run, how much of it is done, and how long the rest may take. */

import { markdownTable } from '../report/markdown.js';
import { Keep } from './keep.js';
import { flagsOfRuns } from './run-flags.js';
import type { SeedRun } from './seed-run.js';
import type { Work } from './study-work.js';
import { duration, type Io, type Terminal } from './terminal.js';

/** Longer than this nobody waits for an estimate: the other runs are taken to be like those that were measured. */
const SECONDS = 20;

/** A few steps of each run that is due are made for it. */
export async function estimate(
  runs: readonly SeedRun[],
  { all, due }: Work,
  { jobs, io, terminal }: { readonly jobs: number; readonly io: Io; readonly terminal: Terminal },
) {
  const keep = new Keep();
  const start = performance.now();
  const measured = new Map<string, number>();
  for (const { run } of due) {
    if (measured.has(run.folder) || performance.now() - start > SECONDS * 1000) continue;
    terminal.progress(() => `Measuring ${run.name}`);
    measured.set(run.folder, await run.plan.measure({ ...io, keep }, terminal));
  }
  await keep.dropEngine();
  terminal.clear();
  const mean = [...measured.values()].reduce((sum, ms) => sum + ms, 0) / measured.size;
  const work = due.map(({ run, found }) => {
    const ms = measured.get(run.folder) ?? mean;
    return { folder: run.folder, seconds: ((run.plan.steps - (found?.steps ?? 0)) * ms) / 1000 };
  });
  const seconds = work.reduce((sum, { seconds }) => sum + seconds, 0) / Math.min(jobs, Math.max(1, due.length));
  const groups = [...new Map(runs.map((run) => [run.name, run])).values()].map(({ name, folder, plan }) => {
    const own = runs.filter((run) => run.name === name);
    const left = due.filter(({ run }) => own.some(({ folder, seed }) => folder === run.folder && seed === run.seed));
    return {
      ...{ name, folder, runs: own.length, done: own.length - left.length, steps: plan.steps },
      ms: measured.get(folder),
    };
  });
  const table = markdownTable(
    ['', 'seeds', 'done', 'steps', 'ms a step'],
    groups.map(({ name, runs, done, steps, ms }) => [name, runs, done, steps, ms?.toPrecision(3) ?? ''].map(String)),
  );
  const some = measured.size > 0 && due.some(({ run }) => !measured.has(run.folder)) ? ' (some like the others)' : '';
  const text = [
    flagsOfRuns(runs),
    table,
    `${all.length} runs, ${all.length - due.length} of them done; the others take about ${duration(seconds)}, ${jobs} at a time${some}.`,
  ].join('\n\n');
  return { text, result: { runs: all.length, done: all.length - due.length, seconds, groups } };
}
