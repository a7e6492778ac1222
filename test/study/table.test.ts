import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarise } from '#dist/report/summary.js';
import { columnMean, trainingTable } from '#dist/study/table.js';
import { record, records } from '../report/records.js';

test('the columns of a run, by name', () => {
  const run = [record(1, { theta: [0.1, 0.2] }), record(2, { theta: [0.3, 0.4], accuracy: 0.5 })];
  const { x, columns } = trainingTable(run, ['F0', 'F2@1']);
  assert.deepEqual(x, [1, 2]);
  assert.deepEqual(
    [...columns.keys()],
    [
      ...['accuracy', 'loss', 'theta F0', 'theta F2@1'],
      ...['angle 0', 'angle 1', 'angle 2', 'angle 3', 'angle 4'],
      ...['orthonormality 1', 'orthonormality 2', 'orthonormality 3', 'orthonormality 4', 'orthonormality 5'],
    ],
  );
  assert.deepEqual(columns.get('theta F2@1'), [0.2, 0.4]);
  assert.equal(columns.get('accuracy')![1], 0.5);
  assert.deepEqual(columns.get('angle 2'), [70, 70]);
  assert.deepEqual(columns.get('orthonormality 2'), [0.4, 0.4]);
});

test("constants have columns of their own, which end as a run's summary says", () => {
  const run = records(60, (n) => ({ theta: [1e-3, n] }));
  const table = trainingTable(run, ['F0'], ['c']);
  assert.deepEqual(table.columns.get('theta F0')![59], 1e-3);
  assert.equal(columnMean(table, 'constant c'), 35.5);
});

test('outcomes of episodes that diverged are missing, their coefficients are not', () => {
  const { columns } = trainingTable([record(1), record(2, { skipped: true }), record(3, { loss: Number.NaN })], ['F0']);
  for (const name of ['accuracy', 'loss', 'angle 1', 'orthonormality 1']) {
    assert.deepEqual(columns.get(name)!.map(Number.isNaN), [false, true, true], name);
  }
  assert.deepEqual(columns.get('theta F0'), [1e-3, 1e-3, 1e-3]);
});

test("a column's end is what the run's summary says", () => {
  const run = records(250, (n) => ({ theta: [n / 1e4], skipped: n % 30 === 0 }));
  const [table, summary] = [trainingTable(run, ['F0']), summarise(run, ['F0'])];
  assert.ok(Math.abs(columnMean(table, 'accuracy') - summary.accuracy) < 1e-12);
  assert.ok(Math.abs(columnMean(table, 'theta F0') - summary.theta[0]!.mean) < 1e-12);
  assert.equal(columnMean(table, 'theta F0', [11, 13]), 12 / 1e4);
  assert.ok(Number.isNaN(columnMean(table, 'theta F0', [251, 300])));
  assert.ok(Number.isNaN(columnMean(table, 'theta F9')));
});
