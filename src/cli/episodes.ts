/** A run from its folder to its summary: trains, writes down, shows, and stops when asked. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../engine/engine.js';
import { DivergedError, startingPoint, train } from '../meta/trainer.js';
import { formatSummary, type Summary, summarise } from '../report/summary.js';
import { episodeLine } from '../report/text-logs.js';
import { advice } from './advice.js';
import { type Drawing, startDrawing } from './drawing.js';
import { header, progressLine } from './header.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import type { Settings } from './options.js';
import { type Experiment, episodeMaker } from './prepare.js';
import { quotePath } from './quote.js';
import type { Started } from './start.js';
import type { Terminal } from './terminal.js';

/** Figures are drawn anew during a run once a minute. */
const FIGURES_INTERVAL = 60_000;
/** Milliseconds before the end at which the process that draws is started: loading its libraries takes half a second or more. */
const DRAWING_AHEAD = 1500;

/** What --json prints; JSON has no NaN: such numbers are null. */
export interface RunResult {
  /** Absolute path. */
  readonly folder: string;
  readonly outcome: 'complete' | 'interrupted' | 'diverged';
  readonly seed: number;
  /** All of its settings, as in run.json. */
  readonly settings: Settings;
  /** Absent where there was no episode. */
  readonly summary?: Summary;
}

/** Runs the episodes that are due, and draws the figures at the end, however it came. */
export async function runEpisodes(
  experiment: Experiment,
  engine: Engine,
  { folder, log }: Started,
  { terminal, figures }: { readonly terminal: Terminal; readonly figures: boolean },
): Promise<{ exitCode: number; result: RunResult }> {
  const { settings, rule, theta, scale } = experiment;
  const { episodes } = settings;
  const before = log.records.length;
  terminal.say(header(experiment, engine.name, folder));
  if (before > 0) terminal.say(`Resumed  after episode ${before}`);

  const interruption = catchInterrupt(() => terminal.warn('Stopping after this episode; once more to stop at once.'));
  const start = performance.now();
  let drawn = start;
  let drawing: Promise<string | undefined> | undefined;
  let last: Drawing | undefined;
  let diverged: DivergedError | undefined;
  try {
    for await (const record of train({
      engine,
      rule,
      makeEpisode: episodeMaker(experiment),
      metaBatch: settings.meta_batch,
      episodes,
      lrMeta: settings.lr_meta,
      lamb: settings.lamb,
      l1: settings.l1,
      clip: experiment.clip,
      scale,
      // main.py goes on with NaN for good: nothing comes after the first.
      ...(settings.parity && { maxSkips: 1 }),
      from: log.records.at(-1) ?? startingPoint(theta),
      signal: interruption.abort,
    })) {
      log.append(record);
      await setImmediate(); // Lets signals and output through, which wait for the event loop.
      if (record.skipped) {
        terminal.warn(`Episode ${record.episode}: loss or gradient is not finite; its step is left out.`);
      }
      if (terminal.showsEpisodes) terminal.say(episodeLine(record));
      const now = performance.now();
      const left = ((now - start) / (record.episode - before)) * (episodes - record.episode);
      if (left < DRAWING_AHEAD) {
        if (figures) last ??= startDrawing(folder);
      } else if (figures && !drawing && now - drawn > FIGURES_INTERVAL) {
        drawn = now;
        drawing = startDrawing(folder)
          .draw()
          .finally(() => {
            drawing = undefined;
          });
      }
      terminal.progress(() => progressLine(record, episodes, left / 1000, rule));
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) {
      last?.cancel();
      if (existsSync(folder))
        terminal.warn(`What is done is kept; to go on: npx meta-plasticity --resume ${quotePath(folder)}`);
      throw error;
    }
    diverged = error;
  } finally {
    interruption.stop();
    terminal.clear();
  }

  const done = log.records.length;
  let summary: Summary | undefined;
  if (done > 0) {
    await drawing;
    // The run is worth more than a picture: what goes wrong with these is a warning.
    const problem = figures ? await (last ?? startDrawing(folder)).draw() : undefined;
    if (problem) terminal.warn(problem);
    summary = summarise(log.records, rule.coefficients, settings.M);
    terminal.say(`\n${formatSummary(summary)}\n`);
  }
  log.check();
  terminal.say(`Results are in ${folder}`);
  const trouble = diverged ? [diverged.message] : (summary?.trouble ?? []);
  if (trouble.length) terminal.warn([...trouble, advice(experiment, log.records)].join(' '));
  const signal = done < episodes ? interruption.received() : undefined;
  if (signal)
    terminal.warn(`Stopped after episode ${done}; to go on: npx meta-plasticity --resume ${quotePath(folder)}`);
  const outcome = diverged ? 'diverged' : signal ? 'interrupted' : 'complete';
  return {
    exitCode: diverged ? 1 : signal ? SIGNAL_EXIT_CODES[signal] : 0,
    result: { folder: resolve(folder), outcome, seed: settings.seed, settings, ...(summary && { summary }) },
  };
}
