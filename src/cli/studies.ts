/** Where recipes come from, and how they meet the flags of the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseJson } from '../json.js';
import { checkRecipe, type Recipe, RecipeError } from '../study/recipe.js';
import { list, oneOf } from './checks.js';
import { learnOptions } from './learn.js';
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
}

const ASSETS = fileURLToPath(new URL('../../assets/studies/', import.meta.url));
const SUFFIX = '.json';

/** Names of the studies that come with the program. */
export function studyNames(): string[] {
  return readdirSync(ASSETS)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/**
 * The studies of these words: a name, `all`, or the path of a JSON file.
 * @throws UsageError where there is no such study, or its file is no recipe.
 */
export function findStudies(words: readonly string[]): Study[] {
  const names = studyNames();
  const chosen = words.flatMap((word) => (word === 'all' ? names : [word]));
  return [...new Set(chosen)].map((word) => {
    if (names.includes(word)) return { name: word, recipe: readRecipe(`${ASSETS}${word}${SUFFIX}`) };
    if (word.endsWith(SUFFIX)) return { name: basename(word, SUFFIX), recipe: readRecipe(word) };
    const meant = nearest(word, [...names, 'all']);
    const hint = meant ? `did you mean ${meant}?` : `valid are ${list([...names, 'all'])}, or a JSON file.`;
    throw new UsageError(`There is no study '${word}': ${hint}`);
  });
}

function readRecipe(path: string): Recipe {
  try {
    return checkRecipe(parseJson(readFileSync(path, 'utf8')));
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (error instanceof RecipeError) throw new UsageError(`${path} is not a study: ${message}`);
    if (error instanceof SyntaxError) throw new UsageError(`${path} is not a JSON file (${message}).`);
    if (code !== undefined) throw new UsageError(`${path} must be a readable file (${code}).`);
    throw error;
  }
}

/**
 * The runs of a study, and in what the command line makes them other than those that its claims are about, if it does.
 *
 * @throws UsageError for a flag that the recipe cannot have, one of the command line that tells the runs apart, or a claim
 *   about what its runs will not have.
 */
export function planStudy(study: Study, given: Given): { runs: Map<string, PlannedRun>; incomparable?: string } {
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
function planRuns({ name, recipe }: Study, given: Given): Map<string, PlannedRun> {
  const runs = Object.entries(recipe.runs).map(([run, { command = recipe.flags.command ?? 'train', ...flags }]) => {
    const kind = oneOf(['train', 'learn'])(String(command), `command in run ${run} of ${name}`);
    const options = kind === 'learn' ? learnOptions : runOptions;
    const { command: _, ...shared } = recipe.flags;
    const common = readObject(options, shared, `flags of ${name}`);
    const own = readObject(options, flags, `run ${run} of ${name}`);
    const passed = new Map([...given].filter(([flag]) => Object.hasOwn(options, flag)));
    for (const [flag, { flag: said }] of passed) {
      if (own.has(flag)) throw new UsageError(`${said} must be left out: it is what tells the runs of ${name} apart.`);
    }
    const sources = [passed, own, common];
    return [run, kind === 'learn' ? plannedLearning(sources) : plannedTraining(sources)] as const;
  });
  return new Map(runs);
}
