import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { stream } from '#dist/random/stream.js';
import { crossedBand, MIN_FOR_BAND, meanBand } from '#dist/stats/band.js';

const random = stream('bands');
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const list = (n: number, draw: () => number) => Array.from({ length: n }, draw);

/** Part of so many repeats whose band holds 0. */
function coverage(repeats: number, band: () => { low: number; high: number }): number {
  const hits = list(repeats, () => {
    const { low, high } = band();
    return low <= 0 && high >= 0 ? 1 : 0;
  });
  return hits.reduce((sum, hit) => sum + hit, 0) / repeats;
}

describe('the mean of seeds', () => {
  test('its 98 % band holds the true mean 98 times of 100, however few seeds there are', () => {
    for (const n of [4, 5, 8, 20]) {
      const covered = coverage(3000, () => meanBand(list(n, normal)));
      assert.ok(covered > 0.97 && covered < 0.99, `${n} seeds: ${covered}`); // 4 standard errors on either side
    }
  });

  test("is Student's: mean +- t s / sqrt(n)", () => {
    const { mean, low, high, count, total } = meanBand([1, 2, 3, 4, Number.NaN]);
    const reach = 4.540702858568133 * Math.sqrt(5 / 3 / 4);
    assert.deepEqual([mean, count, total], [2.5, 4, 5]);
    assert.ok(Math.abs(high - 2.5 - reach) < 1e-9 && Math.abs(2.5 - low - reach) < 1e-9);
  });

  test('there is none of fewer than four', () => {
    for (const values of [[1, 2, 3], [1, 2, 3, Number.NaN], [3], []]) {
      const { low, high } = meanBand(values);
      assert.ok(Number.isNaN(low) && Number.isNaN(high));
    }
    assert.deepEqual(meanBand([2, 2, 2, 2]), { mean: 2, low: 2, high: 2, count: 4, total: 4 });
  });
});

describe('the mean of runs that are all tried on the same tasks', () => {
  const table = (runs: number, tasks: number, [ofRuns, ofTasks, ofCells]: readonly [number, number, number]) => {
    const task = list(tasks, () => ofTasks * normal());
    return Array.from({ length: runs }, () => {
      const run = ofRuns * normal();
      return task.map((value) => value + run + ofCells * normal());
    });
  };

  test('its 98 % band holds the true mean in 96.5 to 99.5 % of cases, whatever differs more', () => {
    for (const runs of [5, 10, 20]) {
      for (const tasks of [10, 20]) {
        for (const spread of [
          [1, 1, 1],
          [0.2, 1, 1],
          [1, 0.2, 1],
        ] as const) {
          const covered = coverage(1500, () => crossedBand(table(runs, tasks, spread)));
          assert.ok(covered >= 0.965 && covered <= 0.995, `${runs} runs, ${tasks} tasks, ${spread}: ${covered}`);
        }
      }
    }
  });

  test('as if all were independent, it would hold it far more rarely', () => {
    assert.ok(coverage(500, () => meanBand(table(7, 10, [0.2, 1, 1]).flat())) < 0.85);
  });

  test('fewer than four runs, or tasks, are taken as they are: the band is about these', () => {
    const rows = [
      [1, 2, 3, 4, 6],
      [2, 3, 5, 5, 7],
    ];
    const perTask = [1.5, 2.5, 4, 4.5, 6.5];
    const { mean, low, high, count } = crossedBand(rows);
    const expected = meanBand(perTask);
    assert.ok(Math.abs(mean - expected.mean) + Math.abs(low - expected.low) + Math.abs(high - expected.high) < 1e-9);
    assert.equal(count, 10);
    assert.ok(Math.abs(crossedBand([rows[0]!]).low - meanBand(rows[0]!).low) < 1e-9);
    const perRun = [[1], [2], [4], [5]];
    assert.ok(Math.abs(crossedBand(perRun).high - meanBand(perRun.flat()).high) < 1e-9);
    assert.ok(Number.isNaN(crossedBand([[1, 2, 3]]).low));
  });

  test('a cell that is missing is left out, and the band hardly changes', () => {
    const rows = table(6, 8, [1, 1, 1]);
    const whole = crossedBand(rows);
    const { mean, low, high, count, total } = crossedBand(rows.with(2, rows[2]!.with(3, Number.NaN)));
    const cells = rows.flat().filter((_, i) => i !== 2 * 8 + 3);
    assert.ok(Math.abs(mean - cells.reduce((a, b) => a + b) / 47) < 1e-12);
    assert.deepEqual([count, total], [47, 48]);
    assert.ok(Math.abs((high - low) / (whole.high - whole.low) - 1) < 0.2);
  });

  test('lies around the mean, which moves with the numbers, and grows with them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), {
          minLength: MIN_FOR_BAND,
          maxLength: 7,
        }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (rows, shift) => {
          const { mean, low, high } = crossedBand(rows);
          assert.ok(low <= mean && mean <= high);
          const moved = crossedBand(rows.map((row) => row.map((value) => value + shift)));
          assert.ok(Math.abs(moved.mean - mean - shift) < 1e-9);
          const grown = crossedBand(rows.map((row) => row.map((value) => 4 * value)));
          assert.ok(Math.abs(grown.high - grown.low - 4 * (high - low)) <= 1e-12 * (high - low));
        },
      ),
    );
  });
});
