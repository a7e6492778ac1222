/** A table as an Apache Parquet file. */
import { parquetWriteBuffer } from 'hyparquet-writer';

const TYPES = { whole: 'INT64', number: 'DOUBLE', truth: 'BOOLEAN', text: 'STRING' } as const;

/** Columns of cells of one kind each; null is a missing value. */
export function parquet(
  columns: readonly {
    readonly name: string;
    readonly kind: keyof typeof TYPES;
    readonly values: readonly (string | number | boolean | null)[];
  }[],
): Uint8Array {
  const columnData = columns.map(({ name, kind, values }) => ({
    name,
    type: TYPES[kind],
    nullable: true,
    data: kind === 'whole' ? values.map((value) => (value === null ? null : BigInt(value))) : [...values],
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
