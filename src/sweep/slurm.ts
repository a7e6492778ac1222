/** Slurm: an array job as a readable script, and what its commands say. */

/** What a user says of the job. */
export interface SlurmFlags {
  readonly partition: string | undefined;
  /** As sbatch takes it, `4:00:00`. */
  readonly time: string | undefined;
  readonly runs_per_task: number;
  readonly max_parallel: number | undefined;
  /** Further words for sbatch. */
  readonly sbatch: readonly string[];
}

export interface BatchScript extends SlurmFlags {
  readonly name: string;
  /** Of the job's files. */
  readonly folder: string;
  /** Where it was submitted. */
  readonly cwd: string;
  /** What a task does, quoted for the shell; its number is added. */
  readonly command: string;
}

/** Seconds before the time limit at which a task is told to stop after its episode. Slurm may be a minute early. */
const WARNING = 60;

/** The text of the script: a task does the runs of its share, one after the other. */
export function batchScript({
  name,
  folder,
  cwd,
  command,
  partition,
  time,
  runs_per_task,
  sbatch,
}: BatchScript): string {
  const directives = [
    `--job-name=${name.replaceAll(/[^\w.-]/g, '_')}`,
    `--output=${folder.replaceAll('%', '%%')}/%A_%a.log`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR2@${WARNING}`,
    '--cpus-per-task=1',
    `--chdir=${cwd}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
    ...sbatch,
  ];
  return `#!/bin/bash
${directives.map((word) => `#SBATCH ${/\s/.test(word) ? JSON.stringify(word) : word}`).join('\n')}

# Each task of the array does ${runs_per_task} runs. ${WARNING} s before its time limit it gets SIGUSR2: it then finishes its episode, is
# put back into the queue, and goes on where it was. $1 is the number of its first task, where the array had to be split.
${command} --task "$((\${1:-0} + SLURM_ARRAY_TASK_ID))" --runs_per_task ${runs_per_task} --jobs "\${SLURM_CPUS_PER_TASK:-1}" &
task=$!
trap 'kill -USR2 $task' USR2
trap 'kill -TERM $task' TERM
while wait $task; code=$?; kill -0 $task 2>/dev/null; do :; done
if [ $code = 140 ]; then scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; fi
exit $code
`;
}

/** An array to submit: its numbers as sbatch takes them, and what is added to each. */
export interface ArrayPart {
  readonly offset: number;
  readonly array: string;
}

/** The arrays for these tasks, none with a number of `most` (MaxArraySize) or above. */
export function arrayParts(tasks: readonly number[], most: number, maxParallel: number | undefined): ArrayPart[] {
  const parts = new Map<number, number[]>();
  for (const task of tasks) {
    const offset = Math.floor(task / most) * most;
    parts.set(offset, [...(parts.get(offset) ?? []), task - offset]);
  }
  const limit = maxParallel === undefined ? '' : `%${maxParallel}`;
  return [...parts].map(([offset, numbers]) => ({ offset, array: stretches(numbers) + limit }));
}

/** `0-3,7`. */
function stretches(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** MaxArraySize in what `scontrol show config` says; Slurm's own default where it does not. */
export function maxArraySize(config: string): number {
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config)?.[1] ?? 1001);
}

/** How many tasks are in which state, of lines `<id> <STATE>`, as squeue and sacct say it. */
export function countStates(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const state = /^\S+\s+([A-Z_]+)/.exec(line.trim())?.[1]?.toLowerCase().replaceAll('_', ' ');
    if (state) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}
