/** Many runs from a few words: every combination of a grid's values, with values that go together. */
import { fail, list, object } from './shape.js';

/** A value that a flag has in some of the runs. */
export interface Alternative {
  readonly flag: string;
  readonly value: unknown;
  /** How a run's name says it, equal for what means the same: `fbk=sym`. */
  readonly label: string;
}

/**
 * What a value in a grid means.
 * @throws Error in one sentence for a flag or a value that no run can have.
 */
export type ReadAlternative = (flag: string, given: unknown, place: string) => Alternative;

/** One combination. */
export interface Cell {
  /** What tells it from the others, in words. */
  readonly name: string;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** What a recipe says beside its runs. */
export interface GridParts {
  /** Of each flag its values: every combination of them is run. */
  readonly grid?: unknown;
  /** Of each flag as many values: the first ones go together, then the second ones. */
  readonly zip?: unknown;
  /** Values of some of these flags that are not to come together. */
  readonly exclude?: unknown;
}

/** More are hardly meant. */
const MOST_CELLS = 10_000;

/** One way or several to go on: of `grid` a flag with each of its values, of `zip` all its flags at once. */
type Axis = readonly (readonly Alternative[])[];

/**
 * All combinations, those of the last flag first; one without a name where there is neither grid nor zip.
 * @throws RecipeError that names the place of what is wrong.
 */
export function expandGrid({ grid = {}, zip = {}, exclude = [] }: GridParts, read: ReadAlternative): Cell[] {
  const axes: Axis[] = Object.entries(object(grid, 'grid')).map(([flag, values]) =>
    alternatives(flag, values, 'grid', read).map((one) => [one]),
  );
  const zipped = Object.entries(object(zip, 'zip')).map(([flag, values]) => alternatives(flag, values, 'zip', read));
  const [first] = zipped;
  if (first) {
    const other = zipped.find((values) => values.length !== first.length);
    const count = (values: readonly Alternative[]) => `${values.length} of ${values[0]!.flag}`;
    if (other) fail(`zip must have as many values of each flag, not ${count(first)} and ${count(other)}`);
    axes.push(first.map((_, i) => zipped.map((values) => values[i]!)));
  }
  checkFlags(axes);
  if (axes.reduce((product, axis) => product * axis.length, 1) > MOST_CELLS)
    fail(`grid must have at most ${MOST_CELLS} combinations`);
  const combinations = axes.reduce<Alternative[][]>(
    (cells, axis) => cells.flatMap((cell) => axis.map((way) => [...cell, ...way])),
    [[]],
  );
  const left = without(combinations, list(exclude, 'exclude'), read);
  const told = tellingFlags(axes);
  return left.map((cell) => ({
    name: cell.flatMap(({ flag, label }) => (told.has(flag) ? [label] : [])).join(' '),
    flags: Object.fromEntries(cell.map(({ flag, value }) => [flag, value])),
  }));
}

function alternatives(flag: string, values: unknown, part: string, read: ReadAlternative): Alternative[] {
  const place = `${part}.${flag}`;
  const all = list(values, place).map((value) => read(flag, value, place));
  if (all.length === 0) fail(`${place} must have a value`);
  const twice = all.find((one, i) => part === 'grid' && all.findIndex(({ label }) => label === one.label) < i);
  if (twice) fail(`${place} must have each value once, not '${twice.label}' twice`);
  return all;
}

function checkFlags(axes: readonly Axis[]): void {
  const flags = axes.flatMap(([first = []]) => first.map(({ flag }) => flag));
  const twice = flags.find((flag, i) => flags.indexOf(flag) < i);
  if (twice !== undefined) fail(`grid and zip must have a flag once, not ${twice} twice`);
}

/** The combinations that no exclusion is about. */
function without(cells: Alternative[][], exclude: readonly unknown[], read: ReadAlternative): Alternative[][] {
  let left = cells;
  for (const [i, json] of exclude.entries()) {
    const place = `exclude[${i}]`;
    const wanted = Object.entries(object(json, place)).map(([flag, value]) => read(flag, value, place));
    const unknown = wanted.find(({ flag }) => !cells[0]!.some((one) => one.flag === flag));
    if (unknown) fail(`${place} must be about flags of grid and zip, not ${unknown.flag}`);
    const matches = (cell: readonly Alternative[]) =>
      wanted.every(({ flag, label }) => cell.some((one) => one.flag === flag && one.label === label));
    if (wanted.length === 0 || !cells.some(matches))
      fail(
        `${place} must be about a run that there is, not ${wanted.map(({ label }) => label).join(' ') || 'nothing'}`,
      );
    left = left.filter((cell) => !matches(cell));
  }
  return left.length > 0 ? left : fail('exclude must leave a run');
}

/** The flags that names say: those that have several values; of zipped ones no more than tell them apart. */
function tellingFlags(axes: readonly Axis[]): Set<string> {
  const several = axes.filter((axis) => axis.length > 1);
  return new Set(
    (several.length > 0 ? several : axes).flatMap((axis) => {
      const flags = axis[0]!.map(({ flag }) => flag);
      const kinds = (count: number) =>
        new Set(
          axis.map((way) =>
            way
              .slice(0, count)
              .map(({ label }) => label)
              .join(' '),
          ),
        ).size;
      const enough = flags.findIndex((_, i) => kinds(i + 1) === axis.length);
      if (enough < 0) fail(`zip must not have the same values twice (${flags.join(', ')})`);
      return flags.slice(0, enough + 1);
    }),
  );
}
