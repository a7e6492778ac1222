import type { Group } from '#dist/study/group.js';
import type { Table } from '#dist/study/table.js';

/** A table of these columns over episodes 1, 2, …. */
export function table(columns: Record<string, readonly number[]>): Table {
  const rows = Object.values(columns)[0]!.length;
  return {
    xLabel: 'Episode',
    x: Array.from({ length: rows }, (_, i) => i + 1),
    columns: new Map(Object.entries(columns)),
  };
}

/** A group whose seeds have one column each, the last of them diverged. */
export function group(name: string, column: string, seeds: readonly (readonly number[])[], diverged = 0): Group {
  return {
    name,
    tables: seeds.map((values, i) => ({
      ...table({ [column]: values }),
      name: `seed ${i + 1}`,
      ...(i >= seeds.length - diverged && { trouble: 'diverged' as const }),
    })),
  };
}
