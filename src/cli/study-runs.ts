/** Studies from their runs to their reports: what `reproduce` and `sweep` have in common. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { RecipeError } from '../study/recipe.js';
import { parseSeeds } from '../study/seeds.js';
import type { RunProgram } from '../sweep/program.js';
import { startWorkers } from '../sweep/workers.js';
import { type Check, text, wholeNumber } from './checks.js';
import type { StopSignal } from './interrupt.js';
import { learnOptions } from './learn.js';
import { type Options, value } from './option.js';
import { runOptions } from './options.js';
import type { Given } from './parse.js';
import { type Failure, type SeedRun, seedRuns } from './seed-run.js';
import { planStudy, type Study } from './studies.js';
import { runAblations } from './study-ablation.js';
import type { StudyRuns } from './study-report.js';
import { checkWork, distinctRuns, doWork, findWork, type Work, type WorkOptions } from './study-work.js';
import type { Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const { seed: _seed, res: _res, test_name: _name, ...passedOn } = runOptions;
const { theta, images, every } = learnOptions;
/** Flags that go to the runs: those of training, and those that `learn` has beside. */
export const flagsOfRuns = { ...passedOn, theta, images, every } satisfies Options;

const seedList: Check<number[]> = (given, flag) => {
  try {
    return parseSeeds(given, flag);
  } catch (error) {
    if (error instanceof RecipeError) throw new UsageError(error.message);
    throw error;
  }
};
/** Where a recipe does not say. */
const SEEDS = parseSeeds(20, 'seeds');

/** How studies are run. */
export const studyOptions = {
  seeds: value('Study', undefined, 'seeds of each run: 20 (1 to 20), 5..8, 3,7', seedList, { initially: '20' }),
  jobs: value('Study', availableParallelism(), 'runs at a time', wholeNumber(1, 1024), { initially: 'cores' }),
} satisfies Options;

export const resOption = value('Study', 'results', 'folder that runs and studies land in', text);

/** Those of the flags that go to the runs. */
export function givenToRuns(given: Given): Given {
  return new Map([...given].filter(([name]) => Object.hasOwn(flagsOfRuns, name)));
}

/**
 * A study with all its runs.
 * @param folder that its report lands in.
 * @param res below which its runs lie.
 * @throws UsageError as `planStudy`.
 */
export function planRuns(
  study: Study,
  flags: Given,
  {
    folder,
    res,
    seeds = study.recipe.seeds ?? SEEDS,
  }: { folder: string; res: string; seeds: readonly number[] | undefined },
): StudyRuns {
  const { runs, ...rest } = planStudy(study, flags);
  return { study, folder, runs: [...runs].flatMap(([name, plan]) => seedRuns(res, name, plan, seeds)), ...rest };
}

/** A flag that no run takes would be passed over in silence. */
function refuseIdle(flags: Given, runs: Iterable<SeedRun>): void {
  const taken = new Set([...runs].flatMap(({ plan }) => Object.keys(plan.settings)));
  for (const [name, { flag }] of flags) {
    if (!taken.has(name)) throw new UsageError(`${flag} must be left out: no run of this study has such a flag.`);
  }
}

/**
 * What there is to do for these studies, checked.
 * @throws UsageError where anything of it cannot work.
 */
export async function planWork(
  studies: readonly StudyRuns[],
  flags: Given,
  { io, terminal }: { readonly io: Io; readonly terminal: Terminal },
): Promise<Work> {
  const runs = distinctRuns(studies.flatMap(({ runs }) => runs));
  refuseIdle(flags, runs);
  const work = await findWork(runs);
  await checkWork(work, { namesData: flags.has('data_dir'), io, terminal });
  return work;
}

/** Does all that is due, ablations included, and says what failed. */
export async function runStudies(
  studies: readonly StudyRuns[],
  work: Work,
  options: Omit<WorkOptions, 'program'> & { readonly program: RunProgram | undefined },
): Promise<{ failures: readonly Failure[]; signal: StopSignal | undefined }> {
  const { jobs, terminal } = options;
  const { all, due, damaged } = work;
  const count = all.length + damaged.length;
  terminal.say(`${count} runs, ${all.length - due.length} of them done before; ${jobs} at a time`);
  const workers = startWorkers(fileURLToPath(new URL('worker.js', import.meta.url)));
  const program = options.program ?? workers.program;
  try {
    const worked = await doWork(work, { ...options, program });
    const failures = [...damaged, ...worked.failures];
    if (worked.signal || failures.length > 0) return { failures, signal: worked.signal };
    return { failures, signal: await runAblations(studies, { jobs, program, terminal }) };
  } finally {
    workers.close();
  }
}
