/**
 * Means with bands that hold the true mean as often as they say, for as few seeds as there are: Student's t. How often
 * they do, beside the bootstrap's: docs/BANDS.md.
 */
import { studentQuantile } from './student.js';

/** A mean and its band; all NaN where there is no value, low and high NaN where there are too few. */
export interface Band {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** How many values the mean is of, and how many there are with those that are missing or not finite. */
  readonly count: number;
  readonly total: number;
}

/** Values that a band needs at least: of fewer it would be mostly guessed. */
export const MIN_FOR_BAND = 4;

/** How often a band is to hold the true mean. */
export const LEVEL = 0.98;

/**
 * Mean of independent values, one per seed, with the band of Student's t (1908, doi:10.1093/biomet/6.1.1); what is not
 * finite is left out.
 */
export function meanBand(values: readonly number[], level = LEVEL): Band {
  const finite = values.filter(Number.isFinite);
  const sample = { mean: meanOf(finite), count: finite.length, total: values.length };
  if (finite.length < MIN_FOR_BAND) return { ...sample, low: Number.NaN, high: Number.NaN };
  return around(sample, meanSquare(finite, sample.mean) / finite.length, finite.length - 1, level);
}

/**
 * Mean of a table, rows by columns, where both are drawn at random: runs, say, that are all tried on the same tasks. Its
 * variance has a part from the rows, one from the columns and one from the cells, estimated from their mean squares; the
 * band is Student's t with Satterthwaite's degrees of freedom (1946, doi:10.2307/3002019). Fewer than MIN_FOR_BAND rows
 * are taken as they are, so that the band is about these, and likewise columns. Cells that are not finite are left out.
 *
 * @param rows lists of equal lengths.
 */
export function crossedBand(rows: readonly (readonly number[])[], level = LEVEL): Band {
  const cells = rows.flat().filter(Number.isFinite);
  const mean = meanOf(cells);
  const sample = { mean, count: cells.length, total: rows.flat().length };
  const means = (lines: readonly (readonly number[])[]) =>
    lines.map((line) => ({ mean: meanOf(line.filter(Number.isFinite)), count: line.filter(Number.isFinite).length }));
  const columns = (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!));
  const [ofRows, ofColumns] = [means(rows), means(columns)];
  const [m, n] = [ofRows, ofColumns].map((lines) => lines.filter(({ count }) => count > 0).length) as [number, number];
  if (m < MIN_FOR_BAND || n < MIN_FOR_BAND) {
    const lines = (m < MIN_FOR_BAND ? ofColumns : ofRows).map((line) => line.mean);
    const { low, high } = meanBand(lines, level);
    return { ...sample, low: mean - (high - low) / 2, high: mean + (high - low) / 2 };
  }
  // The variance of the mean that comes from lines which differ by more than chance, and how often a line is counted.
  const between = (lines: typeof ofRows, count: number) =>
    lines.reduce(
      (sum, line) => sum + (line.count > 0 ? square((line.count * (line.mean - mean)) / cells.length) : 0),
      0,
    ) *
    (count / (count - 1));
  const residuals = rows.flatMap((row, i) =>
    row.map((cell, j) => (Number.isFinite(cell) ? cell - ofRows[i]!.mean - ofColumns[j]!.mean + mean : 0)),
  );
  const free = (m - 1) * (n - 1) - (m * n - cells.length);
  if (free < 1) return { ...sample, low: Number.NaN, high: Number.NaN };
  const a = between(ofRows, m);
  const b = between(ofColumns, n);
  const c = residuals.reduce((sum, residual) => sum + square(residual), 0) / free / cells.length;
  // The parts of rows and columns beyond the cells' own, which chance can make seem below 0: then it is 0, and counts as known.
  const [ofM, ofN] = [a > c ? 1 : 0, b > c ? 1 : 0];
  const rest = 1 - ofM - ofN;
  const variance = ofM * a + ofN * b + rest * c;
  const spread = ofM * ((a * a) / (m - 1)) + ofN * ((b * b) / (n - 1)) + rest * rest * ((c * c) / free);
  return around(sample, variance, (variance * variance) / spread, level);
}

function around(
  sample: Pick<Band, 'mean' | 'count' | 'total'>,
  variance: number,
  freedom: number,
  level: number,
): Band {
  const reach = variance > 0 ? studentQuantile((1 + level) / 2, freedom) * Math.sqrt(variance) : 0;
  return { ...sample, low: sample.mean - reach, high: sample.mean + reach };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Squared distance from the mean, on average: the unbiased estimate of the variance. */
function meanSquare(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + square(value - mean), 0) / (values.length - 1);
}

function square(x: number): number {
  return x * x;
}
