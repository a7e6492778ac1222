import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adamStep, initialState } from '#dist/meta/adam.js';
import { close } from './close.js';

describe('adamStep', () => {
  test('by hand: two steps with gradients 2 and -1, rate 0.1', () => {
    // m = 0.2, v = 0.004; corrected 2 and 4, so the first step is 0.1 * 2 / 2.
    const first = adamStep(initialState([1]), [2], 0.1);
    close(first.m, [0.2]);
    close(first.v, [0.004]);
    close(first.theta, [1 - (0.1 * 2) / (2 + 1e-8)]);
    // m = 0.18 - 0.1 = 0.08, v = 0.003996 + 0.001 = 0.004996; corrected by 1 - 0.81 and 1 - 0.998001.
    const second = adamStep(first, [-1], 0.1);
    close(second.m, [0.08]);
    close(second.v, [0.004996]);
    close(second.theta, [first.theta[0]! - (0.1 * (0.08 / 0.19)) / (Math.sqrt(0.004996 / 0.001999) + 1e-8)]);
    assert.equal(second.step, 2);
  });

  test('agrees with the moments written as sums over all past gradients', () => {
    const gradients = Array.from({ length: 40 }, (_, t) => [Math.sin(3 * t), 1e-6 * Math.cos(t), 1e5 * (t % 3)]);
    let state = initialState([0.1, 0, -2]);
    const expected = [0.1, 0, -2];
    for (let t = 1; t <= gradients.length; t++) {
      state = adamStep(state, gradients[t - 1]!, 1e-3);
      for (let i = 0; i < 3; i++) {
        let m = 0;
        let v = 0;
        for (let k = 1; k <= t; k++) {
          m += (0.1 * 0.9 ** (t - k) * gradients[k - 1]![i]!) / (1 - 0.9 ** t);
          v += (0.001 * 0.999 ** (t - k) * gradients[k - 1]![i]! ** 2) / (1 - 0.999 ** t);
        }
        expected[i]! -= (1e-3 * m) / (Math.sqrt(v) + 1e-8);
      }
      close(state.theta, expected, 1e-11);
    }
  });

  test('leaves the state it is given alone', () => {
    const state = initialState([1, 2]);
    adamStep(state, [1, 1], 1);
    assert.deepEqual(state, { theta: [1, 2], m: [0, 0], v: [0, 0], step: 0 });
  });
});
