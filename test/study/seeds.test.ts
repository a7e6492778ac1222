import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseSeeds, seedsText } from '#dist/study/seeds.js';

test('a number counts from 1; stretches and lists are as they stand', () => {
  assert.deepEqual(parseSeeds(3, 'seeds'), [1, 2, 3]);
  assert.deepEqual(parseSeeds('5..7', 'seeds'), [5, 6, 7]);
  assert.deepEqual(parseSeeds('9,3..4, 3', 'seeds'), [3, 4, 9]);
  assert.deepEqual(parseSeeds('0..0', 'seeds'), [0]);
});

test('written as they are read', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50), { minLength: 1 }), (given) => {
      const seeds = given.toSorted((a, b) => a - b);
      assert.deepEqual(parseSeeds(seedsText(seeds), 'seeds'), seeds);
    }),
  );
  assert.equal(seedsText([1, 2, 3, 7]), '1..3,7');
  assert.equal(seedsText([4]), '4..4', '4 alone would be 1 to 4');
});

test('refuses anything else', () => {
  for (const given of ['', '0', '10001', '3..1', '1..', 'a', '-1', '1.5', '1..20000', null])
    assert.throws(() => parseSeeds(given, '--seeds'), /^RecipeError: --seeds must be a whole number from 1 to 10000/);
});
