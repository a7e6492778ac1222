import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLayers, matrixShapes } from '#dist/network/layers.js';

test("the paper's network", () => {
  assert.deepEqual(defaultLayers(784, 47), [784, 170, 130, 100, 70, 47]);
});

test('W_l is n_l x n_{l-1}', () => {
  assert.deepEqual(matrixShapes([5, 3, 2]), [
    { rows: 3, columns: 5 },
    { rows: 2, columns: 3 },
  ]);
});
