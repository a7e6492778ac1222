/** A run, from the engine to its end. */
import { availableParallelism } from 'node:os';
import { createEngine } from '../engine/create.js';
import type { Engine } from '../engine/engine.js';
import { collectGarbage } from './collect-garbage.js';
import { type RunResult, runEpisodes } from './episodes.js';
import { gpuNotice, hasNvidiaGpu } from './gpu.js';
import { startLive } from './live-process.js';
import type { Settings } from './options.js';
import type { Experiment } from './prepare.js';
import { type Recorded, resumeRun, startRun } from './start.js';
import type { Terminal } from './terminal.js';
import { warnOfUnchecked } from './unchecked.js';
import { UsageError } from './usage-error.js';
import { packageVersion } from './version.js';

/** The engine of the settings, on as many threads as are asked for or of use. */
export async function chooseEngine(
  { engine, gpu_mode, relaxed, meta_batch }: Settings,
  workers: number | undefined,
  onNotice: (sentence: string) => void,
): Promise<Engine> {
  if (relaxed && engine !== 'wasm') throw new UsageError(`--relaxed goes with --engine wasm, not '${engine}'.`);
  // TensorFlow.js batches a step's tasks by itself.
  const threads = workers ?? (engine === 'tensorflow' ? 1 : Math.min(meta_batch, availableParallelism()));
  return await createEngine(engine, {
    gpu: gpu_mode === 1,
    relaxed,
    workers: threads,
    helper: workers !== 1,
    onNotice,
  });
}

export interface TrainingOptions {
  readonly terminal: Terminal;
  readonly figures: boolean;
  /** Port of a page that follows it; undefined: none. */
  readonly live: number | undefined;
  /** Whether the process has done no run before: its start-up has left garbage. */
  readonly first: boolean;
}

/** Makes the run's folder, or opens the recorded one, and runs what episodes are due. */
export async function runTraining(
  experiment: Experiment,
  engine: Engine,
  recorded: Recorded | undefined,
  { terminal, figures, first, live }: TrainingOptions,
): Promise<{ exitCode: number; result: RunResult }> {
  const { settings } = experiment;
  const notice = gpuNotice(settings.gpu_mode, hasNvidiaGpu(), settings.engine);
  if (notice) terminal.say(notice);
  if (recorded && recorded.file.version !== packageVersion()) {
    terminal.warn(`The run was started by version ${recorded.file.version}; this is ${packageVersion()}.`);
  }
  if (recorded) warnOfUnchecked([recorded], terminal);
  const started = recorded ? await resumeRun(recorded, experiment) : await startRun(experiment, engine.name);
  if (first) collectGarbage();
  const endLive = startLive(started.folder, live, terminal);
  try {
    return await runEpisodes(experiment, engine, started, { terminal, figures });
  } finally {
    await started.close();
    await endLive();
  }
}
