/** What a sweep is, as a study: from flags, from a recipe, or from the folder of one that was begun. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isNamed } from '../data/open.js';
import { seedsText } from '../study/seeds.js';
import { readAxis, readExclusion, ruleLabel } from './grid.js';
import { learnOptions } from './learn.js';
import type { Options } from './option.js';
import { runOptions } from './options.js';
import { type Given, readObject } from './parse.js';
import { findStudies, makeStudy, readStudy, type Study } from './studies.js';
import { flagsOfRuns } from './study-runs.js';
import { UsageError } from './usage-error.js';

/** The recipe in a sweep's folder. */
export const SWEEP_FILE = 'sweep.json';
const NAME = 'sweep';

/** What the command line says of a sweep. */
export interface SweepFlags {
  readonly grid: readonly string[];
  readonly zip: readonly string[];
  readonly exclude: readonly string[];
  readonly seeds: readonly number[] | undefined;
  readonly out: string | undefined;
  /** Flags of the runs. */
  readonly given: Given;
}

/** A sweep and where it lies. */
export interface Sweep {
  readonly study: Study;
  readonly folder: string;
  /** Below which its runs lie. */
  readonly res: string;
  /** Flags that go before those of the recipe. */
  readonly over: Given;
}

/**
 * The sweep of a command line: `[train|learn]` and flags, a study, or the folder of a sweep.
 * @throws UsageError where it is none.
 */
export function sweepOf(word: string | undefined, flags: SweepFlags): Sweep {
  if (word === undefined || word === 'train' || word === 'learn') {
    const some = flags.grid.length + flags.zip.length > 0 || flags.seeds;
    if (!some) throw new UsageError('sweep needs --grid, --zip or --seeds, a study, or the folder of a sweep.');
    const folder = resolve(flags.out ?? join('results', NAME));
    return placed(sourceOfFlags(word ?? 'train', flags), folder);
  }
  const axis = (['grid', 'zip', 'exclude'] as const).find((name) => flags[name].length > 0);
  if (axis) throw new UsageError(`--${axis} goes with flags alone: '${word}' says by itself what is run.`);
  if (word === 'all') throw new UsageError("sweep takes one study, not 'all': reproduce takes several.");
  const own = existsSync(join(word, SWEEP_FILE));
  if (own && flags.out !== undefined)
    throw new UsageError(`--out must be left out: '${word}' is the folder of a sweep.`);
  if (!own && existsSync(word) && !/\.(json|ya?ml)$/.test(word))
    throw new UsageError(`sweep needs the folder of a sweep, but '${word}' has no ${SWEEP_FILE}.`);
  const study = own ? readStudy(join(word, SWEEP_FILE)) : findStudies([word])[0]!;
  const { seeds, over } = study.source as { seeds?: unknown; over?: object };
  const more = { ...over, ...flagsAsJson(flagsOfRuns, flags.given) };
  const source = {
    ...study.source,
    ...(flags.seeds ? { seeds: seedsText(flags.seeds) } : seeds !== undefined && { seeds }),
    ...(Object.keys(more).length > 0 && { over: more }),
  };
  return placed(source, resolve(own ? word : (flags.out ?? join('results', study.name))));
}

/** The sweep in a folder. */
export function sweepIn(folder: string): Sweep {
  if (!existsSync(join(folder, SWEEP_FILE)))
    throw new UsageError(`sweep needs the folder of a sweep, but '${folder}' has no ${SWEEP_FILE}.`);
  return placed(readStudy(join(folder, SWEEP_FILE)).source, resolve(folder));
}

function placed(written: object, folder: string): Sweep {
  const source = rooted(written);
  const elsewhere = 'res' in source;
  const study = makeStudy(elsewhere ? basename(folder) : NAME, source);
  const over = readObject(flagsOfRuns, study.recipe.over ?? {}, `over of ${study.name}`);
  return { study, folder, res: resolve(folder, study.recipe.res ?? '.'), over };
}

const PATHS: readonly string[] = ['database', 'data_dir', 'font'];

/** The same with absolute paths: a sweep goes on from anywhere. */
function rooted(source: object): object {
  const { flags, runs, grid, zip, over } = source as Record<string, Record<string, unknown> | undefined>;
  const root = (value: unknown) => (typeof value === 'string' && !isNamed(value) ? resolve(value) : value);
  const rootAll = (values: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        if (!PATHS.includes(name)) return [name, value];
        return [name, Array.isArray(value) ? value.map(root) : root(value)];
      }),
    );
  const named = runs && Object.entries(runs).map(([run, own]) => [run, rootAll(own as Record<string, unknown>)]);
  return {
    ...source,
    ...(flags && { flags: rootAll(flags) }),
    ...(named && { runs: Object.fromEntries(named) }),
    ...(grid && { grid: rootAll(grid) }),
    ...(zip && { zip: rootAll(zip) }),
    ...(over && { over: rootAll(over) }),
  };
}

/** A recipe that says what the flags say. */
function sourceOfFlags(command: 'train' | 'learn', { grid, zip, exclude, seeds, given }: SweepFlags): object {
  const options: Options = command === 'learn' ? learnOptions : runOptions;
  const axes = (words: readonly string[], flag: string) => {
    const pairs = words.map((word) => readAxis(options, word, flag));
    const twice = pairs.find(([name], i) => pairs.findIndex((pair) => pair[0] === name) < i);
    if (twice) throw new UsageError(`${flag} must have each flag once, not ${twice[0]} twice.`);
    return Object.fromEntries(pairs);
  };
  const parts = { grid: axes(grid, '--grid'), zip: axes(zip, '--zip') };
  const swept = [...Object.keys(parts.grid), ...Object.keys(parts.zip)];
  for (const [name, { flag }] of given) {
    if (!Object.hasOwn(options, name)) throw new UsageError(`${flag} is no flag of ${command}: sweep learn has it.`);
    if (swept.includes(name)) throw new UsageError(`${flag} must be left out: the sweep has several values of it.`);
  }
  const flags = flagsAsJson(options, given);
  const alone = swept.length === 0 && { runs: { [command === 'learn' ? 'network' : loneName(flags)]: {} } };
  return {
    title: swept.length > 0 ? `Sweep over ${swept.join(', ')}` : 'Sweep over seeds',
    flags: { ...(command === 'learn' && { command }), ...flags },
    ...alone,
    ...(grid.length > 0 && { grid: parts.grid }),
    ...(zip.length > 0 && { zip: parts.zip }),
    ...(exclude.length > 0 && { exclude: exclude.map((word) => readExclusion(options, word)) }),
    ...(seeds && { seeds: seedsText(seeds) }),
    // A network that learns with given coefficients has no others to draw.
    ...(command === 'learn' && { draw: ['accuracy', 'loss', 'angle'].map((column) => ({ column })) }),
  };
}

/** What the only run of a sweep is called. */
function loneName({ vec = [] }: { vec?: unknown }): string {
  return ruleLabel(vec as string[]).replaceAll(/[^\w.+@ -]/g, '_');
}

/** Flags as a file has them, paths absolute. */
export function flagsAsJson(options: Options, given: Given): Record<string, unknown> {
  return Object.fromEntries([...given].map(([name, { values, flag }]) => [name, options[name]!.parse(values, flag)]));
}
