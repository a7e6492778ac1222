import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { norm } from '#dist/stats/norm.js';

test('largest times relative is the length, also where squares would over- or underflow', () => {
  for (const [x, length] of [
    [[3, -4], 5],
    [[3e200, 4e200], 5e200],
    [[-3e-200, 4e-200], 5e-200],
  ] as const) {
    const { largest, relative } = norm(x);
    assert.equal(largest, Math.max(...x.map(Math.abs)));
    assert.ok(Math.abs(largest * relative - length) <= 1e-15 * length);
  }
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (x) => {
      const { largest, relative } = norm(x);
      if (largest > 0) assert.ok(Math.abs(largest * relative - Math.hypot(...x)) <= 1e-14 * Math.hypot(...x));
    }),
  );
});

test('zeros have no direction, and what is not finite stays so', () => {
  assert.deepEqual(norm([0, 0]), { largest: 0, relative: Number.NaN });
  assert.deepEqual(norm([1, Number.POSITIVE_INFINITY]).largest, Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(norm([1, Number.NaN]).largest));
});
