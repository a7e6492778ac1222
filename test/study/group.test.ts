import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossedBand, meanBand } from '#dist/stats/band.js';
import { bootstrap } from '#dist/stats/bootstrap.js';
import { bandWords, columnsOf, groupCurve, groupDifference, groupMean, sizeOf, troublesOf } from '#dist/study/group.js';
import { group } from './tables.js';

const seeds = [
  [0.1, 0.2, 0.3, 0.4, 0.5],
  [0.3, 0.3, 0.3, 0.3, 0.3],
  [0.9, 0.1, 0.1, 0.1, 0.3],
  [0.2, 0.5, 0.1, 0.6, 0.2],
];

test('a curve: each seed averaged over the window, then mean and band', () => {
  for (const [kind, band] of [
    ['student', meanBand],
    ['bootstrap', bootstrap],
  ] as const) {
    const curve = groupCurve(group('FA', 'accuracy', seeds), 'accuracy', 3, kind);
    assert.deepEqual(
      curve.map(({ x }) => x),
      [2, 3, 4],
    );
    for (const [i, { mean, low, high }] of curve.entries()) {
      const expected = band(seeds.map((values) => (values[i]! + values[i + 1]! + values[i + 2]!) / 3));
      for (const [got, wanted] of [
        [mean, expected.mean],
        [low, expected.low],
        [high, expected.high],
      ] as const) {
        assert.ok(Math.abs(got - wanted) < 1e-12);
      }
    }
  }
});

test('coefficients are not averaged, a window longer than the run is the run', () => {
  assert.equal(groupCurve(group('FA', 'theta F0', seeds), 'theta F0', 3).length, 5);
  const [only, ...rest] = groupCurve(group('FA', 'loss', seeds), 'loss', 50);
  assert.equal(rest.length, 0);
  assert.equal(only!.x, 3);
});

test('a seed that stopped early is missing from there on', () => {
  const curve = groupCurve(
    group(
      'FA',
      'loss',
      [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [1, 1, 1, 1],
        [5, 5],
      ],
      1,
    ),
    'loss',
    1,
  );
  assert.deepEqual(
    curve.map(({ mean }) => mean),
    [2, 2, 1, 1],
  );
  assert.ok(Number.isNaN(curve[3]!.low) && Number.isFinite(curve[1]!.low));
});

test('runs that share their tasks: bands are over both, not as if all were independent', () => {
  const cells = [1, 2, 3, 5, 4, 5, 6, 7, 3, 4, 6, 6, 8, 9, 9, 11];
  const crossed = {
    ...group(
      'A',
      'loss',
      cells.map((value) => [value]),
    ),
    runs: 4,
  };
  const rows = [0, 4, 8, 12].map((i) => cells.slice(i, i + 4));
  assert.deepEqual(groupMean(crossed, { column: 'loss' }), crossedBand(rows));
  const { low, high } = groupCurve(crossed, 'loss', 1)[0]!;
  assert.deepEqual([low, high], [crossedBand(rows).low, crossedBand(rows).high]);
  const { low: naive } = meanBand(cells);
  assert.ok(low < naive);
  assert.deepEqual([sizeOf(crossed), bandWords(crossed)], ['4 runs x 4 tasks', 'over runs and tasks']);
  assert.equal(bandWords({ ...crossed, runs: 2 }), 'over tasks');
});

test('names who came to no good end, and counts where they are many', () => {
  const seeds = (n: number, diverged: number) => group('A', 'loss', Array(n).fill([1]), diverged);
  assert.equal(troublesOf(seeds(5, 2)), 'seed 4 diverged, seed 5 diverged');
  assert.equal(troublesOf(seeds(5, 0)), '');
  assert.equal(troublesOf(seeds(20, 9)), '9 diverged');
});

test('the mean of ends, and a difference of pairs, which is sharper than its parts', () => {
  const a = group('A', 'loss', [[1], [2], [3], [4]]);
  const b = group('B', 'loss', [[0.9], [1.8], [2.9], [3.8]]);
  assert.equal(groupMean(a, { column: 'loss' }).mean, 2.5);
  const { mean, low, high } = groupDifference(a, { column: 'loss' }, b, { column: 'loss' });
  assert.ok(Math.abs(mean - 0.15) < 1e-12);
  const whole = groupMean(a, { column: 'loss' });
  assert.ok(low < 0.15 && high > 0.15 && high - low < 0.1 * (whole.high - whole.low));
  assert.deepEqual(columnsOf(a), ['loss']);
});
