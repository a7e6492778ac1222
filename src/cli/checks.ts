/** What values a flag takes: each check turns the text that was given into a value, or refuses it in one sentence. */
import { MOST_LAYERS, MOST_UNITS } from '../network/layers.js';
import { printable, shortened } from '../text.js';
import { UsageError } from './usage-error.js';

/** `flag` is how the message calls the option, e.g. `--episodes`. */
export interface Check<T> {
  (given: string, flag: string): T;
  /** Words that it takes, where they are few: for completion. */
  readonly values?: readonly string[];
  /** Whether what it returns is a whole number. */
  readonly whole?: true;
}

/** Refuses a value. */
export function refuse(flag: string, given: string, valid: string): never {
  throw new UsageError(`${flag} must be ${valid}, not '${shortened(given)}'.`);
}

/** A finite decimal number; NaN for anything else (JavaScript's Number also reads '', ' 1 ' and 0x10). */
function decimal(text: string): number {
  const value = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value + 0 : Number.NaN; // -0 + 0 is 0
}

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): Check<number> {
  const valid = `a whole number ${max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`}`;
  const check = (given: string, flag: string) => {
    const value = decimal(given);
    return Number.isSafeInteger(value) && value >= min && value <= max ? value : refuse(flag, given, valid);
  };
  return Object.assign(check, { whole: true as const });
}

export const finiteNumber: Check<number> = (given, flag) => {
  const value = decimal(given);
  return Number.isNaN(value) ? refuse(flag, given, 'a number') : value;
};

export const positiveNumber: Check<number> = (given, flag) => {
  const value = decimal(given);
  return value > 0 ? value : refuse(flag, given, 'a number above 0');
};

export const nonNegativeNumber: Check<number> = (given, flag) => {
  const value = decimal(given);
  return value >= 0 ? value : refuse(flag, given, 'a number of at least 0');
};

/** A norm to clip to, 0: none; or auto. */
export const clipNorm: Check<number | 'auto'> = (given, flag) => {
  if (given === 'auto') return 'auto';
  const value = given === 'off' ? 0 : decimal(given);
  return value >= 0 ? value : refuse(flag, given, 'a number above 0, off or auto');
};

export function oneOf<const T extends string>(values: readonly T[]): Check<T> {
  const check = (given: string, flag: string) =>
    values.find((value) => value === given) ?? refuse(flag, given, list(values));
  return Object.assign(check, { values });
}

/** The system knows no path with a NUL. */
export const text: Check<string> = (given, flag) =>
  given.trim() && !given.includes('\0') ? given : refuse(flag, given, 'a name or path');

/** A name for a sub-folder of the results, which it must not lead out of; may be empty. */
export const folderName: Check<string> = (given, flag) => {
  const parts = given.split(/[/\\]/);
  const leads = given !== '' && parts.some((part) => part.trim() === '' || part === '.' || part === '..');
  return leads || given.includes(':') || printable(given) !== given
    ? refuse(flag, given, 'the name of a folder below --res')
    : given;
};

/** Layer sizes, comma-separated. */
export const layerSizes: Check<number[]> = (given, flag) => {
  const sizes = given.split(',').map(decimal);
  const good = sizes.length >= 2 && sizes.every((n) => Number.isInteger(n) && n >= 1 && n <= MOST_UNITS);
  if (sizes.length > MOST_LAYERS + 1) refuse(flag, given, `at most ${MOST_LAYERS + 1} sizes`);
  const valid = `sizes from 1 to ${MOST_UNITS} with commas between them, like 784,170,130,100,70,47`;
  return good ? sizes : refuse(flag, given, valid);
};

/** One `name=value`. */
export const assignment: Check<[string, number]> = (given, flag) => {
  const equals = given.indexOf('=');
  const name = given.slice(0, Math.max(0, equals)).trim();
  const number = decimal(given.slice(equals + 1).trim());
  return name && !Number.isNaN(number) ? [name, number] : refuse(flag, given, 'name=number pairs, like F2=-0.01');
};

/** A fraction held out; something is left. */
export const fraction: Check<number> = (given, flag) => {
  const value = decimal(given);
  return value >= 0 && value < 1 ? value : refuse(flag, given, 'two fractions from 0 to below 1, like 0.2 0.5');
};

/** `a, b or c`. */
export function list(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
