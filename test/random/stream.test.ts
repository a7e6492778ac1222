import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sampleWithoutReplacement, shuffle, stream, streamKey } from '#dist/random/stream.js';

describe('streams', () => {
  test('a name always gives the same numbers, another name others', () => {
    const draw = (name: string) => Array.from({ length: 5 }, stream(name));
    assert.deepEqual(draw('1/episode/17/task'), draw('1/episode/17/task'));
    assert.notDeepEqual(draw('1/episode/17/task'), draw('1/episode/18/task'));
    assert.deepEqual(streamKey('a'), streamKey('a'));
    assert.notDeepEqual(streamKey('a'), streamKey('b'));
  });

  test('a key is two 32-bit integers', () => {
    for (const word of streamKey('1/episode/1/weights')) assert.equal(word, word | 0);
  });

  test('the numbers are those that seedrandom documents', () => {
    assert.equal(stream('hello.')(), 0.9282578795792454);
  });
});

describe('shuffle', () => {
  test('keeps the items', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, name) => {
        const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
        assert.deepEqual(sorted(shuffle([...items], stream(name))), sorted(items));
      }),
    );
  });
});

describe('sampleWithoutReplacement', () => {
  test('gives k distinct integers below n', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.string(), (a, b, name) => {
        const [k, n] = [Math.min(a, b), Math.max(a, b)];
        const drawn = sampleWithoutReplacement(n, k, stream(name));
        assert.equal(drawn.length, k);
        assert.equal(new Set(drawn).size, k);
        assert.ok(drawn.every((i) => Number.isInteger(i) && i >= 0 && i < n));
      }),
    );
  });

  test('every ordered choice is equally likely', () => {
    const random = stream('choices');
    const counts = new Map<string, number>();
    for (let i = 0; i < 12000; i++) {
      const choice = sampleWithoutReplacement(4, 2, random).join();
      counts.set(choice, (counts.get(choice) ?? 0) + 1);
    }
    // 12 ordered pairs, 1000 each; chi-squared with 11 degrees of freedom is below 31.3 in 99.9 % of draws.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    assert.equal(counts.size, 12);
    assert.ok(chiSquared < 31.3, `chi squared ${chiSquared}`);
  });

  test('refuses more than there is', () => {
    assert.throws(() => sampleWithoutReplacement(3, 4, stream('x')), /4 distinct items out of 3/);
  });
});
