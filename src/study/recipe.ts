/** A study as data: which runs, what is drawn of them, and what is claimed about them. */
import { shortened } from '../text.js';
import { expandGrid, type ReadAlternative } from './grid.js';
import type { BandKind, Source } from './group.js';
import { parseSeeds } from './seeds.js';
import { fail, list, object, text, texts } from './shape.js';

export { RecipeError } from './shape.js';

/** A JSON object of flags, as in a `--config` file. */
export type Flags = Readonly<Record<string, unknown>>;

export interface Recipe {
  readonly title: string;
  /** What the paper says, in a sentence, where the study repeats a figure of the paper's. */
  readonly paper?: string;
  /** What else a reader should know. */
  readonly note?: string;
  /** The measures that sum it up. */
  readonly headline?: readonly Measure[];
  /** Which bands its figure has; Student's, if it does not say. */
  readonly bands?: BandKind;
  /** Flags of all runs. */
  readonly flags: Flags;
  /** Flags of each run by its name, which go before the common ones; those of a grid are among them. */
  readonly runs: Readonly<Record<string, Flags>>;
  /** Of each run, unless the command line says others. */
  readonly seeds?: readonly number[];
  /** Flags of the command line, which go before all and which no claim is about. */
  readonly over?: Flags;
  /** The folder below which its runs lie, seen from the recipe's. */
  readonly res?: string;
  readonly draw: readonly Drawing[];
  readonly claims: readonly Claim[];
}

/** One chart: a column, or all columns whose name begins with it, of some or all runs. */
export interface Drawing {
  /** `accuracy`, `loss`, `theta`, `angle`, `orthonormality`, or one column, such as `theta F2`. */
  readonly column: string;
  readonly runs?: readonly string[];
}

/**
 * A column's mean over the last rows of a run, or from one episode to another; a recipe's `"ablate": "F4"` is the column
 * `ablate F4`: the accuracy that is lost where the learned coefficient is set to 0 and the others are kept.
 */
export interface Measure extends Source {
  readonly run: string;
}

/**
 * What is said about a measure, or about its difference to another: that it lies between two numbers; null is no limit.
 */
export interface Claim {
  /** What is measured, in words without numbers: the limits are added. */
  readonly says: string;
  /** The words of the paper that it stands for. */
  readonly paper?: string;
  readonly measure: Measure;
  readonly minus?: Measure;
  readonly between: readonly [low: number | null, high: number | null];
}

/** What a recipe that does not say draws. */
const DRAWN = ['accuracy', 'loss', 'theta', 'angle'].map((column) => ({ column }));

/** What a recipe may hold. */
const KEYS = [
  ...['title', 'paper', 'note', 'headline', 'bands', 'flags', 'runs', 'grid', 'zip', 'exclude', 'seeds'],
  ...['draw', 'claims', 'over', 'res'],
];

/**
 * Checks the shape of a recipe that was read from a file, and makes runs of its grid.
 * @param read what a value in the grid means; as it is, if absent.
 * @throws RecipeError that names the place; whether the flags are valid shows when they are evaluated.
 */
export function checkRecipe(json: unknown, read: ReadAlternative = asItIs): Recipe {
  const recipe = object(json, 'a study', KEYS);
  const runs = expandRuns(recipe, read);
  const names = runs.map(([name]) => name);
  const draw = list(recipe.draw ?? DRAWN, 'draw').map((item, i) => drawing(item, `draw[${i}]`, names));
  const claims = list(recipe.claims ?? [], 'claims').map((item, i) => claim(item, `claims[${i}]`, names));
  const flags = object(recipe.flags ?? {}, 'flags');
  const { bands, headline } = recipe;
  if (bands !== undefined && bands !== 'student' && bands !== 'bootstrap') fail('bands must be student or bootstrap');
  const measures = headline === undefined ? undefined : list(headline, 'headline');
  return {
    title: text(recipe.title, 'title'),
    ...texts(recipe, ['paper', 'note']),
    ...(measures && { headline: measures.map((item, i) => measureOf(item, `headline[${i}]`, names)) }),
    ...(bands !== undefined && { bands }),
    flags,
    runs: Object.fromEntries(runs),
    ...(recipe.seeds !== undefined && { seeds: parseSeeds(recipe.seeds, 'seeds') }),
    ...(recipe.over !== undefined && { over: object(recipe.over, 'over') }),
    ...texts(recipe, ['res']),
    draw,
    claims,
  };
}

const asItIs: ReadAlternative = (flag, value) => ({ flag, value, label: `${flag}=${value}` });

/** Each of the runs that have a name, or else one, with each combination of the grid. */
function expandRuns(recipe: Record<string, unknown>, read: ReadAlternative): [string, Flags][] {
  const cells = expandGrid(recipe, read);
  const grid = recipe.grid !== undefined || recipe.zip !== undefined;
  const named = grid && recipe.runs === undefined ? { '': {} } : object(recipe.runs, 'runs');
  const runs = Object.entries(named).flatMap(([run, json]) => {
    if (!(grid && run === '') && !/^\w[\w.+@ -]{0,99}$/.test(run))
      fail(`runs: '${shortened(run)}' must begin with a letter and go on with those of a file name, at most 100`);
    const flags = object(json, `runs.${run}`);
    return cells.map(({ name, flags: own }) => {
      const twice = Object.keys(own).find((flag) => flag in flags);
      if (twice !== undefined) fail(`runs.${run} must not have ${twice}, which the grid has`);
      return [[run, name].filter(Boolean).join(' '), { ...flags, ...own }] as [string, Flags];
    });
  });
  return runs.length > 0 ? runs : fail('runs must hold at least one run');
}

function drawing(json: unknown, place: string, names: readonly string[]): Drawing {
  const { column, runs } = object(json, place, ['column', 'runs']);
  const chosen = runs === undefined ? {} : { runs: list(runs, `${place}.runs`).map((name) => run(name, place, names)) };
  return { column: text(column, `${place}.column`), ...chosen };
}

function claim(json: unknown, place: string, names: readonly string[]): Claim {
  const { says, measure, minus, between, ...rest } = object(json, place, [
    'says',
    'paper',
    'measure',
    'minus',
    'between',
  ]);
  const limits = list(between, `${place}.between`).filter((limit) => limit === null || typeof limit === 'number');
  if (limits.length !== 2) fail(`${place}.between must hold two numbers; null is no limit`);
  return {
    says: text(says, `${place}.says`),
    ...texts(rest, ['paper'], `${place}.`),
    measure: measureOf(measure, `${place}.measure`, names),
    ...(minus !== undefined && { minus: measureOf(minus, `${place}.minus`, names) }),
    between: [limits[0]!, limits[1]!],
  };
}

function measureOf(json: unknown, place: string, names: readonly string[]): Measure {
  const { at, ablate, ...measure } = object(json, place, ['run', 'column', 'ablate', 'at']);
  if (ablate !== undefined) {
    if (measure.column !== undefined || at !== undefined) fail(`${place} must have either ablate, or column and at`);
    return { run: run(measure.run, place, names), column: `ablate ${text(ablate, `${place}.ablate`)}` };
  }
  const stretch = at === undefined ? [] : list(at, `${place}.at`).filter((end) => typeof end === 'number');
  if (at !== undefined && stretch.length !== 2) fail(`${place}.at must hold the first and the last episode`);
  return {
    run: run(measure.run, place, names),
    column: text(measure.column, `${place}.column`),
    ...(at !== undefined && { at: [stretch[0]!, stretch[1]!] as const }),
  };
}

function run(name: unknown, place: string, names: readonly string[]): string {
  return (
    names.find((known) => known === name) ??
    fail(`${place} must name a run (${names.join(', ')}), not ${JSON.stringify(name)}`)
  );
}
