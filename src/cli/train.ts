/** `meta-plasticity`: meta-trains a rule. */
import { availableParallelism } from 'node:os';
import { createEngine } from '../engine/create.js';
import type { Engine } from '../engine/engine.js';
import { COMMANDS } from './commands.js';
import { readConfigFile } from './config-file.js';
import { runEpisodes } from './episodes.js';
import { gpuNotice, hasNvidiaGpu } from './gpu.js';
import { helpText } from './help.js';
import { trainManual } from './manual.js';
import { type Settings, trainOptions } from './options.js';
import { evaluateSettings } from './parity.js';
import { evaluate, parseArguments } from './parse.js';
import { prepare } from './prepare.js';
import { checkResults, readRun, resumeRun, startRun } from './start.js';
import { nearest } from './suggest.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { packageVersion, versionText } from './version.js';

/** Runs the command and returns its exit code. */
export async function trainCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, version, words, given } = await parseArguments(trainOptions, argv);
  if (help || version) {
    io.stdout.write(help ? helpText(trainOptions, trainManual) : await versionText(given.has('verbose')));
    return 0;
  }
  if (words[0] !== undefined) throw new UsageError(unexpected(words[0]));
  const config = given.get('config')?.values[0];
  const sources = config === undefined ? [given] : [given, readConfigFile(trainOptions, config)];
  const values = evaluate(trainOptions, sources);

  const terminal = new Terminal(io, values);
  const recorded = values.resume === undefined ? undefined : await readRun(values.resume, sources);
  const settings = recorded?.settings ?? evaluateSettings(sources);
  if (!recorded) await checkResults(settings);
  const scales = recorded?.file.rule.map(({ scale }) => scale ?? 1);
  const experiment = await prepare(settings, io, terminal, scales);
  const engine = await chooseEngine(settings, values.workers);
  const notice = gpuNotice(settings.gpu_mode, hasNvidiaGpu(), settings.engine);
  if (notice) terminal.say(notice);
  if (recorded && recorded.file.version !== packageVersion()) {
    terminal.warn(`The run was started by version ${recorded.file.version}; this is ${packageVersion()}.`);
  }
  const started = recorded ? await resumeRun(recorded, experiment) : await startRun(experiment, engine.name);
  try {
    const { exitCode, result } = await runEpisodes(experiment, engine, started, terminal);
    if (values.json) terminal.result(result);
    return exitCode;
  } finally {
    await started.close();
    await engine.dispose();
  }
}

async function chooseEngine({ engine, gpu_mode, relaxed, meta_batch }: Settings, workers?: number): Promise<Engine> {
  if (relaxed && engine !== 'wasm') throw new UsageError(`--relaxed goes with --engine wasm, not '${engine}'.`);
  // TensorFlow.js batches a step's tasks by itself.
  const threads = workers ?? (engine === 'tensorflow' ? 1 : Math.min(meta_batch, availableParallelism()));
  return await createEngine(engine, { gpu: gpu_mode === 1, relaxed, workers: threads });
}

function unexpected(word: string): string {
  const meant = nearest(word, Object.keys(COMMANDS));
  const hint = meant
    ? `did you mean the command ${meant}?`
    : `commands are ${Object.keys(COMMANDS).join(', ')}, and all else are --flags.`;
  return `Unexpected '${word}': ${hint}`;
}
