/** Where recipes come from, and how they meet the flags of the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { parseJson } from '../json.js';
import { checkRecipe, type Recipe, RecipeError } from '../study/recipe.js';
import { list, oneOf } from './checks.js';
import { readAlternative } from './grid.js';
import { learnOptions } from './learn.js';
import type { Options } from './option.js';
import { runOptions } from './options.js';
import { type Given, readObject } from './parse.js';
import { plannedLearning } from './planned-learn.js';
import { plannedTraining } from './planned-train.js';
import type { PlannedRun } from './seed-run.js';
import { checkMeasures, incomparable } from './study-checks.js';
import { nearest } from './suggest.js';
import { UsageError } from './usage-error.js';

export interface Study {
  readonly name: string;
  readonly recipe: Recipe;
  /** The recipe as it was written. */
  readonly source: object;
}

const ASSETS = fileURLToPath(new URL('../../assets/studies/', import.meta.url));
const SUFFIX = '.json';
const SUFFIXES = [SUFFIX, '.yaml', '.yml'];

/** Names of the studies that come with the program. */
export function studyNames(): string[] {
  return readdirSync(ASSETS)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/**
 * The studies of these words: a name, `all`, or the path of a JSON or YAML file.
 * @throws UsageError where there is no such study, or its file is no recipe.
 */
export function findStudies(words: readonly string[]): Study[] {
  const names = studyNames();
  const chosen = words.flatMap((word) => (word === 'all' ? names : [word]));
  return [...new Set(chosen)].map((word) => {
    if (names.includes(word)) return readStudy(`${ASSETS}${word}${SUFFIX}`);
    if (SUFFIXES.includes(extname(word))) return readStudy(word);
    const meant = nearest(word, [...names, 'all']);
    const hint = meant ? `did you mean ${meant}?` : `valid are ${list([...names, 'all'])}, or a JSON or YAML file.`;
    throw new UsageError(`There is no study '${word}': ${hint}`);
  });
}

/** @throws UsageError where the file cannot be read or is no recipe. */
export function readStudy(path: string): Study {
  const name = basename(path, extname(path));
  try {
    const text = readFileSync(path, 'utf8');
    return makeStudy(name, extname(path) === SUFFIX ? parseJson(text) : parseYaml(text));
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (error instanceof UsageError) throw new UsageError(`${path} is not a study: ${message}`);
    if (error instanceof SyntaxError) throw new UsageError(`${path} is not a JSON file (${message}).`);
    if (error instanceof YamlError) throw new UsageError(`${path} is not a YAML file (${message}).`);
    if (code !== undefined) throw new UsageError(`${path} must be a readable file (${code}).`);
    throw error;
  }
}

/** @throws UsageError where it is no recipe. */
export function makeStudy(name: string, source: unknown): Study {
  try {
    const { flags } = (source ?? {}) as { flags?: { command?: unknown } | null };
    const options = optionsOf(flags?.command);
    const recipe = checkRecipe(source, (flag, value, place) => readAlternative(options, flag, value, place));
    return { name, recipe, source: source as object };
  } catch (error) {
    if (error instanceof RecipeError) throw new UsageError(error.message);
    throw error;
  }
}

class YamlError extends Error {}

/** YAML 1.2: `no` and `off` are words, not false; no tags of its own, few aliases. */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) throw new YamlError(fault.message.split('\n')[0]!.replace(/[.:]$/, ''));
  try {
    // By way of JSON: so it can hold what a JSON file can.
    return parseJson(JSON.stringify(document.toJS({ maxAliasCount: 100 })) ?? 'null');
  } catch (error) {
    throw new YamlError((error as Error).message);
  }
}

/** The flags that a run of that kind has. */
function optionsOf(command: unknown): Options {
  return command === 'learn' ? learnOptions : runOptions;
}

/**
 * The runs of a study, and in what the command line makes them other than those that its claims are about, if it does.
 *
 * @throws UsageError for a flag that the recipe cannot have, one of the command line that tells the runs apart, or a claim
 *   about what its runs will not have.
 */
export function planStudy(
  study: Pick<Study, 'name' | 'recipe'>,
  given: Given,
): { runs: Map<string, PlannedRun>; incomparable?: string } {
  const runs = planRuns(study, given);
  const written = planRuns(study, new Map());
  checkMeasures(study.name, study.recipe, runs, written);
  const differences = incomparable(runs, written);
  return { runs, ...(differences !== undefined && { incomparable: differences }) };
}

/**
 * The runs of a study: the command line goes before the recipe. A run is meta-training, unless it says
 * `"command": "learn"`; it gets the flags of the command line that its command has.
 *
 * @throws UsageError for a flag that the recipe cannot have, or one of the command line that tells the runs apart.
 */
function planRuns({ name, recipe }: Pick<Study, 'name' | 'recipe'>, given: Given): Map<string, PlannedRun> {
  const runs = Object.entries(recipe.runs).map(([run, { command = recipe.flags.command ?? 'train', ...flags }]) => {
    const kind = oneOf(['train', 'learn'])(String(command), `command in run ${run} of ${name}`);
    const options = optionsOf(kind);
    const { command: _, ...shared } = recipe.flags;
    const common = readObject(options, shared, `flags of ${name}`);
    const own = readObject(options, flags, `run ${run} of ${name}`);
    const passed = new Map([...given].filter(([flag]) => Object.hasOwn(options, flag)));
    for (const [flag, { flag: said }] of passed) {
      if (own.has(flag)) throw new UsageError(`${said} must be left out: it is what tells the runs of ${name} apart.`);
    }
    const sources = [passed, own, common];
    try {
      return [run, kind === 'learn' ? plannedLearning(sources) : plannedTraining(sources)] as const;
    } catch (error) {
      throw ofRun(run, error);
    }
  });
  return new Map(runs);
}

/** What refuses a run, with the run's name where it does not have it. */
export function ofRun(run: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.message.includes(`run ${run}`)) return error;
  const message = `Run ${run}: ${error.message}`;
  return error instanceof UsageError ? new UsageError(message) : new Error(message, { cause: error });
}
