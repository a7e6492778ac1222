import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { movingAverage } from '#dist/stats/moving-average.js';

describe('movingAverage', () => {
  test('odd windows are centred on an episode, even ones between two', () => {
    assert.deepEqual(movingAverage([1, 2, 3, 4], 3), [
      { centre: 1, mean: 2 },
      { centre: 2, mean: 3 },
    ]);
    assert.deepEqual(movingAverage([1, 2, 3, 4], 2), [
      { centre: 0.5, mean: 1.5 },
      { centre: 1.5, mean: 2.5 },
      { centre: 2.5, mean: 3.5 },
    ]);
  });

  test('a straight line is its own moving average, whatever the window', () => {
    for (const window of [1, 2, 5, 10, 50]) {
      const line = Array.from({ length: 40 }, (_, i) => 3 * i - 7);
      for (const { centre, mean } of movingAverage(line, window)) assert.ok(Math.abs(mean - (3 * centre - 7)) < 1e-12);
    }
  });

  test('agrees with summing every window on its own', () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (values, window) => {
        const length = Math.min(window, values.length);
        const means = movingAverage(values, window);
        assert.equal(means.length, values.length === 0 ? 0 : values.length - length + 1);
        means.forEach(({ centre, mean }, i) => {
          const numbers = values.slice(i, i + length).filter((v) => !Number.isNaN(v));
          const expected = numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
          assert.equal(centre, i + (length - 1) / 2);
          assert.ok(Object.is(mean, expected) || Math.abs(mean - expected) < 1e-9, `${mean} is not ${expected}`);
        });
      }),
    );
  });

  test('NaN are left out, and a window of nothing else is NaN', () => {
    const means = movingAverage([1, Number.NaN, 3, Number.NaN, Number.NaN], 2).map(({ mean }) => mean);
    assert.deepEqual(means, [1, 3, 3, Number.NaN]);
  });

  test('a huge value leaves no rounding error in later windows', () => {
    assert.deepEqual(
      movingAverage([1e20, 1, 2, 3, 4], 2).map(({ mean }) => mean),
      [5e19, 1.5, 2.5, 3.5],
    );
  });

  test('refuses a window that is none', () => {
    for (const window of [0, -1, 1.5, Number.NaN]) assert.throws(() => movingAverage([1], window), RangeError);
  });
});
