/** `meta-plasticity sweep`: many runs from one command, of a grid of flags, a recipe, or a sweep that was begun. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { checkWritable } from '../results/run-folder.js';
import type { RunProgram } from '../sweep/program.js';
import { text } from './checks.js';
import { type Command, command, type Done } from './command.js';
import { figureOptions } from './figure-options.js';
import { SIGNAL_EXIT_CODES } from './interrupt.js';
import { sweepManual } from './manual.js';
import { list, type Options, toggle, value } from './option.js';
import { quotePath } from './quote.js';
import { slurmOptions, submitAll, taskOption } from './slurm.js';
import { studyNames } from './studies.js';
import { commandsOf } from './study-commands.js';
import { estimate } from './study-estimate.js';
import { reportStudy, type StudyRuns } from './study-report.js';
import { flagsOfRuns, givenToRuns, planRuns, planWork, runStudies, studyOptions } from './study-runs.js';
import { distinctRuns, failuresText, findWork } from './study-work.js';
import { cancel, statusCode, statusOf, statusText } from './sweep-status.js';
import { SWEEP_FILE, sweepIn, sweepOf } from './sweep-study.js';
import { duration, type Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const options = {
  grid: list('Sweep', "a flag and its values, like fbk=fix,sym vec=none,bio,'F0 F9': every combination is run", text),
  zip: list('Sweep', 'flags whose values go together, like K=10,25 lr_meta=1e-3,2e-3', text),
  exclude: list('Sweep', "combinations that are not to be run, like 'fbk=sym K=10'", text),
  ...studyOptions,
  out: value('Sweep', undefined, 'folder of the sweep: recipe, runs, figures and tables', text, {
    initially: 'results/sweep',
  }),
  dry_run: toggle('Sweep', 'only says what would be run, how much of it is done, and how long it may take'),
  print_commands: toggle('Sweep', 'only prints a command for each run that is due, for GNU parallel and the like'),
  ...slurmOptions,
  run_figures: toggle('Sweep', "each run's own figures too, which `draw` makes at any time"),
} satisfies Options;

/** The command; `program` is what runs are started with, if not workers. */
export function sweepWith(program?: RunProgram): Command {
  return command({
    name: 'sweep',
    options: { ...options, ...flagsOfRuns, task: taskOption },
    shown: { ...options, ...figureOptions },
    manual: sweepManual,
    get words() {
      const values = ['train', 'learn', 'status', 'cancel', ...studyNames()];
      return { what: 'one study, or the folder of a sweep', least: 0, most: 2, values };
    },
    async run({ words: [word, place], sources: [all], values, io, terminal }) {
      if (word === 'status' || word === 'cancel') return await lookAfter(word, place, terminal);
      if (place !== undefined)
        throw new UsageError(`Unexpected '${place}': sweep takes one study, or the folder of a sweep.`);
      const { jobs, out, seeds, dry_run, print_commands, run_figures, grid, zip, exclude, executor, task } = values;
      const given = givenToRuns(all!);
      const { study, folder, res, over } = sweepOf(word, { grid, zip, exclude, seeds, out, given });
      await checkWritable(folder).catch(({ message }: Error) => {
        throw new UsageError(`--out must be a folder that can be written to, not '${folder}' (${message}).`);
      });
      const planned = planRuns(study, over, { folder, res, seeds });
      const options = { jobs, program, terminal, noFigures: !run_figures };
      if (task !== undefined) return await doTask(planned, { ...options, task, size: values.runs_per_task });
      const work = await planWork([planned], new Map([...over, ...given]), { io, terminal });
      const submission = {
        name: study.name,
        folder,
        res,
        source: study.source,
        runs: distinctRuns(planned.runs),
        flags: values,
      };
      if (print_commands) {
        const commands = commandsOf(work);
        if (commands.length > 0) io.stdout.write(`${commands.join('\n')}\n`);
        return {};
      }
      if (dry_run) {
        const { text, result } = await estimate(planned.runs, work, { jobs, io, terminal });
        terminal.say(text);
        if (executor === 'slurm') await submitAll([submission], work, { terminal, dryRun: true });
        return { result };
      }
      await mkdir(folder, { recursive: true });
      await writeAtomically(join(folder, SWEEP_FILE), `${JSON.stringify(study.source, undefined, 2)}\n`);
      if (executor === 'slurm') {
        return { result: { submitted: await submitAll([submission], work, { terminal, dryRun: false }) } };
      }
      const started = performance.now();
      const { failures, signal } = await runStudies([planned], work, options);
      const again = `npx meta-plasticity sweep ${quotePath(folder)}`;
      const tellFailures = () => {
        if (failures.length > 0) terminal.warn(`${failuresText(failures)}\nTo try these again: ${again}`);
      };
      if (signal) {
        tellFailures();
        terminal.warn(`Stopped; what is done is kept. To go on: ${again}`);
        return { exitCode: SIGNAL_EXIT_CODES[signal] };
      }
      const report = await reportStudy(planned, terminal, { partial: failures.length > 0 });
      terminal.say(`Done in ${duration((performance.now() - started) / 1000)}.`);
      tellFailures();
      const failed = failures.map(({ run: { name, seed, folder }, message }) => ({ name, seed, folder, message }));
      return { result: { folder, runs: planned.runs.length, failed, report }, exitCode: failures.length > 0 ? 1 : 0 };
    },
  });
}

/** `sweep status DIR` and `sweep cancel DIR`. */
async function lookAfter(word: 'status' | 'cancel', place: string | undefined, terminal: Terminal): Promise<Done> {
  if (place === undefined) throw new UsageError(`sweep ${word} needs the folder of a sweep.`);
  const { study, folder, res, over } = sweepIn(place);
  const { runs } = planRuns(study, over, { folder, res, seeds: undefined });
  if (word === 'status') {
    const status = await statusOf(runs, folder);
    terminal.say(statusText(status));
    const failed = status.failed.map(({ run: { name, seed, folder }, message }) => ({ name, seed, folder, message }));
    return { result: { ...status, failed }, exitCode: statusCode(status) };
  }
  const told = await cancel(runs, folder);
  const count = told.jobs.length + told.processes.length;
  terminal.say(
    count > 0
      ? `Told to stop: ${[...told.jobs.map((id) => `job ${id}`), ...told.processes.map((pid) => `process ${pid}`)].join(', ')}`
      : 'Nothing of it is running.',
  );
  return { result: told };
}

/** A task of an array: does its share; told of its time limit it ends with 140, and the script puts it back into the queue. */
async function doTask(planned: StudyRuns, { task, size, ...options }: TaskOptions): Promise<Done> {
  const runs = distinctRuns(planned.runs).slice(task * size, (task + 1) * size);
  const work = await findWork(runs);
  const { failures, signal } = await runStudies([], work, { ...options, leaveOthers: true });
  if (failures.length > 0) options.terminal.warn(failuresText(failures));
  if (signal) return { exitCode: SIGNAL_EXIT_CODES[signal] };
  return { exitCode: failures.length > 0 ? 1 : 0 };
}

type TaskOptions = Parameters<typeof runStudies>[2] & { readonly task: number; readonly size: number };

export const sweepCommand = sweepWith();
