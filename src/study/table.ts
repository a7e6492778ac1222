/** A run as columns of numbers: what studies draw, compare and claim something about. */
import type { CoursePoint } from '../meta/course.js';
import type { EpisodeRecord } from '../meta/record.js';
import { diverged } from '../report/diverged.js';
import type { Trouble } from '../report/trouble.js';

/** Columns by name, each as long as `x`; NaN where a number is missing. */
export interface Table {
  /** What the rows are counted in, e.g. `Episode`. */
  readonly xLabel: string;
  readonly x: readonly number[];
  readonly columns: ReadonlyMap<string, readonly number[]>;
  /** Last rows that an end result is averaged over, where not as in a run's summary. */
  readonly endRows?: number;
  /** Numbers that a run has one of, by name, beside the columns. */
  readonly ends?: ReadonlyMap<string, number>;
  /** What tells it from the other tables of its group, `seed 3`. */
  readonly name?: string;
  /** What became of the run, where it is not sound. */
  readonly trouble?: Trouble;
}

/**
 * The columns of a meta-training run: `accuracy`, `loss`, `theta <term>` (as each episode ran with it), `angle <layer>`
 * (layers 0..L-1) and `orthonormality <layer>` (1..L); `constant <name>` where the rule has learned constants. Outcomes of
 * episodes that diverged are NaN.
 *
 * @param terms names of the rule's terms, in its order.
 * @param constants names of its constants, whose values follow the terms' coefficients.
 */
export function trainingTable(
  records: readonly EpisodeRecord[],
  terms: readonly string[],
  constants: readonly string[] = [],
): Table {
  const outcome = (value: (record: EpisodeRecord) => number | undefined) =>
    records.map((record) => (diverged(record) ? Number.NaN : (value(record) ?? Number.NaN)));
  const layers = records[0]?.orthonormality.length ?? 0;
  const perLayer = (field: 'angles' | 'orthonormality', name: string, first: number) =>
    Array.from({ length: layers }, (_, i) => [`${name} ${i + first}`, outcome((record) => record[field][i])] as const);
  return {
    xLabel: 'Episode',
    x: records.map(({ episode }) => episode),
    columns: new Map([
      ['accuracy', outcome(({ accuracy }) => accuracy)],
      ['loss', outcome(({ loss }) => loss)],
      ...[...terms.map((name) => `theta ${name}`), ...constants.map((name) => `constant ${name}`)].map(
        (name, i) => [name, records.map(({ theta }) => theta[i] ?? Number.NaN)] as const,
      ),
      ...perLayer('angles', 'angle', 0),
      ...perLayer('orthonormality', 'orthonormality', 1),
    ]),
  };
}

/** The names of those columns. */
export function trainingColumns(
  { terms, constants = [] }: { readonly terms: readonly string[]; readonly constants?: readonly string[] | undefined },
  layers: number,
): string[] {
  const coefficients = [...terms.map((name) => `theta ${name}`), ...constants.map((name) => `constant ${name}`)];
  return ['accuracy', 'loss', ...coefficients, ...layerColumns(layers)];
}

/** The names of the columns of a course of learning. */
export function courseColumns(layers: number): string[] {
  return ['accuracy', 'loss', ...layerColumns(layers)];
}

function layerColumns(layers: number): string[] {
  const numbers = Array.from({ length: layers }, (_, i) => i);
  return [...numbers.map((l) => `angle ${l}`), ...numbers.map((l) => `orthonormality ${l + 1}`)];
}

/** The columns of a course of learning: those of a meta-training run that it has, over the images shown. */
export function courseTable(points: readonly CoursePoint[]): Table {
  const layers = points[0]?.orthonormality.length ?? 0;
  const perLayer = (field: 'angles' | 'orthonormality', name: string, first: number) =>
    Array.from(
      { length: layers },
      (_, i) => [`${name} ${i + first}`, points.map((point) => point[field][i] ?? Number.NaN)] as const,
    );
  return {
    xLabel: 'Training images',
    endRows: 1,
    x: points.map(({ images }) => images),
    columns: new Map([
      ['accuracy', points.map(({ accuracy }) => accuracy)],
      ['loss', points.map(({ loss }) => loss)],
      ...perLayer('angles', 'angle', 0),
      ...perLayer('orthonormality', 'orthonormality', 1),
    ]),
  };
}

/** Whether a column is one of coefficients or constants, which move by small steps. */
export function isTrajectory(column: string): boolean {
  return /^(theta|constant)( |$)/.test(column);
}

/** A stretch of x, both ends included. */
export type Stretch = readonly [from: number, to: number];

/** How many last rows are averaged for a column's end, if nothing else is said: as in a run's summary. */
export function lastRows({ endRows }: Pick<Table, 'endRows'>, column: string): number {
  return endRows ?? (isTrajectory(column) ? 50 : 100);
}

/** Mean of a column over a stretch, without one over its last rows; NaN where there is no number. */
export function columnMean(table: Table, column: string, at?: Stretch, last?: number): number {
  const { x, columns, ends } = table;
  const end = ends?.get(column);
  if (end !== undefined) return end;
  const values = columns.get(column) ?? [];
  const rows = last ?? lastRows(table, column);
  const chosen = at ? values.filter((_, i) => x[i]! >= at[0] && x[i]! <= at[1]) : values.slice(-rows);
  const finite = chosen.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
