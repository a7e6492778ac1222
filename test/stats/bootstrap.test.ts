import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stream } from '#dist/random/stream.js';
import { bootstrap, bootstrapCurves } from '#dist/stats/bootstrap.js';

/** All n^n equally likely resamples of a few values: their means, sorted. */
function everyResample(values: readonly number[]): number[] {
  let sums = [0];
  for (let i = 0; i < values.length; i++) sums = sums.flatMap((sum) => values.map((value) => sum + value));
  return sums.map((sum) => sum / values.length).sort((a, b) => a - b);
}

describe('bootstrap', () => {
  test('comes to the quantiles of all possible resamples', () => {
    for (const values of [
      [0, 1, 10, 4],
      [3, -2, 0.5, 8],
      [1, 1, 2, 5, 9],
    ]) {
      const all = everyResample(values);
      for (const level of [0.5, 0.8, 0.9]) {
        const { mean, low, high } = bootstrap(values, { level, resamples: 20_000 });
        assert.ok(Math.abs(mean - values.reduce((a, b) => a + b) / values.length) < 1e-12);
        // The distribution is of steps: within 0.02 of the wanted probability on either side.
        const at = (p: number) => all[Math.min(all.length - 1, Math.max(0, Math.floor(p * all.length)))]!;
        for (const [value, p] of [
          [low, (1 - level) / 2],
          [high, (1 + level) / 2],
        ] as const) {
          const [least, most] = [at(p - 0.02) - 1e-9, at(p + 0.02) + 1e-9];
          assert.ok(value >= least && value <= most, `${values} ${level}: ${value} in ${least} to ${most}`);
        }
      }
    }
  });

  test('a 98 % band of 20 normal values holds the true mean nearly as often as it says', () => {
    const random = stream('normal');
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const trials = 600;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { low, high } = bootstrap(
        Array.from({ length: 20 }, () => 5 + 2 * normal()),
        { name: `trial ${trial}` },
      );
      if (low <= 5 && high >= 5) covered++;
    }
    // The bootstrap's sd is sqrt(19/20) of the unbiased one, so the band is +- 2.267 s/sqrt(20): Student's t with 19
    // degrees of freedom lies inside 96.5 % of the time. Three standard deviations of the count around it.
    const expected = 0.965;
    const tolerance = 3 * Math.sqrt((expected * (1 - expected)) / trials);
    assert.ok(Math.abs(covered / trials - expected) < tolerance, `${covered} of ${trials}`);
  });

  test('its width is that of the normal approximation where there are many seeds', () => {
    const values = Array.from({ length: 400 }, (_, i) => i / 399); // uniform: sd 1 / sqrt(12)
    const { low, high } = bootstrap(values, { resamples: 4000 });
    const half = (2.326 * Math.sqrt(1 / 12)) / Math.sqrt(400);
    assert.ok(Math.abs((high - low) / 2 - half) < 0.08 * half, `${low} ${high}`);
    assert.ok(Math.abs((high + low) / 2 - 0.5) < 0.1 * half);
  });

  test('the same every time; another name, other draws', () => {
    const values = [1, 4, 2, 8, 5, 7];
    assert.deepEqual(bootstrap(values), bootstrap(values));
    assert.notDeepEqual(bootstrap(values, { resamples: 50 }), bootstrap(values, { resamples: 50, name: 'other' }));
  });

  test('fewer than four values have a mean and no band, none has neither, NaN are left out', () => {
    const none = { low: Number.NaN, high: Number.NaN };
    assert.deepEqual(bootstrap([3]), { mean: 3, ...none, count: 1, total: 1 });
    assert.deepEqual(bootstrap([Number.NaN, 3, 4, 5]), { mean: 4, ...none, count: 3, total: 4 });
    assert.ok(Number.isNaN(bootstrap([Number.NaN]).mean));
    const { mean, low, high } = bootstrap([Number.NaN, 1, 3, 1, 3]);
    assert.equal(mean, 2);
    assert.ok(low === 1 && high === 3);
  });

  test('refuses what makes no sense', () => {
    assert.throws(() => bootstrap([]), RangeError);
    assert.throws(() => bootstrap([1], { resamples: 0 }), RangeError);
    assert.throws(() => bootstrap([1], { resamples: 2.5 }), RangeError);
    for (const level of [0, 1, Number.NaN]) assert.throws(() => bootstrap([1], { level }), RangeError);
  });
});

test('curves: at each position what a column of its own gives; draws are of whole curves', () => {
  const curves = [
    [1, 2, 3, 4],
    [2, 3, 4],
    [6, 7, 8, 1],
    [3, 4, 5],
  ];
  const bands = bootstrapCurves(curves);
  assert.equal(bands.length, 4);
  for (const [x, band] of bands.entries()) {
    assert.deepEqual(band, bootstrap(curves.map((curve) => curve[x] ?? Number.NaN)));
  }
  // Whole curves: three that differ by constants have bands that do, too.
  for (const x of [1, 2]) {
    assert.ok(Math.abs(bands[x]!.low - bands[0]!.low - x) < 1e-12);
    assert.ok(Math.abs(bands[x]!.high - bands[0]!.high - x) < 1e-12);
  }
});
