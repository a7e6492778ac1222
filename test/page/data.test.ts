import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PageRun, shrink } from '#dist/page/data.js';

const runOf = (rows: number): PageRun => {
  const x = Array.from({ length: rows }, (_, i) => i + 1);
  const columns = { loss: x.map((n) => (n === 2 ? null : n / 7)), 'theta F0': x.map((n) => n / 7e5) };
  return {
    name: '',
    facts: {},
    origin: {},
    terms: [],
    xLabel: '',
    x,
    columns,
    ends: { loss: 1 / 7 },
    endRows: 1,
    trouble: [],
  };
};

test('few numbers stay as they are; of many, curves are rounded, coefficients less, and ends not at all', () => {
  const small = [runOf(100)];
  assert.deepEqual(shrink(small), { runs: small, block: 1 });
  const { digits, block, runs } = shrink(Array.from({ length: 10 }, () => runOf(20_000)));
  assert.deepEqual([digits, block], [4, 1]);
  assert.deepEqual(runs[0]!.columns.loss!.slice(0, 3), [0.1429, null, 0.4286]);
  assert.deepEqual(runs[0]!.columns['theta F0']![0], 1.42857e-6);
  assert.deepEqual(runs[0]!.ends, { loss: 1 / 7 });
});

test('of very many, neighbours are averaged, and what is missing is left out', () => {
  const { block, runs } = shrink(Array.from({ length: 10 }, () => runOf(70_000)));
  assert.equal(block, 2);
  assert.deepEqual(runs[0]!.x.slice(0, 2), [1.5, 3.5]);
  assert.deepEqual(runs[0]!.columns.loss!.slice(0, 2), [0.1429, 0.5]);
});
