/** Words of a command line as they are typed -> words that say one thing only: every flag known, and spelt as in its table. */
import type { Option, Options } from './option.js';
import { nearest } from './suggest.js';
import { UsageError } from './usage-error.js';

const SHORT: ReadonlyMap<string, string> = new Map([
  ['-h', '--help'],
  ['-v', '--version'],
]);

/** The name in the table of a flag's spelling: lr_meta is also lrMeta and lr-meta. */
export function nameOf(options: Options, spelling: string): string | undefined {
  return Object.keys(options).find((name) => {
    const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return [name, camel, name.replaceAll('_', '-')].includes(spelling);
  });
}

export function unknownFlag(said: string, options: Options, prefix: string): UsageError {
  const [word = ''] = said.replace(/^-+/, '').split(' ');
  const meant = nearest(word, Object.keys(options));
  return new UsageError(
    `Unknown option ${said}: ${meant ? `did you mean ${prefix}${meant}?` : 'see --help for the valid ones.'}`,
  );
}

/**
 * Words before a `--`, so that each that begins with `--` is a flag of the table; a word behind a flag that takes one is
 * its value, even `-1` and `-x`.
 * @throws UsageError for an unknown flag, and for a switch with a value that is neither true nor false.
 */
export function spellFlags(options: Options, argv: readonly string[]): string[] {
  const spelt: string[] = [];
  for (const [i, word] of argv.entries()) {
    const last = spelt.at(-1) ?? '';
    const option = options[readFlag(last).name];
    const waits = option?.kind !== 'switch' && /^--[^=]+$/.test(last);
    if (waits && (option?.dashed ? /^-/ : /^-[^-]/).test(word)) spelt.push(`${spelt.pop()}=${word}`);
    else spelt.push(/^-[^\d.]/.test(word) ? spellFlag(options, SHORT.get(word) ?? word, argv[i + 1]) : word);
  }
  return spelt;
}

function spellFlag(options: Options, word: string, next?: string): string {
  const { name: spelling, given } = readFlag(word);
  const name = nameOf(options, spelling);
  if (name === undefined) throw unknownFlag(word.split('=', 1)[0]!, options, '--');
  const { bare } = options[name]!;
  if (given === undefined && bare !== undefined && !/^\d/.test(next ?? '')) return `--${name}=${bare}`;
  if (given === undefined) return `--${name}`;
  // yargs would read whatever it does not understand as false.
  if (options[name]!.kind === 'switch') options[name]!.parse([given], `--${name}`);
  return `--${name}=${given}`;
}

/** `--name` or `--name=given`; no name for any other word. */
function readFlag(word: string): { name: string; given?: string | undefined } {
  const [, name = '', given] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  return { name, given };
}

/**
 * Parts what a flag of several values can have from what comes after, which is the command's: `DIR` of `--M 5 9 DIR`.
 * Where not even the first value is valid, all are left for the flag to refuse.
 */
export function partWords(options: Options, spelt: readonly string[]): { flags: string[]; words: string[] } {
  const flags: string[] = [];
  const words: string[] = [];
  for (let at = 0; at < spelt.length; ) {
    const { name, given } = readFlag(spelt[at]!);
    flags.push(spelt[at++]!);
    const option = options[name];
    if (option?.kind !== 'list') continue;
    const end = spelt.findIndex((word, i) => i >= at && word.startsWith('--'));
    const after = spelt.slice(at, end < 0 ? spelt.length : end);
    const first = given === undefined ? [] : [given];
    let count = after.length;
    while (count > 0 && !accepts(option, [...first, ...after.slice(0, count)])) count--;
    if (count === 0 && first.length === 0) count = after.length;
    flags.push(...after.slice(0, count));
    words.push(...after.slice(count));
    at += after.length;
  }
  return { flags, words };
}

function accepts(option: Option<unknown>, given: readonly string[]): boolean {
  try {
    option.parse(given, '');
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
