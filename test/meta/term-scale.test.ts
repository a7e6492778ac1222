import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Matrix } from '#dist/engine/reference/matrix.js';
import { errors, forward } from '#dist/engine/reference/step.js';
import { automaticScale, termNorms } from '#dist/meta/term-scale.js';
import { parseRule } from '#dist/plasticity/rule.js';
import { randomEpisode } from '../engine/random-episode.js';
import { close } from './close.js';

const episode = (seed: number, feedback: 'fix' | 'sym' = 'fix') =>
  randomEpisode({ layers: [6, 5, 4, 3], feedback, train: 3, query: 1, seed });

describe('termNorms', () => {
  for (const feedback of ['fix', 'sym'] as const)
    test(`${feedback}: by the terms' own formulas on fresh networks`, () => {
      const episodes = [episode(1, feedback), episode(2, feedback)];
      const square = { F0: 0, F2: 0, F3: 0, F5: 0 };
      const norm2 = (x: Iterable<number>) => Array.from(x).reduce((sum, value) => sum + value * value, 0);
      for (const {
        network,
        matrices: { given },
        train,
      } of episodes) {
        const { layers } = network;
        const { weights, feedbackWeights } = given;
        const matrices = (list: typeof weights) =>
          list.map((data, l) => new Matrix(layers[l + 1]!, layers[l]!, Float64Array.from(data)));
        const W = matrices(weights);
        const B = matrices(feedbackWeights ?? weights);
        for (const [t, label] of train.labels.entries()) {
          const input = Float64Array.from(train.pixels.subarray(6 * t, 6 * t + 6), (pixel) => pixel / 255);
          const activity = forward(network, W, { input });
          const { y } = activity;
          const e = errors(B, activity, label);
          for (let l = 1; l <= 3; l++) {
            // || u v' || = |u| |v|; each of the 2 x 3 images counts alike.
            const sum = y[l]!.reduce((a, b) => a + b, 0);
            square.F0 += (norm2(e[l]!) * norm2(y[l - 1]!)) / 6;
            square.F2 += (norm2(e[l]!) * norm2(e[l - 1]!)) / 6;
            square.F3 += norm2(weights[l - 1]!) / 6;
            square.F5 += (sum ** 2 * norm2(e[l]!) * norm2(y[l - 1]!)) / 6;
          }
        }
      }
      const names = ['F0', 'F2', 'F3', 'F5'] as const;
      close(
        termNorms(parseRule(names), episodes),
        names.map((name) => Math.sqrt(square[name])),
        1e-12,
      );
    });

  test('leaves the episode as it is', () => {
    const given = episode(3);
    termNorms(parseRule(['F0', 'F3']), [given]);
    assert.deepEqual(given, episode(3));
  });
});

describe('automaticScale', () => {
  const episodes = [episode(4), episode(5)];

  test('brings large terms down to F0, to two digits, and leaves small ones alone', () => {
    const rule = parseRule(['F0', "forty = 40 e y_pre'", "three = 3 e y_pre'", "tiny = 0.001 e y_pre'", 'none = 0 W']);
    assert.deepEqual(automaticScale(rule, episodes), [1, 0.025, 0.33, 1, 1]);
  });

  test('is 1 for a term whose norm is not finite, and without F0 to measure by', () => {
    const rule = parseRule(['F0', "huge = 1e308 e y_pre' 1e308"]);
    assert.deepEqual(automaticScale(rule, episodes), [1, 1]);
    assert.deepEqual(automaticScale(parseRule(['F3']), episodes), [1]);
  });
});
