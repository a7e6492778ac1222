/** The runs of studies: which are due, whether they can work, and a few at a time until all are done. */
import { availableParallelism } from 'node:os';
import { inParallel } from '../sweep/jobs.js';
import type { RunProgram } from '../sweep/program.js';
import { catchInterrupt, type StopSignal } from './interrupt.js';
import { Keep } from './keep.js';
import {
  type Failure,
  type Found,
  findSeedRun,
  noteFailure,
  type PlannedRun,
  runSeed,
  type SeedRun,
  takeSeedRun,
} from './seed-run.js';
import { ofRun } from './studies.js';
import { bar, duration, type Io, type Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

/** A run and how far it is. */
export interface Task {
  readonly run: SeedRun;
  readonly found: Found | undefined;
}

/** What there is to do. */
export interface Work {
  readonly all: readonly Task[];
  readonly due: readonly Task[];
  /** What cannot be read, so that it can neither go on nor count. */
  readonly damaged: readonly Failure[];
}

/** Each folder and seed once, with the most episodes that anybody wants of it. */
export function distinctRuns(runs: Iterable<SeedRun>): SeedRun[] {
  const distinct = new Map<string, SeedRun>();
  for (const run of runs) {
    const key = `${run.folder}/${run.seed}`;
    if (run.plan.steps > (distinct.get(key)?.plan.steps ?? 0)) distinct.set(key, run);
  }
  return [...distinct.values()];
}

/**
 * Looks for what is done.
 * @throws UsageError where a folder holds a run with other settings.
 */
export async function findWork(runs: readonly SeedRun[]): Promise<Work> {
  const damaged: Failure[] = [];
  const found = await Promise.all(
    runs.map(async (run): Promise<Task[]> => {
      try {
        return [{ run, found: await findSeedRun(run) }];
      } catch (error) {
        if (error instanceof UsageError) throw error;
        damaged.push({ run, message: `${run.name}, seed ${run.seed}: ${(error as Error).message}` });
        return [];
      }
    }),
  );
  const all = found.flat();
  return { all, due: all.filter(({ found }) => !found?.done), damaged };
}

/**
 * Refuses what cannot work before anything has begun, and fetches the data once for all.
 * @param namesData whether --data_dir says on which data: then also what is done must have been done on that.
 * @throws UsageError that names the run.
 */
export async function checkWork(
  { all, due }: Work,
  { namesData, io, terminal }: { readonly namesData: boolean; readonly io: Io; readonly terminal: Terminal },
): Promise<void> {
  const keep = new Keep();
  const distinct = new Map((namesData ? all : due).map(({ run }) => [run.folder, run]));
  try {
    for (const [folder, { name, plan }] of distinct) {
      const { checksum } = await plan.check({ ...io, keep }, terminal).catch((error) => {
        throw ofRun(name, error);
      });
      const other = all.find(({ run, found }) => found && run.folder === folder && found.checksum !== checksum)?.found;
      if (other) {
        throw new UsageError(
          `${other.folder} is a run on other data than this: move it away, or choose another --res.`,
        );
      }
    }
  } finally {
    await keep.dropEngine();
  }
}

export interface WorkOptions {
  readonly jobs: number;
  readonly program: RunProgram;
  /** Whether runs leave their own figures to `draw`. */
  readonly noFigures?: boolean;
  /** Whether what another process is at is left to it. */
  readonly leaveOthers?: boolean;
  readonly terminal: Terminal;
}

/** What came of it: what failed, and the signal that stopped it, if one did. */
export interface Worked {
  readonly failures: readonly Failure[];
  readonly signal: StopSignal | undefined;
}

/** Does what is due, so many runs at a time: one that fails stops no other. */
export async function doWork(
  { due }: Work,
  { jobs, program, noFigures, leaveOthers, terminal }: WorkOptions,
): Promise<Worked> {
  const failures: Failure[] = [];
  const progress = new Progress(due);
  // Where runs take all cores, a second thread of theirs would only add work.
  const oneThread = leaveOthers || jobs >= availableParallelism();
  const wordsFor = (plan: PlannedRun) => [...(oneThread ? plan.oneThread : []), ...(noFigures ? ['--no_figures'] : [])];
  const interruption = catchInterrupt(() =>
    terminal.warn('Stopping the runs after their episode; once more to stop at once.'),
  );
  const others: Task[] = [];
  const work = async (task: Task, stop: AbortSignal, wait: boolean) => {
    const { run, found: before } = task;
    const giveBack = await takeSeedRun(run, wait && stop);
    if (!giveBack) {
      others.push(task);
      return;
    }
    progress.running++;
    try {
      // By now another study may have gone on with it.
      const found = await findSeedRun(run);
      progress.steps += (found?.steps ?? 0) - (before?.steps ?? 0);
      const onStep = () => {
        progress.step();
        terminal.progress(() => progress.line());
      };
      if (!found?.done) await runSeed(run, found, { program, more: wordsFor(run.plan), stop, onStep });
    } finally {
      progress.running--;
      await giveBack();
    }
    if (stop.aborted) return;
    progress.finished++;
    if (terminal.showsEpisodes) terminal.say(`${progress.line()}  ${run.name}, seed ${run.seed}`);
  };
  const attempt = async (task: Task, stop: AbortSignal, wait: boolean) => {
    try {
      await work(task, stop, wait);
    } catch (error) {
      const failure = { run: task.run, message: (error as Error).message };
      failures.push(failure);
      progress.failed++;
      await noteFailure(failure);
      if (terminal.showsEpisodes) terminal.say(`${progress.line()}  failed: ${failure.message}`);
    }
  };
  try {
    await inParallel(due, jobs, interruption.abort, (task, stop) => attempt(task, stop, false));
    const left = leaveOthers ? [] : others.splice(0);
    if (left.length > 0 && !interruption.abort.aborted)
      terminal.say(`Another process is at ${left.length} of these runs: waiting for it`);
    await inParallel(left, jobs, interruption.abort, (task, stop) => attempt(task, stop, true));
  } finally {
    interruption.stop();
    terminal.clear();
  }
  return { failures, signal: interruption.received() };
}

/** How far the runs are, as a line. */
class Progress {
  readonly #runs: number;
  readonly #total: number;
  readonly #start = performance.now();
  /** Steps that were made here, which tell how fast it goes. */
  #own = 0;
  steps = 0;
  running = 0;
  finished = 0;
  failed = 0;

  constructor(due: readonly Task[]) {
    this.#runs = due.length;
    this.#total = due.reduce((sum, { run, found }) => sum + run.plan.steps - (found?.steps ?? 0), 0);
  }

  step(): void {
    this.steps++;
    this.#own++;
  }

  line(): string {
    const rate = this.#own / ((performance.now() - this.#start) / 1000);
    return [
      `${bar(this.steps / this.#total)} ${this.finished}/${this.#runs} runs  ${this.steps}/${this.#total} steps`,
      ...(this.running > 0 ? [`${this.running} running`] : []),
      ...(this.failed > 0 ? [`${this.failed} failed`] : []),
      ...(rate > 0 ? [`${rate.toPrecision(3)} steps/s`, `ETA ${duration((this.#total - this.steps) / rate)}`] : []),
    ].join('  ');
  }
}

/** What failed, each with its own sentence and its folder. */
export function failuresText(failures: readonly Failure[]): string {
  const lines = failures.map(({ run, message }) => `- ${message}\n  ${run.folder}`);
  return `${failures.length} run${failures.length === 1 ? '' : 's'} failed:\n${lines.join('\n')}`;
}
