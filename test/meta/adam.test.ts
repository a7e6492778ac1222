import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adamStep, initialState, power } from '#dist/meta/adam.js';
import { close } from './close.js';

describe('adamStep', () => {
  test('by hand: two steps with gradients 2 and -1, rate 0.1', () => {
    // m = 0.2, v = 0.004; corrected 2 and 4, so the first step is 0.1 * 2 / 2.
    const first = adamStep(initialState([1]), [2], { learningRate: 0.1 });
    close(first.m, [0.2]);
    close(first.v, [0.004]);
    close(first.theta, [1 - (0.1 * 2) / (2 + 1e-8)]);
    // m = 0.18 - 0.1 = 0.08, v = 0.003996 + 0.001 = 0.004996; corrected by 1 - 0.81 and 1 - 0.998001.
    const second = adamStep(first, [-1], { learningRate: 0.1 });
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
      state = adamStep(state, gradients[t - 1]!, { learningRate: 1e-3 });
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
    adamStep(state, [1, 1], { learningRate: 1 });
    assert.deepEqual(state, { theta: [1, 2], m: [0, 0], v: [0, 0], step: 0 });
  });

  test('theta = scale * phi: the same steps as plain Adam on phi', () => {
    const scale = [1, 0.038, 4];
    let theta = initialState([0.1, 0.2, -2]);
    let phi = initialState(theta.theta.map((t, i) => t / scale[i]!));
    for (let t = 1; t <= 30; t++) {
      const gradient = [Math.sin(t), 30 + t, -1 / t];
      theta = adamStep(theta, gradient, { learningRate: 1e-3, scale });
      phi = adamStep(phi, gradient, { learningRate: 1e-3 });
      close(
        theta.theta,
        phi.theta.map((p, i) => scale[i]! * p),
        1e-12,
      );
      assert.deepEqual([theta.m, theta.v], [phi.m, phi.v]);
    }
  });
});

describe('the proximal step', () => {
  /** Steps down sum of (theta_i - target_i)^2 / 2 + shrink * sum |theta_i / scale_i|; where each coefficient went. */
  const descend = (start: number[], target: number[], scale: number[], shrink: number) => {
    let state = initialState(start);
    const path = [];
    for (let t = 0; t < 4000; t++) {
      const gradient = state.theta.map((theta, i) => scale[i]! * (theta - target[i]!));
      state = adamStep(state, gradient, { learningRate: 1e-2, scale, shrink });
      path.push(state.theta);
    }
    return path;
  };

  test('rests at the minimiser of loss + L1: exact zeros where the loss pulls less than L1', () => {
    // The minimiser shrinks each target by shrink / scale, to no further than 0.
    const end = descend([0, 0.5, -0.5, 1], [2, 0.3, -0.3, -1.5], [1, 1, 1, 0.5], 0.5).at(-1)!;
    close(end, [1.5, 0, 0, -0.5], 1e-6);
    assert.deepEqual(end.slice(1, 3), [0, 0]);
  });

  test('stops at 0, not beyond it, and leaves it for a stronger pull', () => {
    const path = descend([0.05, 0], [0, 3], [1, 1], 1);
    assert.ok(path.every(([first]) => first! >= 0));
    assert.ok(path.some(([first]) => Object.is(first, 0)));
    assert.ok(path.at(-1)![1]! > 1.9);
  });

  test('a shrink of 0 is plain Adam', () => {
    const options = { learningRate: 0.1 };
    const state = initialState([1, -1]);
    assert.deepEqual(adamStep(state, [3, 0], { ...options, shrink: 0 }), adamStep(state, [3, 0], options));
  });
});

test('power is what it says, to the last bits', () => {
  for (let n = 0; n <= 60; n++) assert.equal(power(2, n), 2 ** n);
  for (const base of [0.9, 0.999]) {
    let product = 1;
    for (let n = 0; n <= 5000; n++, product *= base)
      assert.ok(Math.abs(power(base, n) - product) <= n * 2 ** -53 * product, `${base}^${n}`);
  }
});
