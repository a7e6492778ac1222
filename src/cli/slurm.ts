/** Studies on a Slurm cluster: submitted as an array of tasks, asked after, cancelled. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeAtomically } from '../files.js';
import { readJson } from '../results/sealed.js';
import { arrayParts, batchScript, countStates, maxArraySize, type SlurmFlags } from '../sweep/slurm.js';
import { oneOf, text, wholeNumber } from './checks.js';
import { list, type Options, value } from './option.js';
import { quote, quotePath } from './quote.js';
import type { SeedRun } from './seed-run.js';
import type { Work } from './study-work.js';
import { SWEEP_FILE } from './sweep-study.js';
import type { Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

export const slurmOptions = {
  executor: value(
    'Slurm',
    'local' as const,
    'who does the runs: local (this machine) or slurm',
    oneOf(['local', 'slurm']),
  ),
  partition: value('Slurm', undefined, "Slurm's partition", text),
  time: value('Slurm', undefined, 'time limit of a task, which goes on after it, like 4:00:00', text),
  runs_per_task: value('Slurm', 20, 'runs that a task does, one after the other', wholeNumber(1)),
  max_parallel: value('Slurm', undefined, 'tasks at a time', wholeNumber(1)),
  sbatch: { ...list('Slurm', "further words for sbatch, like '--account=x'", text), dashed: true as const },
} satisfies Options;

/** Only a task of an array has it. */
export const taskOption = value('Slurm', undefined, 'which share of the runs to do, counted from 0', wholeNumber(0));

const FOLDER = 'slurm';
const JOB_FILE = 'job.json';

/** What is submitted. */
export interface Submission {
  readonly name: string;
  /** Of the study. */
  readonly folder: string;
  /** Below which its runs lie. */
  readonly res: string;
  /** A recipe that says all: what tasks read. */
  readonly source: object;
  readonly runs: readonly SeedRun[];
  readonly flags: SlurmFlags;
}

/** The script that `submit` would write. */
export async function scriptOf({ name, folder, flags }: Submission): Promise<{ own: string; script: string }> {
  const parent = join(folder, FOLDER);
  const numbers = existsSync(parent) ? (await readdir(parent)).map(Number).filter(Number.isInteger) : [];
  const own = join(parent, `${Math.max(0, ...numbers) + 1}`);
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  const command = [process.execPath, main, 'sweep', own].map(quote).join(' ');
  return { own, script: batchScript({ ...flags, name, folder: own, cwd: process.cwd(), command }) };
}

/**
 * Submits what is due; returns the jobs and where their files are. No jobs: nothing is due.
 * @throws Error in one sentence where Slurm refuses it or is not there; then nothing of it is left.
 */
export async function submit(submission: Submission, { due }: Work): Promise<{ jobs: string[]; folder: string }> {
  const { res, source, runs, flags } = submission;
  const { own, script } = await scriptOf(submission);
  const shares = new Set(
    due.map(({ run }) => runs.findIndex(({ folder, seed }) => folder === run.folder && seed === run.seed)),
  );
  const tasks = [
    ...new Set([...shares].filter((at) => at >= 0).map((at) => Math.floor(at / flags.runs_per_task))),
  ].sort((a, b) => a - b);
  if (tasks.length === 0) return { jobs: [], folder: own };
  const most = maxArraySize(await slurm('scontrol', ['show', 'config']));
  await mkdir(own, { recursive: true });
  const jobs: string[] = [];
  try {
    await writeAtomically(
      join(own, SWEEP_FILE),
      `${JSON.stringify({ ...source, res: relative(own, res) }, undefined, 2)}\n`,
    );
    const batch = join(own, 'batch.sh');
    await writeAtomically(batch, script);
    for (const { offset, array } of arrayParts(tasks, most, flags.max_parallel))
      jobs.push((await slurm('sbatch', ['--parsable', `--array=${array}`, batch, `${offset}`])).trim().split(';')[0]!);
    await writeAtomically(join(own, JOB_FILE), `${JSON.stringify({ jobs, tasks: tasks.length }, undefined, 2)}\n`);
  } catch (error) {
    if (jobs.length > 0) await slurm('scancel', jobs).catch(() => {});
    await rm(own, { recursive: true, force: true });
    throw error;
  }
  return { jobs, folder: own };
}

/** Submits these studies, a job each, or with `dryRun` says what would be; says what came of it. */
export async function submitAll(
  submissions: readonly Submission[],
  work: Work,
  { terminal, dryRun }: { readonly terminal: Terminal; readonly dryRun: boolean },
) {
  const results = [];
  for (const submission of submissions) {
    if (dryRun) {
      const { own, script } = await scriptOf(submission);
      terminal.say(`\n${join(own, 'batch.sh')}:\n\n${script}`);
      continue;
    }
    const { jobs, folder } = await submit(submission, work);
    const where = quotePath(submission.folder);
    terminal.say(
      jobs.length === 0
        ? `${submission.folder}: nothing is due.`
        : `Submitted as job ${jobs.join(', ')}; script and logs are in ${folder}\nHow far it is: npx meta-plasticity sweep status ${where}\nWhen it is done, for figure and tables: npx meta-plasticity sweep ${where}`,
    );
    results.push({ jobs, folder });
  }
  return results;
}

/** The jobs that were submitted for a study, the oldest first. */
export async function jobsOf(folder: string): Promise<string[]> {
  const parent = join(folder, FOLDER);
  if (!existsSync(parent)) return [];
  const names = (await readdir(parent)).sort((a, b) => Number(a) - Number(b));
  const files = await Promise.all(names.map((name) => readJson(join(parent, name, JOB_FILE)).catch(() => ({}))));
  return files.flatMap((file) => (file as { jobs?: string[] }).jobs ?? []);
}

/** How many tasks of these jobs are in which state: asks squeue, and sacct where there is one; undefined where none answers. */
export async function askSlurm(jobs: readonly string[]): Promise<Map<string, number> | undefined> {
  const ids = jobs.join();
  const ask = (command: string, words: string[]) => slurm(command, words).then(countStates, () => undefined);
  // Jobs that it has forgotten make squeue fail.
  const queued = await ask('squeue', ['--noheader', '--array', '--states=all', `--jobs=${ids}`, '--format=%i %T']);
  if (queued && queued.size > 0) return queued;
  return (await ask('sacct', ['--noheader', '--allocations', `--jobs=${ids}`, '--format=JobID,State'])) ?? queued;
}

export async function cancelJobs(jobs: readonly string[]): Promise<void> {
  if (jobs.length > 0) await slurm('scancel', jobs);
}

async function slurm(command: string, words: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, words, { maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { code, stderr = '', message } = error as Error & { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new UsageError(
        `--executor slurm needs Slurm's commands, but there is no ${command} here: --executor local or --print_commands do without.`,
      );
    }
    throw new Error(`${command} failed: ${stderr.trim() || message}`);
  }
}
