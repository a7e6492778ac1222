import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { splitWords } from '#dist/cli/words.js';

const kinds = { '--one': 'value', '--many': 'list', '--on': 'switch' } as const;
const split = (line: string): Record<string, readonly string[]> => {
  const { free, flags } = splitWords(line.split(' '), (flag) =>
    Object.hasOwn(kinds, flag) ? kinds[flag as keyof typeof kinds] : undefined,
  );
  return { free, ...Object.fromEntries(flags) };
};

describe('words of a command line', () => {
  const lines: [string, Record<string, readonly string[]>][] = [
    ['a --one 1 b', { free: ['a', 'b'], '--one': ['1'] }],
    ['--one=1=2 b', { free: ['b'], '--one': ['1=2'] }],
    ['--one= --on', { free: [], '--one': [''], '--on': ['true'] }],
    ['--many a -1 -.5 -1e-3 --on b', { free: ['b'], '--many': ['a', '-1', '-.5', '-1e-3'], '--on': ['true'] }],
    ['--many=a b --many c', { free: [], '--many': ['a', 'b', 'c'] }],
    ['--on false --on=maybe true', { free: ['true'], '--on': ['false', 'maybe'] }],
    ['--one 1 -- --on --one', { free: ['--on', '--one'], '--one': ['1'] }],
    ['-x - -5', { free: [], '-x': ['-', '-5'] }],
    ['--one 1 --one 2', { free: [], '--one': ['1', '2'] }],
  ];
  for (const [line, words] of lines) test(line, () => assert.deepEqual(split(line), words));

  for (const line of ['--one', '--one --on', '--many', '--many -- a', '--one -x'])
    test(`${line}: no value`, () => assert.throws(() => split(line), /^UsageError: --\w+ is given without a value\.$/));
});
