import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { programCost } from '#dist/plasticity/cost.js';
import { POOL } from '#dist/plasticity/pool.js';
import { parseRule } from '#dist/plasticity/rule.js';

const cost = (...terms: string[]) => programCost(parseRule(terms).program);
const NOTHING = {
  ...{ Wx: 0, Wtp: 0, Bx: 0, Btp: 0, other: 0, rank: 0, decay: false, decayB: false },
  ...{ dense: 0, functions: 0, states: [], e0: false },
};

describe('cost', () => {
  test('of the pool, from its equations', () => {
    // Eqs 14-23: y'W e_pre is (W'y)'e_pre, e'W y_pre is e'z, and Oja's rule is y (y_pre - W'y)'.
    const one = { ...NOTHING, rank: 1 };
    const expected = {
      F0: one,
      F1: { ...one, e0: true },
      F2: { ...one, e0: true },
      F3: { ...NOTHING, decay: true },
      F4: { ...one, e0: true },
      F5: one,
      F6: { ...one, Wtp: 1, e0: true },
      F7: { ...one, Wtp: 1, e0: true },
      F8: { ...one, e0: true },
      F9: { ...one, Wtp: 1 },
    };
    assert.deepEqual(Object.fromEntries(POOL.map(({ name }) => [name, cost(name)])), expected);
  });

  test('terms share what they have in common', () => {
    assert.deepEqual(cost(...POOL.map(({ name }) => name)), { ...NOTHING, Wtp: 1, rank: 3, decay: true, e0: true });
  });

  test('of other terms', () => {
    assert.deepEqual(cost("own = (W e_pre) y_pre'"), { ...NOTHING, Wx: 1, rank: 1, e0: true });
    assert.deepEqual(cost("own = (y' e) W - y y_pre' - e one_pre'"), { ...NOTHING, rank: 2, decay: true });
    assert.deepEqual(cost("own = W y_pre y_pre'"), { ...NOTHING, rank: 1 });
  });
});
