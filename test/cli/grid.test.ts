import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readAlternative, readAxis, readExclusion, ruleLabel } from '#dist/cli/grid.js';
import { learnOptions } from '#dist/cli/learn.js';
import { runOptions } from '#dist/cli/options.js';
import { UsageError } from '#dist/cli/usage-error.js';

const axis = (word: string) => readAxis(runOptions, word, '--grid');
const meant = (flag: string, given: unknown) => readAlternative(runOptions, flag, given, `grid.${flag}`);
/** Values and labels of a word of the command line. */
const read = (word: string) => {
  const [name, values] = axis(word);
  return values.map((value) => [meant(name, value).value, meant(name, value).label]);
};

describe('the values of a grid', () => {
  test('commas between values, spaces between the items of a list', () => {
    assert.deepEqual(read('K=10,25'), [
      [10, 'K=10'],
      [25, 'K=25'],
    ]);
    assert.deepEqual(read('vec=none,bio,F9 F0, 2'), [
      [[], 'F0'],
      [['F0', 'F2', 'F9'], 'F0 + F2 + F9'],
      [['F9', 'F0'], 'F0 + F9'],
      [['F9'], 'F0 + F9'],
    ]);
    assert.deepEqual(read('init=none,F2=-0.01 F9=0.1'), [
      [{}, 'init=none'],
      [{ F2: -0.01, F9: 0.1 }, 'init=F2=-0.01 F9=0.1'],
    ]);
    assert.deepEqual(
      read('term_scale=none,auto,F5=0.1').map(([value]) => value),
      [{}, 'auto', { F5: 0.1 }],
    );
    assert.deepEqual(read('parity=true,false'), [
      [true, 'parity=true'],
      [false, 'parity=false'],
    ]);
    assert.deepEqual(axis('lr-meta=1e-3'), ['lr_meta', ['1e-3']]);
  });

  test('; between values that hold commas, or behind a lone one', () => {
    assert.deepEqual(
      read('layers=784,50,47;784,47').map(([value]) => value),
      [
        [784, 50, 47],
        [784, 47],
      ],
    );
    assert.deepEqual(
      read('layers=784,50,47').map(([value]) => value),
      [[784, 50, 47]],
    );
    assert.deepEqual(
      read('vec=F2@1,2;bio').map(([, label]) => label),
      ['F0 + F2@1,2', 'F0 + F2 + F9'],
    );
    assert.deepEqual(
      read('vec=F2@1,3;').map(([value]) => value),
      [['F2@1,3']],
    );
    assert.throws(
      () => axis('vec=F2@1,2'),
      /may be one value or several: write ; between values, or behind a lone one/,
    );
  });

  test('terms with commas, quotes and spaces stand as they are', () => {
    const terms = [`own@1,2 = (y .* e) y_pre' - 0.5 W`, `b = -e e_pre^T`];
    assert.deepEqual(read(`term=${terms.join('; ')}; none`), [
      [[terms[0]], terms[0]],
      [[terms[1]], terms[1]],
      [[], 'no term'],
    ]);
    assert.deepEqual(read(`term=${JSON.stringify([terms, terms[1]])}`), [
      [terms, terms.join(', ')],
      [[terms[1]], terms[1]],
    ]);
    // Whatever a text holds, JSON brings it through.
    const word = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (texts) => {
        const [name, [value]] = axis(`term=${JSON.stringify([texts])}`);
        assert.deepEqual(meant(name, value).value, texts);
      }),
    );
  });

  test('what cannot be read is refused', () => {
    for (const [word, message] of [
      ['fbk', /^--grid must be a flag and its values, like fbk=fix,sym, not 'fbk'/],
      ['fbk=', /^--grid must be a flag and its values/],
      ['fkb=fix', /^Unknown option fkb in --grid: did you mean fbk\?/],
      ['K=1,,2', /^--grid K: a value is missing in '1,,2'/],
      ['K=[1,', /^--grid K: what begins with \[ must be a list in JSON \(/],
    ] as const)
      assert.throws(
        () => axis(word),
        (error) => error instanceof UsageError && message.test(error.message),
        word,
      );
    for (const [flag, value, message] of [
      ['fbk', 'syn', /^fbk in grid\.fbk must be fix, sym/],
      ['K', 2.5, /^K in grid\.K must be a whole number/],
      ['seed', 3, /^grid\.seed: seeds are said by --seeds/],
      ['avg_window', 3, /^grid\.avg_window: avg_window makes no other run/],
      ['images', 3, /^Unknown option images in grid\.images/],
      ['K', { a: 1 }, /^K in grid\.K has a value that no flag can have/],
    ] as const)
      assert.throws(
        () => meant(flag, value),
        (error) => error instanceof UsageError && message.test(error.message),
        flag,
      );
  });

  test('of learn, its own flags', () => {
    assert.deepEqual(readAlternative(learnOptions, 'theta', 'F0=0.01 F2=-0.1', '').value, { F0: 0.01, F2: -0.1 });
  });
});

test('exclusions: spaces between their flags, or ; where values hold spaces', () => {
  assert.deepEqual(readExclusion(runOptions, 'fbk=sym K=25'), { fbk: 'sym', K: '25' });
  assert.deepEqual(readExclusion(runOptions, 'fbk=sym; vec=F0 F9'), { fbk: 'sym', vec: 'F0 F9' });
  assert.throws(() => readExclusion(runOptions, 'fbk=sym K'), /--exclude must be a flag and its values/);
});

test('rules are called by their terms, in the order of the pool', () => {
  assert.equal(ruleLabel([]), 'F0');
  assert.equal(ruleLabel(['F9', 'F2']), 'F0 + F2 + F9');
  assert.equal(ruleLabel(['B.F3', 'F0@1', 'B.F0']), 'F0@1 + B.F0 + B.F3');
});
