import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isolated, type Point, robustMaximum, spread, thin } from '#dist/report/series.js';

const series = (values: readonly number[]): Point[] => values.map((y, x) => [x, y]);
const value = fc.double({ min: -100, max: 100, noNaN: true });

describe('thin', () => {
  test('keeps few points, all of them of the curve and in its order, and the extremes of every part', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(value, fc.constant(Number.NaN)), { maxLength: 400 }), (values) => {
        const points = series(values);
        const kept = thin(points, 10);
        assert.ok(kept.length <= 40);
        for (const [i, point] of kept.entries()) {
          assert.equal(points[point[0]], point);
          assert.ok(i === 0 || point[0] > kept[i - 1]![0]);
        }
        const finite = (of: readonly Point[]): number[] => of.map(([, y]) => y).filter(Number.isFinite);
        assert.equal(Math.max(...finite(kept)), Math.max(...finite(points)));
        assert.equal(Math.min(...finite(kept)), Math.min(...finite(points)));
      }),
    );
  });

  test('a gap longer than a part stays a gap', () => {
    const points = series(Array.from({ length: 1000 }, (_, i) => (i >= 300 && i < 500 ? Number.NaN : i)));
    assert.ok(thin(points, 100).some(([x, y]) => Number.isNaN(y) && x >= 300 && x < 500));
  });
});

test('isolated finds points that no line goes to', () => {
  const points = series([1, Number.NaN, 2, 3, Number.NaN, 4]);
  assert.deepEqual(isolated(points), [points[0], points[5]]);
  assert.deepEqual(isolated(series([7])), [[0, 7]]);
});

describe('robustMaximum', () => {
  const descent = Array.from({ length: 600 }, (_, i) => 1 + 3 * Math.exp(-i / 100));
  test('is the maximum of a curve without outliers', () => {
    assert.equal(robustMaximum(descent), 4);
  });
  test('single diverged episodes do not count', () => {
    const spiked = descent.map((y, i) => (i % 60 === 30 ? 1e6 : y));
    assert.ok(robustMaximum(spiked) > 3.8 && robustMaximum(spiked) < 5.1);
  });
  test('nor does a whole stretch of them', () => {
    assert.ok(robustMaximum(descent.map((y, i) => (i > 300 && i < 400 ? 1e6 : y))) < 15);
  });
  test('NaN is left out; of nothing it is NaN', () => {
    assert.equal(robustMaximum([Number.NaN, 2, Number.NaN]), 2);
    assert.ok(Number.isNaN(robustMaximum([Number.NaN])));
  });
});

describe('spread', () => {
  test('keeps the gap, the order and the limits', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 }), (wanted) => {
        const placed = spread(wanted, 4, 0, 100);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
        for (const [rank, i] of order.entries()) {
          assert.ok(placed[i]! > -1e-9 && placed[i]! < 100 + 1e-9);
          if (rank > 0) assert.ok(placed[i]! - placed[order[rank - 1]!]! > 4 - 1e-9);
        }
      }),
    );
  });
  test('moves nothing that has room, and two that meet by the same way', () => {
    assert.deepEqual(spread([80, 10, 50], 4, 0, 100), [80, 10, 50]);
    assert.deepEqual(spread([50, 50], 4, 0, 100), [48, 52]);
    assert.deepEqual(spread([100, 99], 4, 0, 100), [100, 96]);
  });
  test('no arrangement found by search is nearer to the wanted places', () => {
    const wanted = [10, 11, 13, 30, 31];
    const distance = (places: readonly number[]): number =>
      places.reduce((sum, y, i) => sum + (y - wanted[i]!) ** 2, 0);
    const placed = spread(wanted, 4, 0, 100);
    for (let i = 0; i < wanted.length; i++) {
      for (const step of [-0.1, 0.1]) {
        const moved = placed.map((y, j) => (i === j ? y + step : y));
        const allowed = moved.every((y, j) => j === 0 || y - moved[j - 1]! >= 4 - 1e-9);
        if (allowed) assert.ok(distance(moved) > distance(placed));
      }
    }
    assert.ok(Math.abs(placed[0]! - (10 + 7 + 5) / 3) < 1e-9, 'three that meet stand around their mean'); // 10, 11 - 4, 13 - 8
  });
  test('more labels than fit share the room', () => {
    assert.deepEqual(spread([5, 5, 5], 10, 0, 10), [0, 5, 10]);
  });
});
