/** 'Paper says / here': what a study's claims come to. */
import type { Band } from '../stats/bootstrap.js';
import { symbol } from './charts.js';
import { columnsOf, type Group, groupDifference, groupMean } from './group.js';
import type { Claim, Measure } from './recipe.js';

/**
 * `agrees`: the whole band lies between the claim's limits; `contradicts`: none of it does; `open`: only a part of it
 * does, or there is no band (fewer than two seeds with a value).
 */
export type Verdict = 'agrees' | 'contradicts' | 'open';

export interface Finding {
  readonly claim: Claim;
  readonly band: Band;
  readonly verdict: Verdict;
  /** What was measured, in words and numbers. */
  readonly here: string;
}

/**
 * Holds a claim against the runs.
 * @throws RangeError if a claim names a column that its run does not have.
 */
export function judge(claim: Claim, groups: readonly Group[]): Finding {
  const { measure, minus, between } = claim;
  const a = groupOf(measure, groups);
  const b = minus && groupOf(minus, groups);
  const band = minus && b ? groupDifference(a, measure, b, minus) : groupMean(a, measure);
  const verdict = verdictOn(band, between);
  const values = [measure, ...(minus ? [minus] : [])].map((source) => {
    const { run, column, at } = source;
    const where = at ? ` at ${at.join('-')}` : '';
    return `${run} ${symbol(column)}${where} ${formatBand(groupMean(groupOf(source, groups), source))}`;
  });
  const here = minus ? `${values.join('; ')}; difference ${formatBand(band)}` : values.join();
  return { claim, band, verdict, here };
}

function groupOf({ run, column }: Measure, groups: readonly Group[]): Group {
  const group = groups.find(({ name }) => name === run);
  const columns = group ? columnsOf(group) : [];
  if (!group || !columns.includes(column)) {
    throw new RangeError(`A claim is about '${column}' of ${run}, which has ${columns.join(', ')}.`);
  }
  return group;
}

function verdictOn({ low, high }: Band, [from, to]: Claim['between']): Verdict {
  const [least, most] = [from ?? Number.NEGATIVE_INFINITY, to ?? Number.POSITIVE_INFINITY];
  if (low >= least && high <= most) return 'agrees';
  return high < least || low > most ? 'contradicts' : 'open';
}

/** `0.221 [0.219 0.223]`, to three digits of the mean. */
export function formatBand({ mean, low, high }: Band): string {
  const size = Math.abs(mean);
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const number = (value: number) => {
    if (!Number.isFinite(value)) return 'none';
    if (value === 0) return '0';
    return size >= 1e5 || size < 1e-4 ? value.toExponential(2) : value.toFixed(decimals);
  };
  return Number.isFinite(low + high) ? `${number(mean)} [${number(low)} ${number(high)}]` : number(mean);
}
