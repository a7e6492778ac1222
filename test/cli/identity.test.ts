import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyOf, learningIdentity, trainingIdentity } from '#dist/cli/identity.js';
import { learnOptions } from '#dist/cli/learn.js';
import { runOptions } from '#dist/cli/options.js';
import { evaluateSettings } from '#dist/cli/parity.js';
import { evaluate, readObject } from '#dist/cli/parse.js';

const data = { name: '/a/images', classes: 3, images: 30, checksum: 'c0ffee00' };
const identityOf = (flags: object, of?: typeof data) =>
  trainingIdentity(evaluateSettings([readObject(runOptions, flags, 'a test')]), of);
const key = (flags: object, of?: typeof data) => keyOf(identityOf(flags, of));

describe('runs are equal', () => {
  const equal: [string, ...object[]][] = [
    ['one rule in many words', { vec: 'bio' }, { vec: [1, 2] }, { vec: ['F9', 'F2'] }, { vec: ['oja', 'F0', 'ehebb'] }],
    ['a rule of each layer', { vec: 'F2@each' }, { vec: ['F2@5', 'F2@4', 'F2@3', 'F2@2', 'F2@1'] }],
    ['a formula written otherwise', { term: "own = y e_pre'" }, { term: 'own = (y)  *e_pre^T' }],
    [
      'own terms and constants in another order',
      { term: ["p = c y e_pre'", "q = d e e_pre'"], learn: { c: 1, d: 2 } },
      { term: ["q = d e e_pre'", "p = c y e_pre'"], learn: { d: 2, c: 1 } },
    ],
    ['what is by itself said', {}, { a: 0.001, clip: 10, term_scale: 'none', layers: '784,170,130,100,70,47' }],
    ['clipping that auto comes to', { vec: 'F2' }, { vec: 'F2', clip: 10, init: { F2: 0 } }],
    ['another seed, place and length', {}, { seed: 2, res: 'x', episodes: 3, avg_window: 2, gpu_mode: 0 }],
  ];
  for (const [name, first, ...others] of equal)
    test(name, () => {
      for (const other of others) assert.equal(key(other), key(first), JSON.stringify(other));
    });

  test('on equal data, wherever it lies', () => {
    assert.equal(key({ database: 'mnist' }, data), key({}, { ...data, name: 'elsewhere' }));
    assert.notEqual(key({}, data), key({}, { ...data, checksum: 'd0d0' }));
    assert.notEqual(key({ database: 'mnist' }), key({}));
  });
});

test('runs differ, and in what', () => {
  const base = identityOf({ vec: 'F2' });
  for (const [flags, name, text] of [
    [{ vec: 'F9' }, 'rule', 'F0 + F9'],
    [{ vec: 'F2@2' }, 'rule', 'F0 + F2@2'],
    [{ vec: 'F2', term: "own = y e_pre'" }, 'rule', "F0 + F2 + own = y e_pre'"],
    [{ vec: 'F2', init: { F2: -0.01 } }, 'start', 'F0=0.001 F2=-0.01'],
    [{ vec: 'F2', term_scale: { F2: 0.5 } }, 'term_scale', 'F2=0.5'],
    [{ vec: 'F2', term_scale: 'none' }, 'term_scale', 'none'],
    [{ vec: 'F2', clip: 'off' }, 'clip', '0'],
    [{ vec: 'F2', layers: '784,10,47' }, 'layers', '10'],
    [{ vec: 'F2', first_images: true }, 'first_images', 'true'],
    [{ vec: 'F2', split: [0.1, 0] }, 'split', '0.1 0'],
  ] as const) {
    const other = identityOf(flags);
    const differing = [...base.keys()].filter(
      (at) => keyOf(new Map([['', base.get(at)!]])) !== keyOf(new Map([['', other.get(at)!]])),
    );
    assert.deepEqual(differing, [name]);
    assert.equal(other.get(name)!.text, text);
  }
});

test('of a network that learns', () => {
  const keys = (flags: object) =>
    keyOf(learningIdentity(evaluate(learnOptions, [readObject(learnOptions, flags, 'a test')])));
  assert.equal(keys({ theta: { F0: 1, F9: 2 } }), keys({ theta: { F9: 2, F0: 1 }, seed: 3 }));
  assert.notEqual(keys({ theta: { F0: 1, F9: 2 } }), keys({ theta: { F0: 1, F9: 3 } }));
  assert.notEqual(keys({ theta: { F0: 1 } }), keys({ theta: { F0: 1 }, every: 7 }));
});
