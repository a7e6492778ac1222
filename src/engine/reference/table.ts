import { Matrix } from './matrix.js';

/** Named quantities of a layer, or their adjoints: numbers (vectors of length 1), vectors and matrices. */
export interface Table {
  readonly vectors: Readonly<Record<string, Float64Array>>;
  readonly matrices: Readonly<Record<string, Matrix>>;
}

const mapped = <T, R>(of: Readonly<Record<string, T>>, make: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, make(value)]));

/** The same names and sizes, all zero. */
export function zerosLike({ vectors, matrices }: Table): Table {
  return {
    vectors: mapped(vectors, ({ length }) => new Float64Array(length)),
    matrices: mapped(matrices, ({ rows, columns }) => new Matrix(rows, columns)),
  };
}

export function copyOf(table: Table): Table {
  const copy = zerosLike(table);
  copyTable(table, copy);
  return copy;
}

export function copyTable(from: Table, to: Table): void {
  for (const [name, vector] of Object.entries(to.vectors)) vector.set(from.vectors[name]!);
  for (const [name, matrix] of Object.entries(to.matrices)) matrix.copyFrom(from.matrices[name]!);
}
