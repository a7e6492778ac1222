/** Claims held against runs: what a study says, the limits that it is judged by, and what was found. */
import type { Band } from '../stats/band.js';
import { symbol } from './charts.js';
import { columnsOf, type Group, groupDifference, groupMean } from './group.js';
import type { Claim, Measure } from './recipe.js';

/**
 * `agrees`: the whole band lies between the claim's limits; `contradicts`: none of it does; `open`: only a part of it
 * does, or there are fewer than MIN_FOR_VERDICT seeds with a value; `not comparable`: the runs are not what it is about.
 */
export type Verdict = 'agrees' | 'open' | 'contradicts' | 'not comparable';

/** From the best to the worst: a study is as good as the worst of its claims. */
const VERDICTS: readonly Verdict[] = ['agrees', 'open', 'contradicts', 'not comparable'];

/** Seeds that a verdict needs at least. */
export const MIN_FOR_VERDICT = 8;

export interface Finding {
  readonly claim: Claim;
  readonly band: Band;
  readonly verdict: Verdict;
  /** What was measured, in words and numbers. */
  readonly here: string;
}

/**
 * Holds a claim against the runs.
 * @param comparable false where the runs are other than those that the claim is about.
 * @throws RangeError if a claim names a column that its run does not have.
 */
export function judge(claim: Claim, groups: readonly Group[], comparable = true): Finding {
  const { measure, minus, between } = claim;
  const a = groupOf(measure, groups);
  const b = minus && groupOf(minus, groups);
  const band = minus && b ? groupDifference(a, measure, b, minus) : groupMean(a, measure);
  const verdict = comparable ? verdictOn(band, between) : 'not comparable';
  const values = [measure, ...(minus ? [minus] : [])].map(
    (source) => `${measureWords(source)} ${formatBand(groupMean(groupOf(source, groups), source))}`,
  );
  const here = minus ? `${values.join('; ')}; difference ${formatBand(band)}` : values.join();
  return { claim, band, verdict, here };
}

/** A study's verdict: the worst of its claims'; undefined where it has none. */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return VERDICTS.findLast((verdict) => verdicts.includes(verdict));
}

/** What is measured, in words: `FA accuracy at 1-100`. */
export function measureWords({ run, column, at }: Measure): string {
  return `${run} ${symbol(column)}${at ? ` at ${at.join('-')}` : ''}`;
}

/** The limits of a claim, in words: `above 0.1`, `difference from -0.05 to 0.05`. */
export function limitWords({ minus, between: [low, high] }: Pick<Claim, 'minus' | 'between'>): string {
  const limits =
    low !== null && high !== null
      ? `from ${low} to ${high}`
      : low !== null
        ? `above ${low}`
        : high !== null
          ? `below ${high}`
          : 'any';
  return minus ? `difference ${limits}` : limits;
}

function groupOf({ run, column }: Measure, groups: readonly Group[]): Group {
  const group = groups.find(({ name }) => name === run);
  const columns = group ? columnsOf(group) : [];
  if (!group || !columns.includes(column)) {
    throw new RangeError(`A claim is about '${column}' of ${run}, which has ${columns.join(', ')}.`);
  }
  return group;
}

function verdictOn({ low, high, count }: Band, [from, to]: Claim['between']): Verdict {
  const [least, most] = [from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY];
  if (count < MIN_FOR_VERDICT) return 'open';
  if (low >= least && high <= most) return 'agrees';
  return high < least || low > most ? 'contradicts' : 'open';
}

/** `0.221 [0.219 0.223]`, to three digits of the mean; where it leaves some out, of how many it is. */
export function formatBand({ mean, low, high, count, total }: Band): string {
  const size = Math.abs(mean);
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const number = (value: number) => {
    if (!Number.isFinite(value)) return 'none';
    if (Math.abs(value) < 1e-15) return '0'; // What rounding leaves of a difference.
    return size >= 1e5 || size < 1e-4 ? value.toExponential(2) : value.toFixed(decimals);
  };
  const band = Number.isFinite(low + high) ? ` [${number(low)} ${number(high)}]` : '';
  return `${number(mean)}${band}${count < total ? ` (of ${count}/${total})` : ''}`;
}
