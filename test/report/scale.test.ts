import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { logExtent, logTickLabel, logTicks, SCALES } from '#dist/report/scale.js';

const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });

test('a logarithmic scale goes there and back, and has no place for what is not above 0', () => {
  const { place, value } = SCALES.log;
  fc.assert(
    fc.property(positive, (x) => {
      assert.ok(Math.abs(value(place(x)) / x - 1) < 1e-12);
    }),
    { seed: 1 },
  );
  for (const none of [0, -1, Number.NaN]) assert.ok(Number.isNaN(place(none)));
});

test('ticks are powers of ten, with what is between them where these are few', () => {
  assert.deepEqual(logTicks([0.005, 400]), [0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(logTicks([0.9, 60]), [1, 2, 5, 10, 20, 50]);
  assert.deepEqual(logTicks([2.5, 6.5]), [3, 4, 5, 6]);
  assert.equal(logTicks([0.51, 0.53]), undefined);
});

test('ticks lie on the axis, 3 to 18 of them, each with a label that reads back', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const axis = logExtent([a, b]);
      assert.ok(axis[0] < Math.min(a, b) && axis[1] > Math.max(a, b));
      const ticks = logTicks(axis) ?? [];
      if (Math.max(a, b) > 1e3 * Math.min(a, b)) assert.ok(ticks.length >= 3);
      assert.ok(ticks.length <= 18, String(ticks));
      for (const tick of ticks) assert.ok(tick >= axis[0] && tick <= axis[1]);
      assert.equal(new Set(ticks.map(logTickLabel)).size, ticks.length);
    }),
    { seed: 2 },
  );
  assert.deepEqual([1e-6, 2e-6, 1e-3, 0.02, 5, 1e5, 1e6, 3e12].map(logTickLabel), [
    ...['10⁻⁶', '2·10⁻⁶', '0.001', '0.02', '5', '100000', '10⁶', '3·10¹²'],
  ]);
  assert.deepEqual(logExtent([]), [0.1, 10]);
});
