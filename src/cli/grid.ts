/** How the values of a grid are written: on the command line, and in a recipe. */
import { parseJson } from '../json.js';
import { parsePlacement, unplacedName } from '../plasticity/placement.js';
import { POOL } from '../plasticity/pool.js';
import type { Alternative } from '../study/grid.js';
import { decides } from './identity.js';
import type { Option, Options } from './option.js';
import { readObject, wordsOf } from './parse.js';
import { UsageError } from './usage-error.js';
import { nameOf, unknownFlag } from './words.js';

/**
 * `NAME=A,B`: a flag and its values. Where values hold commas, a semicolon parts them; `[…]` is a list in JSON, for all else.
 * @throws UsageError where it cannot be read, or has two readings.
 */
export function readAxis(options: Options, word: string, flag: string): [name: string, values: unknown[]] {
  const [, spelling = '', text = ''] = /^\s*([^=\s]*)\s*=(.*)$/s.exec(word) ?? [];
  const name = nameOf(options, spelling.replace(/^--/, ''));
  if (!word.includes('=') || text.trim() === '')
    throw new UsageError(`${flag} must be a flag and its values, like fbk=fix,sym, not '${word}'.`);
  if (name === undefined) throw unknownFlag(`${spelling} in ${flag}`, options, '');
  if (text.trim().startsWith('[')) return [name, readJson(text, `${flag} ${name}`)];
  const parted = text.includes(';') || options[name]!.phrase === true;
  if (!parted && /@[\d,]*,\s*\d+\s*(,|$)/.test(text))
    throw new UsageError(
      `${flag} ${name}: '${text}' may be one value or several: write ; between values, or behind a lone one.`,
    );
  const values = text.split(parted ? ';' : ',').map((value) => value.trim());
  if (parted && values.at(-1) === '') values.pop();
  if (values.includes('')) throw new UsageError(`${flag} ${name}: a value is missing in '${text}'.`);
  return [name, values];
}

function readJson(text: string, place: string): unknown[] {
  try {
    const json = parseJson(text);
    if (Array.isArray(json)) return json;
    throw new SyntaxError('it is no list');
  } catch (error) {
    throw new UsageError(`${place}: what begins with [ must be a list in JSON (${(error as Error).message}).`);
  }
}

/** `NAME=VALUE NAME=VALUE`, or with semicolons between them: values that are not to come together. */
export function readExclusion(options: Options, word: string): Record<string, unknown> {
  const parts = word.split(word.includes(';') ? ';' : /\s+/).filter((part) => part.trim() !== '');
  const pairs = parts.map((part) => readAxis(options, `${part};`, '--exclude'));
  const several = pairs.find(([, values]) => values.length !== 1);
  if (several) throw new UsageError(`--exclude must have one value of ${several[0]}.`);
  return Object.fromEntries(pairs.map(([name, [value]]) => [name, value]));
}

/**
 * What a value in a recipe's grid means: as a file of flags has it, but that a text may be a list: `F0 F9`, or `none`.
 * @throws UsageError for a flag that runs do not have or that makes no difference, and a value that it cannot have.
 */
export function readAlternative(options: Options, flag: string, given: unknown, place: string): Alternative {
  const name = nameOf(options, flag);
  if (name === undefined) throw unknownFlag(`${flag} in ${place}`, options, '');
  if (name === 'seed') throw new UsageError(`${place}: seeds are said by --seeds, like 1..20.`);
  if (!decides(name) && name !== 'episodes') throw new UsageError(`${place}: ${name} makes no other run.`);
  const option = options[name]!;
  const found = readObject(options, { [name]: itemsOf(option, given) }, place).get(name)!;
  const value = option.parse(found.values, found.flag);
  return { flag: name, value, label: labelOf(options, name, value) };
}

/** The items of a list that is written as one text. */
function itemsOf({ kind, phrase, initial }: Option<unknown>, given: unknown): unknown {
  if (kind === 'switch' && (given === 'true' || given === 'false')) return given === 'true';
  if (kind !== 'list' || typeof given !== 'string') return given;
  if (given === 'none' && typeof initial === 'object') return [];
  return phrase ? [given] : given.trim().split(/\s+/);
}

function labelOf(options: Options, name: string, value: unknown): string {
  if (name === 'vec') return ruleLabel(value as string[]);
  const [, ...words] = wordsOf(options, { [name]: value });
  if (name === 'term' || name === 'fbk_term') return words.join(', ') || `no ${name}`;
  return `${name}=${typeof value === 'boolean' ? value : words.join(' ') || 'none'}`;
}

/** `F0 + F2 + F9`. */
export function ruleLabel(vec: readonly string[]): string {
  const isF0 = (name: string) => unplacedName(parsePlacement(name)) === 'F0';
  const all = vec.some(isF0) ? vec : ['F0', ...vec];
  // The pool's terms, those of B, presets.
  const order = (name: string) => {
    const { bare, matrix } = parsePlacement(name);
    const place = POOL.findIndex((term) => term.name === bare);
    return (matrix === 'B' ? 100 : 0) + (place < 0 ? 200 : place);
  };
  return [...new Set(all)].sort((a, b) => order(a) - order(b)).join(' + ');
}
