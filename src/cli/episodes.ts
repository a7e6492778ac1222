/** A run from its folder to its summary: trains, writes down, shows, and stops when asked. */
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { makeEpisode } from '../data/sampler.js';
import type { Engine } from '../engine/engine.js';
import { DivergedError, startingPoint, train } from '../meta/trainer.js';
import { formatSummary, type Summary, summarise } from '../report/summary.js';
import { episodeLine } from '../report/text-logs.js';
import { writeFigures } from '../report/write-figures.js';
import { header, progressLine } from './header.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import type { Experiment } from './prepare.js';
import { quote } from './quote.js';
import type { Started } from './start.js';
import type { Terminal } from './terminal.js';

/** Figures are drawn anew during a run, at most once a minute and for at most 2 % of its time. */
const FIGURES_INTERVAL = 60_000;
const FIGURES_SHARE = 0.02;

/** What --json prints; JSON has no NaN: such numbers are null. */
export interface RunResult {
  /** Absolute path. */
  readonly folder: string;
  readonly outcome: 'complete' | 'interrupted' | 'diverged';
  /** Absent where there was no episode. */
  readonly summary?: Summary;
}

/** Runs the episodes that are due, and draws the figures at the end, however it came. */
export async function runEpisodes(
  experiment: Experiment,
  engine: Engine,
  { folder, log }: Started,
  terminal: Terminal,
): Promise<{ exitCode: number; result: RunResult }> {
  const { settings, rule, theta } = experiment;
  const { episodes } = settings;
  const before = log.records.length;
  terminal.say(header(experiment, engine.name, folder));
  if (before > 0) terminal.say(`Resumed  after episode ${before}`);

  const drawFigures = figureDrawer(experiment, folder, log.records, terminal);
  const interruption = catchInterrupt(() => terminal.warn('Stopping after this episode; once more to stop at once.'));
  const start = performance.now();
  let figuresDue = start + FIGURES_INTERVAL;
  let diverged: DivergedError | undefined;
  try {
    for await (const record of train({
      engine,
      rule,
      makeEpisode: episodeMaker(experiment),
      episodes,
      lrMeta: settings.lr_meta,
      lamb: settings.lamb,
      clip: settings.clip,
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
      terminal.progress(() => progressLine(record, episodes, left / 1000, rule));
      if (now < figuresDue) continue;
      await drawFigures();
      const end = performance.now();
      figuresDue = end + Math.max(FIGURES_INTERVAL, (end - now) / FIGURES_SHARE);
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    diverged = error;
  } finally {
    interruption.stop();
    terminal.clear();
  }

  const done = log.records.length;
  let summary: Summary | undefined;
  if (done > 0) {
    await drawFigures();
    summary = summarise(
      log.records,
      rule.terms.map(({ name }) => name),
    );
    terminal.say(`\n${formatSummary(summary)}\n`);
  }
  terminal.say(`Results are in ${folder}`);
  if (diverged) terminal.warn(diverged.message);
  const signal = done < episodes ? interruption.received() : undefined;
  if (signal) terminal.warn(`Stopped after episode ${done}; to go on: npx meta-plasticity --resume ${quote(folder)}`);
  const outcome = diverged ? 'diverged' : signal ? 'interrupted' : 'complete';
  return {
    exitCode: diverged ? 1 : signal ? SIGNAL_EXIT_CODES[signal] : 0,
    result: { folder: resolve(folder), outcome, ...(summary && { summary }) },
  };
}

function episodeMaker({ settings, dataset, index, layers }: Experiment) {
  const { beta, fbk: feedback, seed, M, K, Q } = settings;
  return (n: number) => makeEpisode({ dataset, index, layers, beta, feedback, seed, M, K, Q }, n);
}

/** Draws the figures of the episodes so far; what goes wrong is a warning, for the run is worth more than a picture. */
function figureDrawer(experiment: Experiment, folder: string, records: Started['log']['records'], terminal: Terminal) {
  const { settings, rule, dataset } = experiment;
  const terms = rule.terms.map(({ name }) => name);
  const title = `${dataset.name}, ${terms.join(' + ')}, feedback ${settings.fbk}`;
  const options = { avgWindow: settings.avg_window, terms, M: settings.M, title };
  return async () => {
    try {
      const { warning } = await writeFigures(folder, records, options);
      if (warning) terminal.warn(warning);
    } catch (error) {
      terminal.warn(`The figures could not be drawn: ${(error as Error).message}`);
    }
  };
}
