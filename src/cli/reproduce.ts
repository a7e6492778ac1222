/** `meta-plasticity reproduce`: runs studies, of the paper or the user's own, and holds them against their claims. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inParallel } from '../sweep/jobs.js';
import { nodeProgram, type RunProgram } from '../sweep/program.js';
import { list, text, wholeNumber } from './checks.js';
import { type Command, command } from './command.js';
import { figureOptions } from './figure-options.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import { learnOptions } from './learn.js';
import { reproduceManual } from './manual.js';
import { value } from './option.js';
import { runOptions } from './options.js';
import type { Given } from './parse.js';
import { quote } from './quote.js';
import { checkResults } from './results-folder.js';
import { findSeedRun, runSeed, type SeedRun, seedRun, takeSeedRun } from './seed-run.js';
import { findStudies, planStudy, type Study, studyNames } from './studies.js';
import { runAblations } from './study-ablation.js';
import { reportStudy, type StudyRuns } from './study-report.js';
import { writeSummary } from './study-summary.js';
import { bar, duration, type Io, type Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const { seed: _seed, res: _res, test_name: _name, ...passedOn } = runOptions;
const studyOptions = {
  seeds: value('Study', 20, 'seeds of each run, 1 to this', wholeNumber(1, 10000)),
  jobs: value('Study', availableParallelism(), 'runs at a time', wholeNumber(1, 1024), { initially: 'cores' }),
  res: value('Study', 'results', 'folder that runs and studies land in', text),
};
const { images, every } = learnOptions;
const flagsOfRuns = { ...passedOn, images, every };

/** The command; `program` is what runs are started with. */
export function reproduceWith(program: RunProgram): Command {
  return command({
    name: 'reproduce',
    options: { ...studyOptions, ...flagsOfRuns },
    shown: { ...studyOptions, ...figureOptions },
    get manual() {
      return reproduceManual(findStudies(['all']));
    },
    get words() {
      const values = [...studyNames(), 'all'];
      return { what: `a study: ${list(values)}, or a JSON file`, least: 1, most: Number.POSITIVE_INFINITY, values };
    },
    async run({ words, sources: [given], values, io, terminal, argv }) {
      const studies = findStudies(words);
      const flags: Given = new Map([...given!].filter(([name]) => Object.hasOwn(flagsOfRuns, name)));
      const res = resolve(values.res);
      for (const { name } of studies) await checkResults({ res: join(res, name) });
      const planned = studies.map((study) => plan(study, flags, res, values.seeds));

      // Studies share runs: each folder and seed is run once.
      const runs = new Map(planned.flatMap(({ runs }) => runs.map((run) => [`${run.folder}/${run.seed}`, run])));
      refuseIdle(flags, runs.values());
      const started = performance.now();
      const options = { jobs: values.jobs, namesData: flags.has('data_dir'), program, io, terminal };
      const signal = (await runAll([...runs.values()], options)) ?? (await runAblations(planned, options));
      if (signal) {
        const command = ['reproduce', ...argv].map(quote).join(' ');
        terminal.warn(`Stopped; what is done is kept. To go on: npx meta-plasticity ${command}`);
        return { exitCode: SIGNAL_EXIT_CODES[signal] };
      }
      const results = [];
      for (const study of planned) results.push(await reportStudy(study, res, terminal));
      const summary = await writeSummary(res);
      if (results.length > 1) terminal.say(`A row for each study: ${summary}`);
      terminal.say(`Done in ${duration((performance.now() - started) / 1000)}.`);
      return { result: { studies: results } };
    },
  });
}

export const reproduceCommand = reproduceWith(nodeProgram(fileURLToPath(new URL('main.js', import.meta.url))));

function plan(study: Study, flags: Given, res: string, seeds: number): StudyRuns {
  const { runs, ...rest } = planStudy(study, flags);
  const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
  const each = [...runs].flatMap(([name, run]) => numbers.map((seed) => seedRun(res, name, run, seed)));
  return { study, runs: each, ...rest };
}

/** A flag that no run takes would be passed over in silence. */
function refuseIdle(flags: Given, runs: Iterable<SeedRun>): void {
  const taken = new Set([...runs].flatMap(({ plan }) => Object.keys(plan.settings)));
  for (const [name, { flag }] of flags) {
    if (!taken.has(name)) throw new UsageError(`${flag} must be left out: no run of this study has such a flag.`);
  }
}

export interface RunAllOptions {
  readonly jobs: number;
  /** Whether --data_dir says on which data. */
  readonly namesData: boolean;
  readonly program: RunProgram;
  readonly io: Io;
  readonly terminal: Terminal;
}

/** Runs what is not done yet; returns the signal that stopped it, if one did. */
async function runAll(runs: readonly SeedRun[], { jobs, namesData, program, io, terminal }: RunAllOptions) {
  const all = await Promise.all(runs.map(async (run) => ({ run, found: await findSeedRun(run) })));
  const due = all.filter(({ found }) => !found?.done);
  terminal.say(`${runs.length} runs, ${runs.length - due.length} of them done before; ${jobs} at a time`);
  // What is done needs no data, unless data is named: then it must have been done on that.
  const distinct = new Map((namesData ? all : due).map(({ run }) => [run.folder, run.plan]));
  for (const [folder, plan] of distinct) {
    const { checksum } = await plan.check(io, terminal);
    const other = all.find(({ run, found }) => found && run.folder === folder && found.checksum !== checksum)?.found;
    if (other) {
      throw new UsageError(`${other.folder} is a run on other data than this: move it away, or choose another --res.`);
    }
  }

  // Where runs take all cores, a second thread of theirs would only add work.
  const oneThread = jobs >= availableParallelism();
  const total = due.reduce((sum, { run, found }) => sum + run.plan.steps - (found?.steps ?? 0), 0);
  let [steps, finished] = [0, 0];
  const start = performance.now();
  const line = () => {
    const seconds = (performance.now() - start) / 1000;
    const eta = steps > 0 ? `  ETA ${duration((seconds / steps) * (total - steps))}` : '';
    return `${bar(steps / total)} ${finished}/${due.length} runs  ${steps}/${total} steps${eta}`;
  };
  const interruption = catchInterrupt(() =>
    terminal.warn('Stopping the runs after their episode; once more to stop at once.'),
  );
  try {
    const others: typeof due = [];
    const work = async ({ run, found: before }: (typeof due)[number], stop: AbortSignal, wait: boolean) => {
      const giveBack = await takeSeedRun(run, wait && stop);
      if (!giveBack) {
        others.push({ run, found: before });
        return;
      }
      try {
        // By now another study may have gone on with it.
        const found = await findSeedRun(run);
        steps += (found?.steps ?? 0) - (before?.steps ?? 0);
        const onStep = () => {
          steps++;
          terminal.progress(line);
        };
        if (!found?.done) await runSeed(run, found, { program, oneThread, stop, onStep });
      } finally {
        await giveBack();
      }
      if (stop.aborted) return;
      finished++;
      if (terminal.showsEpisodes) terminal.say(`${line()}  ${run.name}, seed ${run.seed}`);
    };
    await inParallel(due, jobs, interruption.abort, (item, stop) => work(item, stop, false));
    const left = others.splice(0);
    if (left.length > 0) terminal.say(`Another process is at ${left.length} of these runs: waiting for it`);
    await inParallel(left, jobs, interruption.abort, (item, stop) => work(item, stop, true));
  } finally {
    interruption.stop();
    terminal.clear();
  }
  return interruption.received();
}
