/** Runs that differ in nothing but their seed, and what they have in common. */
import { type Band, bootstrap, bootstrapCurves } from '../stats/bootstrap.js';
import { movingAverage } from '../stats/moving-average.js';
import { columnMean, isTrajectory, type Stretch, type Table } from './table.js';

export interface Group {
  readonly name: string;
  /** One table per seed, ordered by it; or per `unit`. */
  readonly tables: readonly Table[];
  /** How many of them stopped early because they diverged. */
  readonly diverged: number;
  /** Place in the palette, for a group to look alike in all panels; without it, its place in the panel. */
  readonly colour?: number;
  /** What there is a table of, where not of each seed. */
  readonly unit?: string;
}

/** One position of a curve: its x, and mean and band over seeds there. */
export interface BandPoint extends Band {
  readonly x: number;
}

/** Names of the columns of a group's tables, in their order. */
export function columnsOf({ tables }: Group): string[] {
  return [...new Set(tables.flatMap(({ columns }) => [...columns.keys()]))];
}

/**
 * Mean and band over seeds of a column along its x. Each seed's values are averaged over `window` rows first,
 * coefficients and constants are not: they move by small steps.
 */
export function groupCurve({ tables }: Group, column: string, window: number): BandPoint[] {
  const length = isTrajectory(column) ? 1 : window;
  const longest = tables.reduce((a, b) => (b.x.length > a.x.length ? b : a));
  if (longest.x.length === 0) return [];
  const rows = Math.min(length, longest.x.length);
  const averages = tables.map(({ columns, x }) =>
    x.length < rows ? [] : movingAverage(columns.get(column) ?? [], rows).map(({ mean }) => mean),
  );
  return bootstrapCurves(averages).map((band, i) => {
    const [first, last] = [longest.x[i]!, longest.x[i + rows - 1]!];
    return { x: (first + last) / 2, ...band };
  });
}

/** What a number is taken of: a column, over a stretch or at its end. */
export interface Source {
  readonly column: string;
  readonly at?: Stretch;
}

/** Mean and band over seeds of one number per seed. */
export function groupMean({ tables }: Group, { column, at }: Source): Band {
  return bootstrap(tables.map((table) => columnMean(table, column, at)));
}

/** The same for the difference of two groups; seeds are drawn in pairs, as equal seeds have equal tasks and weights. */
export function groupDifference(a: Group, ofA: Source, b: Group, ofB: Source): Band {
  const n = Math.min(a.tables.length, b.tables.length);
  return bootstrap(
    Array.from(
      { length: n },
      (_, i) => columnMean(a.tables[i]!, ofA.column, ofA.at) - columnMean(b.tables[i]!, ofB.column, ofB.at),
    ),
  );
}
