/** A study as data: which runs, what is drawn of them, and what the paper says about them. */

import type { Source } from './group.js';

/** A JSON object of flags, as in a `--config` file. */
export type Flags = Readonly<Record<string, unknown>>;

export interface Recipe {
  readonly title: string;
  /** Flags of all runs. */
  readonly flags: Flags;
  /** Flags of each run by its name, which go before the common ones. */
  readonly runs: Readonly<Record<string, Flags>>;
  readonly draw: readonly Drawing[];
  readonly claims: readonly Claim[];
}

/** One chart: a column, or all columns whose name begins with it, of some or all runs. */
export interface Drawing {
  /** `accuracy`, `loss`, `theta`, `angle`, `orthonormality`, or one column, such as `theta F2`. */
  readonly column: string;
  readonly runs?: readonly string[];
}

/** A column's mean over the last rows of a run, or from one episode to another. */
export interface Measure extends Source {
  readonly run: string;
}

/**
 * What is said about a measure, or about its difference to another: that it lies between two numbers; null is no limit.
 */
export interface Claim {
  readonly says: string;
  readonly measure: Measure;
  readonly minus?: Measure;
  readonly between: readonly [low: number | null, high: number | null];
}

/** What is wrong with a recipe, in one sentence. */
export class RecipeError extends Error {
  override readonly name = 'RecipeError';
}

/** What a recipe that does not say draws. */
const DRAWN = ['accuracy', 'loss', 'theta', 'angle'].map((column) => ({ column }));

/**
 * Checks the shape of a recipe that was read from a file.
 * @throws RecipeError that names the place; whether the flags are valid shows when they are evaluated.
 */
export function checkRecipe(json: unknown): Recipe {
  const recipe = object(json, 'a study', ['title', 'flags', 'runs', 'draw', 'claims']);
  const runs = Object.entries(object(recipe.runs, 'runs')).map(([name, flags]) => {
    if (!/^\w[\w.+@ -]*$/.test(name))
      fail(`runs: '${name}' must begin with a letter and go on with those of a file name`);
    return [name, object(flags, `runs.${name}`)] as const;
  });
  if (runs.length === 0) fail('runs must hold at least one run');
  const names = runs.map(([name]) => name);
  const draw = list(recipe.draw ?? DRAWN, 'draw').map((item, i) => drawing(item, `draw[${i}]`, names));
  const claims = list(recipe.claims ?? [], 'claims').map((item, i) => claim(item, `claims[${i}]`, names));
  const flags = object(recipe.flags ?? {}, 'flags');
  return { title: text(recipe.title, 'title'), flags, runs: Object.fromEntries(runs), draw, claims };
}

function drawing(json: unknown, place: string, names: readonly string[]): Drawing {
  const { column, runs } = object(json, place, ['column', 'runs']);
  const chosen = runs === undefined ? {} : { runs: list(runs, `${place}.runs`).map((name) => run(name, place, names)) };
  return { column: text(column, `${place}.column`), ...chosen };
}

function claim(json: unknown, place: string, names: readonly string[]): Claim {
  const { says, measure, minus, between } = object(json, place, ['says', 'measure', 'minus', 'between']);
  const limits = list(between, `${place}.between`).filter((limit) => limit === null || typeof limit === 'number');
  if (limits.length !== 2) fail(`${place}.between must hold two numbers; null is no limit`);
  return {
    says: text(says, `${place}.says`),
    measure: measureOf(measure, `${place}.measure`, names),
    ...(minus !== undefined && { minus: measureOf(minus, `${place}.minus`, names) }),
    between: [limits[0]!, limits[1]!],
  };
}

function measureOf(json: unknown, place: string, names: readonly string[]): Measure {
  const { at, ...measure } = object(json, place, ['run', 'column', 'at']);
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

function object(json: unknown, place: string, keys?: readonly string[]): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(`${place} must be an object`);
  const unknown = keys && Object.keys(json).find((key) => !keys.includes(key));
  if (unknown !== undefined) fail(`${place} has no '${unknown}'; valid are ${keys!.join(', ')}`);
  return json as Record<string, unknown>;
}

function list(json: unknown, place: string): unknown[] {
  return Array.isArray(json) ? json : fail(`${place} must be a list`);
}

function text(json: unknown, place: string): string {
  return typeof json === 'string' && json !== '' ? json : fail(`${place} must be a text`);
}

function fail(message: string): never {
  throw new RecipeError(`${message}.`);
}
