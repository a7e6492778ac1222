import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objective } from '#dist/meta/objective.js';
import { close } from './close.js';

const crossEntropy = { loss: 2, thetaGradient: Float64Array.of(3, 0, -4) };
const theta = [0.5, 0, -0.25];

describe('objective', () => {
  test('adds lamb * sum |theta| and its subgradient, which is 0 at 0', () => {
    assert.deepEqual(objective(crossEntropy, theta, { lamb: 2 }), { loss: 3.5, gradient: [5, 0, -6] });
  });

  test('clips to the norm before the L1 term is added', () => {
    const { gradient } = objective(crossEntropy, theta, { lamb: 2, clip: 1 });
    close(gradient, [0.6 + 2, 0, -0.8 - 2]);
  });

  test('a shorter gradient is left as it is', () => {
    assert.deepEqual(objective(crossEntropy, theta, { lamb: 0, clip: 5 }).gradient, [3, 0, -4]);
  });

  test('a huge gradient is clipped without overflow', () => {
    const { gradient } = objective({ loss: 1, thetaGradient: [3e300, 4e300] }, [0, 0], { lamb: 0, clip: 10 });
    close(gradient, [6, 8]);
  });

  test('NaN is passed on', () => {
    const { loss, gradient } = objective({ loss: Number.NaN, thetaGradient: [Number.NaN] }, [1], { lamb: 1, clip: 1 });
    assert.deepEqual([loss, ...gradient], [Number.NaN, Number.NaN]);
  });

  test('sees phi = theta / scale: the chain rule first, then the norm, then the L1 term', () => {
    const { loss, gradient } = objective(crossEntropy, theta, { lamb: 2, clip: 1, scale: [4, 1, 0.25] });
    assert.equal(loss, 2 + 2 * (0.125 + 1));
    const norm = Math.hypot(12, -1);
    close(gradient, [12 / norm + 2, 0, -1 / norm - 2]);
  });

  test('a proximal L1 term is in the loss, not in the gradient', () => {
    const whole = objective(crossEntropy, theta, { lamb: 2, l1: 'proximal' });
    assert.deepEqual(whole, { loss: 3.5, gradient: [3, 0, -4] });
  });

  test('a clip of 0 is none', () => {
    assert.deepEqual(objective(crossEntropy, theta, { lamb: 0, clip: 0 }).gradient, [3, 0, -4]);
  });
});
