import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawWeights, wordScale } from '#dist/network/initialise.js';
import { streamKey } from '#dist/random/stream.js';
import { threefry2x32 } from '#dist/random/threefry.js';

const layers = [784, 170, 47];
const key = streamKey('1/episode/1/weights');
const { weights, feedbackWeights } = drawWeights(key, { layers, feedback: 'fix' });
const matrices = [...weights, ...feedbackWeights!];

/** Pearson's correlation of the first n elements. */
function correlation(a: Float32Array, b: Float32Array): number {
  const n = Math.min(a.length, b.length);
  const mean = (f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i)).reduce((s, x) => s + x, 0) / n;
  return mean((i) => a[i]! * b[i]!) / Math.sqrt(mean((i) => a[i]! ** 2) * mean((i) => b[i]! ** 2));
}

describe('drawWeights', () => {
  test('uniform on ±sqrt(6 / (in + out))', () => {
    for (const [m, values] of matrices.entries()) {
      const [columns, rows] = m % 2 ? [170, 47] : [784, 170];
      const r = Math.sqrt(6 / (columns + rows));
      const n = values.length;
      assert.equal(n, columns * rows);
      const moment = (p: number) => values.reduce((sum, w) => sum + (w / r) ** p, 0) / n;
      // Moments of the uniform distribution on ±1, within four standard errors.
      assert.ok(Math.abs(moment(1)) < 4 * Math.sqrt(1 / 3 / n));
      assert.ok(Math.abs(moment(2) - 1 / 3) < 4 * Math.sqrt(4 / 45 / n));
      assert.ok(Math.abs(moment(4) - 1 / 5) < 4 * Math.sqrt((1 / 9 - 1 / 25) / n));
      assert.ok(values.every((w) => Math.abs(w) <= Math.fround(r)));
      assert.ok(values.some((w) => w > 0.99 * r) && values.some((w) => w < -0.99 * r));
    }
  });

  test('matrices, and neighbours within one, are independent', () => {
    for (const [i, a] of matrices.entries()) {
      for (const b of matrices.slice(i + 1)) {
        assert.ok(Math.abs(correlation(a, b)) < 4 / Math.sqrt(Math.min(a.length, b.length)));
      }
      assert.ok(Math.abs(correlation(a, a.subarray(1))) < 4 / Math.sqrt(a.length - 1));
    }
  });

  test('any element can be computed alone', () => {
    const words = new Int32Array(2);
    const shapes = [
      { rows: 170, columns: 784 },
      { rows: 47, columns: 170 },
    ];
    for (const [m, i] of [
      [0, 0],
      [0, 133279],
      [1, 4567],
      [2, 1],
      [3, 7989],
    ] as const) {
      threefry2x32(key, Math.floor(i / 2), m, words);
      const alone = Math.fround(Math.fround(words[i % 2]!) * wordScale(shapes[m % 2]!));
      assert.equal(matrices[m]![i], alone);
    }
  });

  test('an odd number of elements is filled to the end', () => {
    const {
      weights: [only],
    } = drawWeights(key, { layers: [3, 1], feedback: 'sym' });
    assert.equal(only!.length, 3);
    assert.ok(only!.every((w) => w !== 0));
  });

  test('symmetric feedback has no B, and the same W', () => {
    const symmetric = drawWeights(key, { layers: layers, feedback: 'sym' });
    assert.deepEqual(symmetric, { weights });
  });

  test('another episode draws other weights', () => {
    const other = drawWeights(streamKey('1/episode/2/weights'), { layers: layers, feedback: 'sym' }).weights[0]!;
    assert.ok(Math.abs(correlation(weights[0]!, other)) < 4 / Math.sqrt(other.length));
  });
});
