/** `meta-plasticity sweep`: many runs from one command, of a grid of flags, a recipe, or a sweep that was begun. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { checkWritable } from '../results/run-folder.js';
import type { RunProgram } from '../sweep/program.js';
import { text } from './checks.js';
import { type Command, command } from './command.js';
import { figureOptions } from './figure-options.js';
import { SIGNAL_EXIT_CODES } from './interrupt.js';
import { sweepManual } from './manual.js';
import { list, type Options, toggle, value } from './option.js';
import { quotePath } from './quote.js';
import { studyNames } from './studies.js';
import { commandsOf } from './study-commands.js';
import { estimate } from './study-estimate.js';
import { reportStudy } from './study-report.js';
import { flagsOfRuns, givenToRuns, planRuns, planWork, runStudies, studyOptions } from './study-runs.js';
import { failuresText } from './study-work.js';
import { SWEEP_FILE, sweepOf } from './sweep-study.js';
import { duration } from './terminal.js';
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
  run_figures: toggle('Sweep', "each run's own figures too, which `draw` makes at any time"),
} satisfies Options;

/** The command; `program` is what runs are started with, if not workers. */
export function sweepWith(program?: RunProgram): Command {
  return command({
    name: 'sweep',
    options: { ...options, ...flagsOfRuns },
    shown: { ...options, ...figureOptions },
    manual: sweepManual,
    get words() {
      const values = ['train', 'learn', ...studyNames()];
      return { what: 'one study, or the folder of a sweep', least: 0, most: 1, values };
    },
    async run({ words: [word], sources: [all], values, io, terminal }) {
      const { jobs, out, seeds, dry_run, print_commands, run_figures, grid, zip, exclude } = values;
      const given = givenToRuns(all!);
      const { study, folder, res, over } = sweepOf(word, { grid, zip, exclude, seeds, out, given });
      await checkWritable(folder).catch(({ message }: Error) => {
        throw new UsageError(`--out must be a folder that can be written to, not '${folder}' (${message}).`);
      });
      const planned = planRuns(study, over, { folder, res, seeds });
      const work = await planWork([planned], new Map([...over, ...given]), { io, terminal });
      if (print_commands) {
        const commands = commandsOf(work);
        if (commands.length > 0) io.stdout.write(`${commands.join('\n')}\n`);
        return {};
      }
      if (dry_run) {
        const { text, result } = await estimate(planned.runs, work, { jobs, io, terminal });
        terminal.say(text);
        return { result };
      }
      await mkdir(folder, { recursive: true });
      await writeAtomically(join(folder, SWEEP_FILE), `${JSON.stringify(study.source, undefined, 2)}\n`);
      const started = performance.now();
      const { failures, signal } = await runStudies([planned], work, {
        jobs,
        program,
        terminal,
        noFigures: !run_figures,
      });
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

export const sweepCommand = sweepWith();
