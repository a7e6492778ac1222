import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentQuantile } from '#dist/stats/student.js';

test('quantiles as tables have them, also with part of a degree of freedom', () => {
  for (const [p, df, t] of [
    [0.99, 1, 31.82051595377396],
    [0.99, 3, 4.540702858568133],
    [0.99, 9, 2.8214379250258084],
    [0.99, 19, 2.539483190622319],
    [0.99, 100, 2.364217366238482],
    [0.975, 10, 2.228138851964939],
    [0.9999, 5, 9.67756630088279],
    [0.99, 1.5, 11.197316179568393], // the last two: scipy.stats.t.ppf
    [0.99, 2.5, 5.353111173030872],
  ] as const) {
    assert.ok(Math.abs(studentQuantile(p, df) / t - 1) < 1e-9, `${p} ${df}`);
  }
  assert.ok(Math.abs(studentQuantile(0.99, 1e7) - 2.3263479) < 1e-6, 'normal in the end');
});

test('refuses what makes no sense', () => {
  for (const [p, df] of [
    [0.5, 3],
    [1, 3],
    [Number.NaN, 3],
    [0.99, 0.5],
    [0.99, Number.NaN],
  ] as const) {
    assert.throws(() => studentQuantile(p, df), RangeError);
  }
});
