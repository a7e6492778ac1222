/** What a flag is, and the flags that every command has. */
import { type Check, oneOf } from './checks.js';

/** A flag. `value`: given once; `list`: any number of values, also by repeating the flag; `switch`: on or off. */
export interface Option<T> {
  readonly kind: 'value' | 'list' | 'switch';
  readonly group: string;
  readonly help: string;
  /** What it is without the flag. */
  readonly initial: T;
  /** The default in words, where `initial` does not say it. */
  readonly initially?: string;
  /** What it is where the flag is given without a value; absent: that is refused. */
  readonly bare?: string;
  /** Words that it takes, for completion; absent: any, or paths. */
  readonly values?: readonly string[];
  /** Its values hold commas, or the items of a list spaces: in a grid `;` parts them. */
  readonly phrase?: true;
  /** Its values are flags of another program. */
  readonly dashed?: true;
  /** Its value is a whole number. */
  readonly whole?: true;
  /** Turns what was given into the value, or throws a UsageError. */
  readonly parse: (given: readonly string[], flag: string) => T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
/** The values of a table's flags, by name. */
export type Values<O extends Options> = { [K in keyof O]: O[K] extends Option<infer T> ? T : never };

type Extra = Partial<Pick<Option<unknown>, 'initially' | 'values' | 'phrase' | 'whole' | 'bare'>>;

export function value<T, I = T>(group: string, initial: I, help: string, check: Check<T>, extra: Extra = {}) {
  const parse = ([given]: readonly string[], flag: string): T | I => check(given!, flag);
  return { kind: 'value', group, help, initial, parse, ...valuesOf(check), ...extra } as const satisfies Option<T | I>;
}

export function list<T>(group: string, help: string, check: Check<T>, extra: Extra = {}) {
  const parse = (given: readonly string[], flag: string): T[] => given.map((item) => check(item, flag));
  return {
    kind: 'list',
    group,
    help,
    initial: [] as T[],
    parse,
    ...valuesOf(check),
    ...extra,
  } as const satisfies Option<T[]>;
}

export function toggle(group: string, help: string) {
  const parse = ([given]: readonly string[], flag: string): boolean =>
    oneOf(['true', 'false'])(given!, flag) === 'true';
  return { kind: 'switch', group, help, initial: false as boolean, parse } as const satisfies Option<boolean>;
}

const valuesOf = ({ values, whole }: Check<unknown>): Extra => ({ ...(values && { values }), ...(whole && { whole }) });

/** What every command says, and how. */
export const verbosityOptions = {
  quiet: toggle('Running', 'only warnings and errors'),
  verbose: toggle('Running', 'a line per episode; stack traces of unexpected errors'),
  json: toggle('Running', 'the result as one JSON object on stdout, all else on stderr'),
} satisfies Options;

export const helpOptions = {
  help: toggle('Help', 'show this (-h)'),
  version: toggle('Help', "show the program's version (-v); with --verbose also its engines"),
} satisfies Options;
