import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finiteNumber, text, wholeNumber } from '#dist/cli/checks.js';
import { helpOptions, list, toggle, value } from '#dist/cli/option.js';
import { evaluate, parseArguments } from '#dist/cli/parse.js';

const options = {
  ...helpOptions,
  M: list('Group', 'numbers', wholeNumber(1)),
  names: list('Group', 'texts', text),
  lr_meta: value('Group', 1, 'a number', finiteNumber),
  first_images: toggle('Group', 'a switch'),
};

async function read(line: string, takesWords = true) {
  const { words, given } = await parseArguments(options, line.split(' '), takesWords);
  const { help, version, ...values } = evaluate(options, [given]);
  return { words, ...values, help: help || version };
}
const nothing = { words: [], M: [], names: [], lr_meta: 1, first_images: false, help: false };

test('a list flag leaves to the command what it cannot have', async () => {
  for (const line of [
    '--M 2 3 DIR',
    'DIR --M 2 3',
    '--M=2 3 DIR',
    '--M 2 --M 3 DIR',
    '--M 2 3 -- DIR',
    '--M 2 -- DIR --M 3',
  ])
    assert.deepEqual(
      await read(line),
      line.startsWith('--M 2 -- DIR')
        ? { ...nothing, words: ['DIR', '--M', '3'], M: [2] }
        : { ...nothing, words: ['DIR'], M: [2, 3] },
      line,
    );
  assert.deepEqual(await read('A --M 2 B 3 --lr_meta 4 C'), {
    ...nothing,
    words: ['A', 'C', 'B', '3'],
    M: [2],
    lr_meta: 4,
  });
  await assert.rejects(read('--M DIR'), /--M must be a whole number of at least 1, not 'DIR'/);
  await assert.rejects(read('--M 2 DIR', false), /--M must be a whole number of at least 1, not 'DIR'/);
});

test('a value may begin with a dash', async () => {
  for (const [line, values] of [
    ['--lr_meta -1e-3', { lr_meta: -1e-3 }],
    ['--lr_meta=-.5', { lr_meta: -0.5 }],
    ['--names -dash b', { names: ['-dash', 'b'] }],
    ['--names -h', { names: ['-h'] }],
  ] as const)
    assert.deepEqual(await read(line, false), { ...nothing, ...values });
  await assert.rejects(read('--lr_meta -x'), /--lr_meta must be a number, not '-x'/);
  await assert.rejects(read('--lr_meta --M 2'), /--lr_meta is given without a value/);
});

test('a switch is on by itself or says true or false, in each of its spellings', async () => {
  for (const name of ['first_images', 'firstImages', 'first-images']) {
    for (const [given, first_images] of [
      ['', true],
      ['=true', true],
      ['=false', false],
      [' true', true],
      [' false', false],
    ])
      assert.deepEqual(await read(`--${name}${given}`), { ...nothing, first_images });
    for (const given of ['yes', '1', '', 'TRUE'])
      await assert.rejects(
        read(`--${name}=${given}`),
        new RegExp(`--first_images must be true or false, not '${given}'`),
      );
  }
  assert.deepEqual(await read('-h'), { ...nothing, help: true });
  assert.deepEqual(await read('-v'), { ...nothing, help: true });
});

test('names of what every object has are unknown like any other', async () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    for (const line of [`--${name}`, `--${name}=1`, `--${name} 1`])
      await assert.rejects(read(line), new RegExp(`Unknown option --${name}`));
});
