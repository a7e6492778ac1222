import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { angleDegrees } from '#dist/stats/angle.js';

const entry = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const vector = fc.array(entry, { minLength: 1, maxLength: 20 }).filter((x) => x.some((v) => Math.abs(v) > 1e-3));

describe('angleDegrees', () => {
  test('known angles', () => {
    assert.equal(angleDegrees([1, 0], [0, 7]), 90);
    assert.ok(Math.abs(angleDegrees([1, 0], [1, 1]) - 45) < 1e-13);
    assert.ok(Math.abs(angleDegrees([1, 0], [-1, Math.sqrt(3)]) - 120) < 1e-13);
  });

  test('is exact at 0 and 180 for any vector, in float64 and float32', () => {
    fc.assert(
      fc.property(vector, (x) => {
        for (const a of [Float64Array.from(x), Float32Array.from(x)]) {
          assert.equal(angleDegrees(a, a), 0);
          assert.equal(
            angleDegrees(
              a,
              a.map((v) => -v),
            ),
            180,
          );
        }
      }),
    );
  });

  test('agrees with the arc cosine where that is well conditioned', () => {
    const pair = fc
      .integer({ min: 1, max: 20 })
      .chain((n) =>
        fc.tuple(fc.array(entry, { minLength: n, maxLength: n }), fc.array(entry, { minLength: n, maxLength: n })),
      );
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const dot = (p: number[], q: number[]): number => p.reduce((sum, v, i) => sum + v * q[i]!, 0);
        const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
        fc.pre(Math.abs(cosine) < 0.999 && Math.min(dot(a, a), dot(b, b)) > 1e-6);
        assert.ok(Math.abs(angleDegrees(a, b) - (Math.acos(cosine) * 180) / Math.PI) < 1e-10);
      }),
    );
  });

  test('keeps tiny angles that an arc cosine rounds to 0', () => {
    const tiny = 1e-9;
    const expected = (tiny * 180) / Math.PI;
    assert.ok(Math.abs(angleDegrees([1, 0], [1, tiny]) / expected - 1) < 1e-12);
    assert.ok(Math.abs((180 - angleDegrees([1, 0], [-1, tiny])) / expected - 1) < 1e-6);
  });

  test('does not over- or underflow', () => {
    assert.equal(angleDegrees([1e300, 0], [0, 1e-300]), 90);
    assert.equal(angleDegrees([5e-324, 0], [0, 1e308]), 90);
  });

  test('a vector without a direction gives NaN', () => {
    for (const bad of [
      [0, 0],
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 1],
    ]) {
      assert.ok(Number.isNaN(angleDegrees(bad, [1, 2])));
      assert.ok(Number.isNaN(angleDegrees([1, 2], bad)));
    }
    assert.ok(Number.isNaN(angleDegrees([], [])));
  });

  test('refuses vectors of different length', () => {
    assert.throws(() => angleDegrees([1, 2], [1]), /got 2 and 1/);
  });
});
