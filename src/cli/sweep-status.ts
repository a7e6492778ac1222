/** How far a sweep is, told from its files and then by Slurm; and its end before its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { holderOf } from '../lock.js';
import { claimPath, type Failure, findSeedRun, readFailure, type SeedRun } from './seed-run.js';
import { askSlurm, cancelJobs, jobsOf } from './slurm.js';
import { distinctRuns, failuresText } from './study-work.js';
import { duration } from './terminal.js';

export interface Status {
  readonly runs: number;
  readonly done: number;
  readonly running: number;
  readonly failed: readonly Failure[];
  readonly waiting: number;
  /** Of those that are running, together. */
  readonly stepsPerSecond: number;
  /** Until all are done, as many at a time as now; undefined where nothing runs. */
  readonly secondsLeft: number | undefined;
  /** Of tasks on Slurm by their state. */
  readonly slurm: Readonly<Record<string, number>>;
}

/** Seconds in which it is looked how fast runs go that do not say it themselves. */
const LOOK = 1;

/** Reads the sweep's own files first; asks Slurm only where not all is done. */
export async function statusOf(all: readonly SeedRun[], folder: string): Promise<Status> {
  const runs = distinctRuns(all);
  const states = await Promise.all(runs.map(stateOf));
  const running = states.filter(({ kind }) => kind === 'running');
  const left = states.reduce((sum, { kind, left }) => sum + (kind === 'done' ? 0 : left), 0);
  let stepsPerSecond = running.reduce((sum, { ms }) => sum + (ms === undefined ? 0 : 1000 / ms), 0);
  if (running.length > 0 && stepsPerSecond === 0) {
    await sleep(LOOK * 1000);
    const later = await Promise.all(running.map(({ run }) => stateOf(run)));
    stepsPerSecond = later.reduce((sum, { left }, i) => sum + running[i]!.left - left, 0) / LOOK;
  }
  const count = (kind: string) => states.filter((state) => state.kind === kind).length;
  const done = count('done');
  const jobs = done < runs.length ? await jobsOf(folder) : [];
  const slurm = jobs.length > 0 ? await askSlurm(jobs) : undefined;
  return {
    ...{ runs: runs.length, done, running: running.length, waiting: count('waiting'), stepsPerSecond },
    failed: states.flatMap(({ run, message }) => (message === undefined ? [] : [{ run, message }])),
    secondsLeft: stepsPerSecond > 0 ? left / stepsPerSecond : undefined,
    slurm: Object.fromEntries(slurm ?? []),
  };
}

interface State {
  readonly run: SeedRun;
  readonly kind: 'done' | 'running' | 'failed' | 'waiting';
  /** Steps that are to come. */
  readonly left: number;
  readonly ms?: number | undefined;
  readonly message?: string;
}

async function stateOf(run: SeedRun): Promise<State> {
  const { steps } = run.plan;
  try {
    const found = await findSeedRun(run);
    const left = Math.max(0, steps - (found?.steps ?? 0));
    if (found?.done) return { run, kind: 'done', left: 0 };
    if (await holderOf(claimPath(run))) return { run, kind: 'running', left, ms: found?.ms };
    const message = await readFailure(run);
    return message === undefined ? { run, kind: 'waiting', left } : { run, kind: 'failed', left, message };
  } catch (error) {
    return { run, kind: 'failed', left: steps, message: `${run.name}, seed ${run.seed}: ${(error as Error).message}` };
  }
}

export function statusText({
  runs,
  done,
  running,
  failed,
  waiting,
  stepsPerSecond,
  secondsLeft,
  slurm,
}: Status): string {
  const rate = stepsPerSecond > 0 ? `, ${stepsPerSecond.toPrecision(3)} steps/s` : '';
  const eta = secondsLeft === undefined ? '' : `, ETA ${duration(secondsLeft)}`;
  const tasks = Object.entries(slurm).map(([state, count]) => `${count} ${state}`);
  return [
    `${runs} runs: ${done} done, ${running} running, ${failed.length} failed, ${waiting} waiting${rate}${eta}`,
    ...(tasks.length > 0 ? [`Slurm: tasks ${tasks.join(', ')}`] : []),
    ...(failed.length > 0 ? [failuresText(failed)] : []),
  ].join('\n');
}

/** 0: all done; 1: some failed, and nothing else is to come; 3: not all done yet. */
export function statusCode({ runs, done, failed, running, slurm }: Status): number {
  if (done === runs) return 0;
  const coming = running > 0 || ['running', 'pending', 'completing', 'requeued'].some((state) => slurm[state]);
  return failed.length > 0 && !coming ? 1 : 3;
}

/** Ends what is running of a sweep after its episodes; returns how many jobs and processes were told. */
export async function cancel(
  all: readonly SeedRun[],
  folder: string,
): Promise<{ jobs: string[]; processes: number[] }> {
  const jobs = await jobsOf(folder);
  await cancelJobs(jobs);
  const holders = await Promise.all(distinctRuns(all).map((run) => holderOf(claimPath(run))));
  const processes = new Set(
    holders.flatMap((holder) => (holder?.here && holder.pid !== process.pid ? [holder.pid] : [])),
  );
  for (const pid of processes) process.kill(pid, 'SIGTERM');
  return { jobs, processes: [...processes] };
}
