/** Runs as a tidy table: a row each, or a row an episode, with the same columns in the same order always. */
import { parsePlacement } from '../plasticity/placement.js';
import { findPoolTerm } from '../plasticity/pool.js';
import { columnMean, type Table } from './table.js';

export type Cell = string | number | boolean | null;
/** What a column's cells are, but for null: a whole number, a number, true or false, a text. */
export type Kind = 'whole' | 'number' | 'truth' | 'text';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly Cell[];
}

/** One run. */
export interface TidyRun {
  /** What is known of it beside its numbers, by the names of `known`. */
  readonly about: Readonly<Record<string, Cell>>;
  readonly table: Table;
  /** Seconds of each row of the table, where they were measured. */
  readonly seconds?: readonly number[];
  readonly outcome: string;
  /** A text for files. */
  readonly folder: string;
}

/**
 * The columns `known`, then outcome, accuracy, loss, `theta_F0` …, `constant_c` …, `angle_0` …, `orthonormality_1` …, seconds
 * and folder. What a run has not is null. Of a run the means of its last rows, as in its summary; or with `each` its rows,
 * numbered by a column `episode` or `images` behind the seed.
 */
export function tidyTable(
  runs: readonly TidyRun[],
  known: readonly { readonly name: string; readonly kind: Kind }[],
  each = false,
): Column[] {
  const rows = runs.flatMap((run) => (each ? run.table.x.map((_, i) => ({ run, i })) : [{ run, i: -1 }]));
  type Row = (typeof rows)[number];
  const column = (name: string, kind: Kind, value: (row: Row) => Cell): Column => ({
    name,
    kind,
    values: rows.map(value),
  });
  const number = ({ run: { table }, i }: Row, name: string) => {
    const value = each ? table.columns.get(name)?.[i] : columnMean(table, name);
    return value === undefined || Number.isNaN(value) ? null : value;
  };
  const numbered = (label: string, name: string) =>
    column(name, 'whole', ({ run: { table }, i }) => (table.xLabel === label ? table.x[i]! : null));
  const names = [...new Set(['accuracy', 'loss', ...runs.flatMap(({ table }) => [...table.columns.keys()])])].sort(
    inOrder,
  );
  const seconds = ({ run, i }: Row) =>
    run.seconds ? (each ? run.seconds[i]! : run.seconds.reduce((sum, one) => sum + one, 0)) : null;
  return [
    ...known.map(({ name, kind }) => column(name, kind, ({ run }) => run.about[name] ?? null)),
    ...(each ? [numbered('Episode', 'episode'), numbered('Training images', 'image')] : []),
    column('outcome', 'text', ({ run }) => run.outcome),
    ...names.map((name) => column(name.replace(' ', '_'), 'number', (row) => number(row, name))),
    column('seconds', 'number', seconds),
    column('folder', 'text', ({ run }) => run.folder),
  ];
}

const KINDS = ['accuracy', 'loss', 'theta', 'constant', 'angle', 'orthonormality'];

/** By kind; numbers by size, terms of the pool before others. */
function inOrder(a: string, b: string): number {
  const key = (name: string) => {
    const [kind = '', rest = ''] = name.split(/ (.*)/s);
    const own = kind === 'theta' && !findPoolTerm(parsePlacement(rest));
    return [KINDS.indexOf(kind), Number(own), rest] as const;
  };
  const [x, y] = [key(a), key(b)];
  return x[0] - y[0] || x[1] - y[1] || x[2].localeCompare(y[2], 'en', { numeric: true });
}
