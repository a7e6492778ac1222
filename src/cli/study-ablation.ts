/** A study's claims about terms that are taken away: which runs they are about, and what came of it. */
import { join } from 'node:path';
import { learnedTheta } from '../meta/meta-test.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { readSealed } from '../results/sealed.js';
import { meanBand } from '../stats/band.js';
import type { Recipe } from '../study/recipe.js';
import { inParallel } from '../sweep/jobs.js';
import { type RunProgram, reasonOf } from '../sweep/program.js';
import type { RunAblation } from './ablate.js';
import { catchInterrupt, type StopSignal } from './interrupt.js';
import { findSeedRun } from './seed-run.js';
import type { StudyRuns } from './study-report.js';
import type { WorkOptions } from './study-work.js';
import { bar } from './terminal.js';

/** For each run and seed: with 20 seeds 2,000 tasks. */
const TASKS = 100;
const COLUMN = 'ablate ';
const FOLDER = 'ablation';

/** The terms that a study's claims take away from a run. */
export function ablatedTerms({ claims, headline = [] }: Recipe, run: string): string[] {
  const measures = [...headline, ...claims.flatMap(({ measure, minus }) => (minus ? [measure, minus] : [measure]))];
  const about = measures.filter((measure) => measure.run === run && measure.column.startsWith(COLUMN));
  return [...new Set(about.map(({ column }) => column.slice(COLUMN.length)))].sort();
}

/** The accuracy that each of these terms gives, as `ends` of the run's table; undefined where it is still to be found out. */
export async function readAblation(folder: string, terms: readonly string[]): Promise<Map<string, number> | undefined> {
  // What is damaged is made again, as what is not there.
  const file = await readSealed(join(folder, FOLDER, 'ablation.json')).catch(() => undefined);
  const found = (file as { runs: readonly RunAblation[] } | undefined)?.runs[0];
  const { records } = await readRecordedRun(folder);
  const theta = learnedTheta(records, 'mean');
  // It is of the run as it is now, not as it was before more episodes came.
  if (found?.tasks !== TASKS || JSON.stringify(found.theta) !== JSON.stringify(theta)) return undefined;
  const gains = terms.map((name) => found.terms.find((term) => term.name === name)?.gains);
  if (gains.some((own) => own?.length !== TASKS)) return undefined;
  return new Map(terms.map((name, i) => [COLUMN + name, meanBand(gains[i]!).mean]));
}

/** Takes away, a few runs at a time, what the studies claim something about; returns the signal that stopped it, if one did. */
export async function runAblations(
  studies: readonly StudyRuns[],
  { jobs, program, terminal }: Pick<WorkOptions, 'jobs' | 'program' | 'terminal'>,
): Promise<StopSignal | undefined> {
  const due = new Map<string, { terms: Set<string>; dataDir: string | undefined }>();
  for (const { study, runs } of studies) {
    for (const run of runs) {
      const terms = ablatedTerms(study.recipe, run.name);
      const found = terms.length > 0 ? await findSeedRun(run) : undefined;
      if (!found || (await readAblation(found.folder, terms))) continue;
      const { terms: all } = due.get(found.folder) ?? { terms: new Set() };
      due.set(found.folder, { terms: new Set([...all, ...terms]), dataDir: run.plan.settings.data_dir });
    }
  }
  if (due.size === 0) return undefined;
  terminal.say(`Taking terms away, ${TASKS} tasks a run: ${due.size} due`);
  const interruption = catchInterrupt(() => terminal.warn('Stopping; once more to stop at once.'));
  let finished = 0;
  try {
    await inParallel([...due], jobs, interruption.abort, async ([folder, { terms, dataDir }], stop) => {
      await runAblation(folder, [...terms], { program, stop, dataDir });
      finished++;
      terminal.progress(() => `${bar(finished / due.size)} ${finished}/${due.size} runs`);
    });
  } finally {
    interruption.stop();
    terminal.clear();
  }
  return interruption.received();
}

/**
 * Takes the terms away, in a process of its own.
 * @throws Error with its own words where it failed.
 */
async function runAblation(
  folder: string,
  terms: readonly string[],
  { program, stop, dataDir }: { program: RunProgram; stop: AbortSignal; dataDir: string | undefined },
): Promise<void> {
  const place = dataDir === undefined ? [] : ['--data_dir', dataDir];
  const words = ['ablate', folder, '--only', ...terms, '--tasks', `${TASKS}`, '--out', join(folder, FOLDER), ...place];
  const { code, lastWords } = await program([...words, '--force', '--quiet'], { stop, onLine: () => {} });
  if (code === 0 || stop.aborted) return;
  throw new Error(`ablate ${folder}: ${reasonOf({ code, lastWords })}`);
}
