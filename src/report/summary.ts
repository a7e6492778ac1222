import type { EpisodeRecord } from '../meta/record.js';
import { diverged } from './diverged.js';
import { findTrouble } from './trouble.js';

/** What a run came to. Means leave out episodes that diverged; NaN where there was none to average. */
export interface Summary {
  readonly episodes: number;
  /** Number of last episodes that accuracy, loss and angles are averaged over: 100, or all of a shorter run. */
  readonly outcomeEpisodes: number;
  readonly accuracy: number;
  readonly loss: number;
  /** Degrees, layers 0..L. */
  readonly angles: readonly number[];
  /** Number of last episodes that coefficients are averaged over: 50, or all of a shorter run. */
  readonly thetaEpisodes: number;
  /** One per term: the mean over the last episodes, and the value after the last Adam step. */
  readonly theta: readonly { readonly name: string; readonly mean: number; readonly final: number }[];
  /** Adam steps left out because loss or gradient was not finite. */
  readonly skipped: number;
  /** What went wrong, a sentence each; none where all is well. */
  readonly trouble: readonly string[];
}

/**
 * Summary of a run.
 *
 * @param terms names of the rule's terms, in its order.
 * @param M classes of a task, to tell a run that only guesses.
 * @throws RangeError if there is no episode to summarise.
 */
export function summarise(records: readonly EpisodeRecord[], terms: readonly string[], M?: number): Summary {
  const last = records.at(-1);
  if (last === undefined) throw new RangeError('A summary needs at least one episode; the run has none.');
  const outcomes = records.slice(-100);
  const measured = outcomes.filter((record) => !diverged(record));
  const trajectory = records.slice(-50);
  return {
    episodes: records.length,
    outcomeEpisodes: outcomes.length,
    accuracy: mean(measured.map(({ accuracy }) => accuracy)),
    loss: mean(measured.map(({ loss }) => loss)),
    angles: last.angles.map((_, layer) => mean(measured.map(({ angles }) => angles[layer] ?? Number.NaN))),
    thetaEpisodes: trajectory.length,
    theta: terms.map((name, i) => ({
      name,
      mean: mean(trajectory.map(({ theta }) => theta[i] ?? Number.NaN)),
      final: last.next.theta[i] ?? Number.NaN,
    })),
    skipped: last.skips.total,
    trouble: findTrouble(records, M),
  };
}

/** The summary as a table in plain text, at most 80 columns wide (longer names of terms are cut), without its troubles. */
export function formatSummary(summary: Summary): string {
  const { episodes, outcomeEpisodes, thetaEpisodes, skipped } = summary;
  const outcomes = `mean of last ${outcomeEpisodes}`;
  const rows: string[][] = [
    ['', outcomes],
    ['accuracy', number(summary.accuracy, 4)],
    ['loss', number(summary.loss, 4)],
    ...summary.angles.map((angle, layer) => [`angle ${layer} (degrees)`, number(angle, 2)]),
    ['', `mean of last ${thetaEpisodes}`, 'final'],
    ...summary.theta.map(({ name, mean, final }) => [`theta ${shorten(name, 30)}`, number(mean, 6), number(final, 6)]),
  ];
  const names = Math.max(...rows.map(([name]) => name!.length));
  const table = rows.map(([name, ...cells]) =>
    [name!.padEnd(names), ...cells.map((cell) => cell.padStart(20))].join('  '),
  );
  return [`${count(episodes, 'episode')}, ${count(skipped, 'Adam step')} skipped`, ...table].join('\n');
}

/** Mean of the finite values, NaN if there is none. */
function mean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

function number(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'none';
  const small = value !== 0 && Math.abs(value) < 10 ** (2 - digits);
  return small || Math.abs(value) >= 1e7 ? value.toExponential(3) : value.toFixed(digits);
}

function shorten(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
