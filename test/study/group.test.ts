import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrap } from '#dist/stats/bootstrap.js';
import { columnsOf, groupCurve, groupDifference, groupMean } from '#dist/study/group.js';
import { group } from './tables.js';

const seeds = [
  [0.1, 0.2, 0.3, 0.4, 0.5],
  [0.3, 0.3, 0.3, 0.3, 0.3],
  [0.9, 0.1, 0.1, 0.1, 0.3],
];

test('a curve: each seed averaged over the window, then mean and band', () => {
  const curve = groupCurve(group('FA', 'accuracy', seeds), 'accuracy', 3);
  assert.deepEqual(
    curve.map(({ x }) => x),
    [2, 3, 4],
  );
  for (const [i, { mean, low, high }] of curve.entries()) {
    const averages = seeds.map((values) => (values[i]! + values[i + 1]! + values[i + 2]!) / 3);
    const expected = bootstrap(averages);
    for (const [got, wanted] of [
      [mean, expected.mean],
      [low, expected.low],
      [high, expected.high],
    ] as const) {
      assert.ok(Math.abs(got - wanted) < 1e-12);
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
        [3, 3],
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

test('the mean of ends, and a difference of pairs, which is sharper than its parts', () => {
  const a = group('A', 'loss', [[1], [2], [3], [4]]);
  const b = group('B', 'loss', [[0.9], [1.8], [2.9], [3.8]]);
  assert.equal(groupMean(a, { column: 'loss' }).mean, 2.5);
  const { mean, low, high } = groupDifference(a, { column: 'loss' }, b, { column: 'loss' });
  assert.ok(Math.abs(mean - 0.15) < 1e-12);
  assert.ok(low > 0.09 && high < 0.21);
  assert.deepEqual(columnsOf(a), ['loss']);
});
