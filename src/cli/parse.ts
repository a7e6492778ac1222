/** From the command line and a configuration file to checked values of a table of options. */
import { oneOf } from './checks.js';
import type { Option, Options, Values } from './options.js';
import { nearest } from './suggest.js';
import { UsageError } from './usage-error.js';
import { splitWords } from './words.js';

/** Flags as given, each as a list of texts; by their names in the table. */
export type Given = ReadonlyMap<string, { readonly values: readonly string[]; readonly flag: string }>;

export interface Parsed {
  readonly help: boolean;
  readonly version: boolean;
  /** Words that belong to no flag. */
  readonly words: readonly string[];
  readonly given: Given;
}

/** Switches that every command has, as they are written. */
const COMMON: Readonly<Record<string, 'help' | 'version'>> = { '--help': 'help', '-h': 'help', '--version': 'version' };

/**
 * Reads a command line.
 * @throws UsageError for unknown flags, a flag without its value, or a single-valued one that is given twice.
 */
export function parseArguments(options: Options, argv: readonly string[]): Parsed {
  const names = Object.keys(options);
  const named = new Map(names.flatMap((name) => [name, ...aliases(name)].map((alias) => [`--${alias}`, name])));
  const kindOf = (flag: string) =>
    Object.hasOwn(COMMON, flag) ? 'switch' : named.has(flag) ? options[named.get(flag)!]!.kind : undefined;
  const { free: words, flags } = splitWords(argv, kindOf);

  const common = { help: false, version: false };
  const given = new Map<string, { values: string[]; flag: string }>();
  for (const [written, values] of flags) {
    const name = named.get(written);
    if (name !== undefined) {
      given.set(name, { values: [...(given.get(name)?.values ?? []), ...values], flag: `--${name}` });
    } else if (Object.hasOwn(COMMON, written)) {
      common[COMMON[written]!] = oneOf(['true', 'false'])(values.at(-1)!, written) === 'true';
    } else {
      throw new UsageError(unknown(written, names, '--'));
    }
  }
  for (const [name, { values, flag }] of given) {
    if (values.length > 1 && options[name]!.kind !== 'list') {
      throw new UsageError(`${flag} must be given once, not ${values.length} times (${values.join(', ')}).`);
    }
  }
  return { ...common, words, given };
}

/**
 * Reads flags from the object of a JSON file, or of a run's settings; `origin` says in messages where they stand.
 * Numbers may be numbers, lists may be arrays, and name=value pairs an object.
 * @throws UsageError for unknown names and values that no flag can have.
 */
export function readObject(options: Options, object: object, origin: string): Given {
  const names = Object.keys(options);
  const given = new Map<string, { values: string[]; flag: string }>();
  for (const [key, json] of Object.entries(object)) {
    const name = names.find((candidate) => [candidate, ...aliases(candidate)].includes(key));
    if (!name) throw new UsageError(unknown(`${key} in ${origin}`, names, ''));
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
    return given.length === 0 ? [] : [`--${name}`, ...given];
  });
}

/** lr_meta is also lrMeta and lr-meta. */
function aliases(name: string): string[] {
  const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel === name ? [] : [camel, name.replaceAll('_', '-')];
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

function unknown(given: string, names: readonly string[], dashes: string): string {
  const meant = nearest(given.replace(/^--?| in .*$/gs, ''), names);
  return `Unknown option ${given}: ${meant ? `did you mean ${dashes}${meant}?` : 'see --help for the valid ones.'}`;
}
