/** `meta-plasticity reproduce`: runs studies, of the paper or the user's own, and holds them against their claims. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inParallel } from '../sweep/jobs.js';
import { nodeProgram, type RunProgram } from '../sweep/program.js';
import { text, wholeNumber } from './checks.js';
import { helpText } from './help.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import { reproduceManual } from './manual.js';
import { controlOptions, type Options, runOptions, type Settings, value } from './options.js';
import { evaluate, type Given, parseArguments } from './parse.js';
import { prepare } from './prepare.js';
import { quote } from './quote.js';
import { findSeedRun, isDone, runSeed, type SeedRun, seedRun } from './seed-run.js';
import { findStudies, runSettings, type Study } from './studies.js';
import { reportStudy } from './study-report.js';
import { bar, duration, type Io, Terminal } from './terminal.js';
import { packageVersion } from './version.js';

const { seed: _seed, res: _res, test_name: _name, ...passedOn } = runOptions;
const { quiet, verbose, json } = controlOptions;
const studyOptions = {
  seeds: value('Study', 20, 'seeds of each run, 1 to this', wholeNumber(1, 10000)),
  jobs: value('Study', availableParallelism(), 'runs at a time', wholeNumber(1, 1024), { initially: 'cores' }),
  res: value('Study', 'results', 'folder that runs and studies land in', text),
  quiet,
  verbose,
  json,
} satisfies Options;
const reproduceOptions = { ...studyOptions, ...passedOn };

/** Runs the command and returns its exit code; `program` is what runs are started with. */
export async function reproduceCommand(
  argv: readonly string[],
  io: Io,
  program: RunProgram = nodeProgram(fileURLToPath(new URL('main.js', import.meta.url))),
): Promise<number> {
  const { help, version, words, given } = await parseArguments(reproduceOptions, argv);
  if (help || version) {
    io.stdout.write(help ? helpText(studyOptions, reproduceManual()) : `${packageVersion()}\n`);
    return 0;
  }
  const studies = findStudies(words);
  const values = evaluate(studyOptions, [given]);
  const terminal = new Terminal(io, values);
  const flags: Given = new Map([...given].filter(([name]) => Object.hasOwn(passedOn, name)));
  const res = resolve(values.res);
  const planned = studies.map((study) => plan(study, flags, res, values.seeds));

  // Studies share runs: each folder and seed is run once.
  const runs = new Map(planned.flatMap(({ runs }) => runs.map((run) => [`${run.folder}/${run.seed}`, run])));
  const started = performance.now();
  const signal = await runAll([...runs.values()], { jobs: values.jobs, program, io, terminal });
  if (signal) {
    const command = ['reproduce', ...argv].map(quote).join(' ');
    terminal.warn(`Stopped; what is done is kept. To go on: npx meta-plasticity ${command}`);
    return SIGNAL_EXIT_CODES[signal];
  }
  const results = [];
  for (const { study, runs } of planned) results.push(await reportStudy(study, runs, res, terminal));
  terminal.say(`Done in ${duration((performance.now() - started) / 1000)}.`);
  if (values.json) terminal.result({ studies: results });
  return 0;
}

function plan(study: Study, flags: Given, res: string, seeds: number): { study: Study; runs: SeedRun[] } {
  const settings = [...runSettings(study, flags)];
  const numbers = Array.from({ length: seeds }, (_, i) => i + 1);
  return { study, runs: settings.flatMap(([name, each]) => numbers.map((seed) => seedRun(res, name, each, seed))) };
}

interface RunAllOptions {
  readonly jobs: number;
  readonly program: RunProgram;
  readonly io: Io;
  readonly terminal: Terminal;
}

/** Runs what is not done yet; returns the signal that stopped it, if one did. */
async function runAll(runs: readonly SeedRun[], { jobs, program, io, terminal }: RunAllOptions) {
  const found = await Promise.all(runs.map(async (run) => ({ run, recorded: await findSeedRun(run) })));
  const due = found.filter(({ run, recorded }) => !recorded || !isDone(recorded, run.settings));
  terminal.say(`${runs.length} runs, ${runs.length - due.length} of them done before; ${jobs} at a time`);
  await checkSettings(
    due.map(({ run }) => run),
    io,
    terminal,
  );

  const left = ({ run, recorded }: (typeof due)[number]) => run.settings.episodes - (recorded?.records.length ?? 0);
  const total = due.reduce((sum, each) => sum + left(each), 0);
  let [episodes, finished] = [0, 0];
  const start = performance.now();
  const line = () => {
    const seconds = (performance.now() - start) / 1000;
    const eta = episodes > 0 ? `  ETA ${duration((seconds / episodes) * (total - episodes))}` : '';
    return `${bar(episodes / total)} ${finished}/${due.length} runs  ${episodes}/${total} episodes${eta}`;
  };
  const interruption = catchInterrupt(() =>
    terminal.warn('Stopping the runs after their episode; once more to stop at once.'),
  );
  try {
    await inParallel(due, jobs, interruption.abort, async ({ run, recorded }, stop) => {
      await runSeed(run, recorded, program, stop, () => {
        episodes++;
        terminal.progress(line);
      });
      if (stop.aborted) return;
      finished++;
      if (terminal.showsEpisodes) terminal.say(`${line()}  ${run.name}, seed ${run.seed}`);
    });
  } finally {
    interruption.stop();
    terminal.clear();
  }
  return interruption.received();
}

/** Refuses before anything is started what a run would refuse, and fetches the data once for all. */
async function checkSettings(runs: readonly SeedRun[], io: Io, terminal: Terminal): Promise<void> {
  const distinct = new Map<string, Settings>(runs.map(({ folder, settings }) => [folder, settings]));
  for (const settings of distinct.values()) await prepare(settings, io, terminal);
}
