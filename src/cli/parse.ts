/** From the command line and a configuration file to checked values of a table of options. */
import yargs from 'yargs';
import type { Option, Options, Values } from './option.js';
import { UsageError } from './usage-error.js';
import { nameOf, partWords, spellFlags, unknownFlag } from './words.js';

/** Flags as given, each as a list of texts; by their names in the table. */
export type Given = ReadonlyMap<string, { readonly values: readonly string[]; readonly flag: string }>;

export interface Parsed {
  /** Words that belong to no flag. */
  readonly words: readonly string[];
  readonly given: Given;
}

/**
 * Reads a command line; `takesWords` says whether the command has words beside flags.
 * @throws UsageError for unknown flags, a flag without its value, or a single-valued one that is given twice.
 */
export async function parseArguments(options: Options, argv: readonly string[], takesWords: boolean): Promise<Parsed> {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const spelt = spellFlags(options, argv.slice(0, end));
  const parted = takesWords ? partWords(options, spelt) : { flags: spelt, words: [] };
  const parser = createParser(options).fail((message) => {
    const [, flag] = /^Not enough arguments following: (.*)$/.exec(message) ?? [];
    throw new UsageError(flag ? `--${flag} is given without a value.` : message);
  });
  const { _: words, $0: _command, ...flags } = await parser.parse(parted.flags);
  const given = new Map<string, { values: string[]; flag: string }>();
  for (const [name, found] of Object.entries(flags)) {
    if (found === undefined) continue;
    if (Array.isArray(found) && options[name]!.kind !== 'list') {
      throw new UsageError(`--${name} must be given once, not ${found.length} times (${found.join(', ')}).`);
    }
    given.set(name, { values: [found].flat().map(String), flag: `--${name}` });
  }
  return { words: [...words.map(String), ...parted.words, ...argv.slice(end + 1)], given };
}

/**
 * Reads flags from the object of a JSON file, or of a run's settings; `origin` says in messages where they stand.
 * Numbers may be numbers, lists may be arrays, and name=value pairs an object.
 * @throws UsageError for unknown names and values that no flag can have.
 */
export function readObject(options: Options, object: object, origin: string): Given {
  const given = new Map<string, { values: string[]; flag: string }>();
  for (const [key, json] of Object.entries(object)) {
    const name = nameOf(options, key);
    if (name === undefined) throw unknownFlag(`${key} in ${origin}`, options, '');
    const flag = `${name} in ${origin}`;
    if (given.has(name)) throw new UsageError(`${flag} must be given once.`);
    const values = texts(json, options[name]!);
    if (!values) throw new UsageError(`${flag} has a value that no flag can have: ${JSON.stringify(json)}.`);
    given.set(name, { values, flag });
  }
  return given;
}

/** Checked values: the first source that gives a flag counts, else its default. */
export function evaluate<O extends Options>(options: O, sources: readonly Given[]): Values<O> {
  const values = Object.entries(options).map(([name, option]) => {
    const found = sources.find((source) => source.has(name))?.get(name);
    return [name, found ? option.parse(found.values, found.flag) : option.initial];
  });
  return Object.fromEntries(values) as Values<O>;
}

/** The words of a command line that give these values. */
export function wordsOf(options: Options, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    const given = texts(value, options[name]!) ?? [];
    if (given.length > 0) return [`--${name}`, ...given];
    return options[name]!.values?.includes('none') ? [`--${name}`, 'none'] : [];
  });
}

/** The values that are not what they are by themselves. */
export function changed(options: Options, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const differs = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(options[name]!.initial);
  return Object.fromEntries(Object.entries(values).filter(differs));
}

/** yargs reads the words; all values stay text, for the table to check, and its own ideas are turned off. */
function createParser(options: Options) {
  const parser = yargs().locale('en').help(false).version(false).exitProcess(false).parserConfiguration({
    'boolean-negation': false,
    'camel-case-expansion': false,
    'dot-notation': false,
    'parse-numbers': false,
    'parse-positional-numbers': false,
  });
  for (const [name, { kind }] of Object.entries(options)) {
    const type = kind === 'switch' ? { boolean: true } : { string: true, requiresArg: true };
    parser.option(name, { ...type, array: kind === 'list' });
  }
  return parser;
}

function texts(json: unknown, { kind }: Option<unknown>): string[] | undefined {
  if (kind === 'switch') return typeof json === 'boolean' ? [String(json)] : undefined;
  const scalar = (item: unknown) => typeof item === 'string' || typeof item === 'number';
  if (scalar(json)) return [String(json)];
  if (Array.isArray(json) && json.every(scalar)) return kind === 'list' ? json.map(String) : [json.join()];
  if (kind !== 'list' || typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const entries = Object.entries(json);
  return entries.every(([, item]) => scalar(item)) ? entries.map(([name, item]) => `${name}=${item}`) : undefined;
}
