/** Runs that differ in nothing but their seed, and what they have in common. */
import { type Band, crossedBand, MIN_FOR_BAND, meanBand } from '../stats/band.js';
import { bootstrapCurves } from '../stats/bootstrap.js';
import { movingAverage } from '../stats/moving-average.js';
import { columnMean, isTrajectory, type Stretch, type Table } from './table.js';

export interface Group {
  readonly name: string;
  /** One table per seed, ordered by it; with `runs` one for each task of the first run, then of the second, and so on. */
  readonly tables: readonly Table[];
  /** How many runs were all tried on the same tasks. */
  readonly runs?: number;
  /** Place in the palette, for a group to look alike in all panels; without it, its place in the panel. */
  readonly colour?: number;
}

/** One position of a curve: its x, and mean and band over seeds there. */
export interface BandPoint extends Band {
  readonly x: number;
}

/** Bands that are drawn: those that everything is judged by, or the paper's way, the percentile bootstrap. */
export type BandKind = 'student' | 'bootstrap';

/** Names of the columns of a group's tables, in their order, and of their single numbers. */
export function columnsOf({ tables }: Group): string[] {
  return [...new Set(tables.flatMap(({ columns, ends }) => [...columns.keys(), ...(ends?.keys() ?? [])]))];
}

/** A column of one table as it is drawn: averaged over `window` rows, unless it is a coefficient: they move by small steps. */
export function tableCurve({ columns, x }: Table, column: string, window: number): { x: number; value: number }[] {
  const rows = Math.min(isTrajectory(column) ? 1 : window, x.length);
  if (rows === 0) return [];
  return movingAverage(columns.get(column) ?? [], rows).map(({ mean }, i) => ({
    x: (x[i]! + x[i + rows - 1]!) / 2,
    value: mean,
  }));
}

/** Mean and band over seeds of a column along its x, each seed's values averaged first (`tableCurve`). */
export function groupCurve(group: Group, column: string, window: number, kind: BandKind = 'student'): BandPoint[] {
  const longest = group.tables.reduce((a, b) => (b.x.length > a.x.length ? b : a));
  const rows = Math.min(isTrajectory(column) ? 1 : window, longest.x.length);
  const curves = group.tables.map((table) =>
    table.x.length < rows ? [] : tableCurve(table, column, rows).map(({ value }) => value),
  );
  const xs = tableCurve(longest, column, rows).map(({ x }) => x);
  const bands =
    kind === 'bootstrap'
      ? bootstrapCurves(curves)
      : xs.map((_, i) =>
          bandOf(
            group,
            curves.map((curve) => curve[i] ?? Number.NaN),
          ),
        );
  return bands.map((band, i) => ({ x: xs[i]!, ...band }));
}

/** Mean and band of one number per table of a group. */
export function bandOf({ runs }: Pick<Group, 'runs'>, values: readonly number[]): Band {
  if (runs === undefined) return meanBand(values);
  const tasks = values.length / runs;
  return crossedBand(Array.from({ length: runs }, (_, i) => values.slice(i * tasks, (i + 1) * tasks)));
}

/** What a number is taken of: a column, over a stretch or at its end. */
export interface Source {
  readonly column: string;
  readonly at?: Stretch;
}

/** Mean and band over seeds of one number per seed; at the end over so many last rows, if it is said. */
export function groupMean(group: Group, { column, at }: Source, last?: number): Band {
  return bandOf(
    group,
    group.tables.map((table) => columnMean(table, column, at, last)),
  );
}

/** The same for the difference of two groups, of pairs: equal seeds have equal tasks and weights. */
export function groupDifference(a: Group, ofA: Source, b: Group, ofB: Source): Band {
  const n = Math.min(a.tables.length, b.tables.length);
  return meanBand(
    Array.from(
      { length: n },
      (_, i) => columnMean(a.tables[i]!, ofA.column, ofA.at) - columnMean(b.tables[i]!, ofB.column, ofB.at),
    ),
  );
}

/** What a group is the mean of: `20 seeds`, `7 runs x 10 tasks`. */
export function sizeOf({ tables, runs }: Group): string {
  if (runs === undefined) return count(tables.length, 'seed');
  return `${count(runs, 'run')} x ${count(tables.length / runs, 'task')}`;
}

/** What a group's bands are over, in words; empty where it has none. */
export function bandWords({ tables, runs }: Group): string {
  if (runs === undefined) return tables.length < MIN_FOR_BAND ? '' : 'over seeds';
  const over = [runs >= MIN_FOR_BAND ? 'runs' : '', tables.length / runs >= MIN_FOR_BAND ? 'tasks' : ''];
  return over.some(Boolean) ? `over ${over.filter(Boolean).join(' and ')}` : '';
}

/** Which tables of a group came to no good end, and how: `seed 3 diverged, seed 7 stuck`; empty where none did. */
export function troublesOf({ tables }: Group): string {
  const named = tables.flatMap(({ trouble, name }, i) => (trouble ? [{ trouble, name: name ?? `seed ${i + 1}` }] : []));
  if (named.length <= MOST_NAMED) return named.map(({ name, trouble }) => `${name} ${trouble}`).join(', ');
  const kinds = [...new Set(named.map(({ trouble }) => trouble))];
  return kinds.map((kind) => `${named.filter(({ trouble }) => trouble === kind).length} ${kind}`).join(', ');
}

/** More are counted only. */
const MOST_NAMED = 8;

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
