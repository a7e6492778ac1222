/** The words of a command line: which are flags, which are their values, and which stand for themselves. */
import type { Option } from './options.js';
import { UsageError } from './usage-error.js';

export interface Words {
  /** Words that belong to no flag. */
  readonly free: readonly string[];
  /** Values as they were given, by the flag as it was written; a switch without one has `true`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** A dash or two, but for negative numbers. */
const FLAG = /^(--?(?![-.\d])[^=]+)(?:=(.*))?$/s;

/**
 * Splits a command line: `--flag value`, `--flag=value`, `--list a b c`, `--switch`, `--switch false`; after `--` all
 * words stand for themselves.
 * @param kindOf tells what kind of flag `--flag` is, if any; an unknown one takes all values that follow it.
 * @throws UsageError for a flag without its value.
 */
export function splitWords(
  argv: readonly string[],
  kindOf: (flag: string) => Option<unknown>['kind'] | undefined,
): Words {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const free = argv.slice(end + 1);
  const flags = new Map<string, string[]>();
  const words = argv.slice(0, end);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, flag, inline] = FLAG.exec(word) ?? [];
    if (flag === undefined) {
      free.push(word);
      continue;
    }
    const kind = kindOf(flag);
    const values = inline === undefined ? [] : [inline];
    const fits = (next: string) => kind !== 'switch' || next === 'true' || next === 'false';
    const most = kind === 'value' || kind === 'switch' ? 1 : Number.POSITIVE_INFINITY;
    while (values.length < most && words[0] !== undefined && !FLAG.test(words[0]) && fits(words[0])) {
      values.push(words.shift()!);
    }
    if (values.length === 0 && kind === 'switch') values.push('true');
    if (values.length === 0 && kind) throw new UsageError(`${flag} is given without a value.`);
    flags.set(flag, [...(flags.get(flag) ?? []), ...values]);
  }
  return { free, flags };
}
