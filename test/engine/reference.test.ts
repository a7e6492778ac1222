import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Episode, Images, Numbers } from '#dist/engine/episode.js';
import { Matrix } from '#dist/engine/reference/matrix.js';
import { errors, forward, step } from '#dist/engine/reference/step.js';
import { copyOf } from '#dist/engine/reference/table.js';
import { feedbackShapes, matrixShapes } from '#dist/network/layers.js';
import { POOL } from '#dist/plasticity/pool.js';
import { layerPrograms, parseRule } from '#dist/plasticity/rule.js';
import { perLayer, realEpisodes, realGolden, syntheticEpisodes } from '../golden/episodes.ts';
import { formula, placedFormulas, placedRule } from '../plasticity/formulas.ts';
import { assertClose, checkGradient, run } from './check-gradient.ts';
import { episodeShape, noise, randomEpisode, withMatrices, withNetwork } from './random-episode.ts';

describe('golden episodes', () => {
  const check = async ({ episode, terms, theta, lamb, expected, rounded }: ReturnType<typeof syntheticEpisodes>[0]) => {
    const result = await run(episode, parseRule(terms), theta);
    const l1 = lamb * theta.reduce((sum, value) => sum + Math.abs(value), 0);
    assertClose(result.loss + l1, expected.loss, 1e-9 * expected.loss, 'loss');
    assert.equal(result.accuracy, expected.accuracy);
    expected.thetaGradient.forEach((value, i) => {
      const gradient = result.thetaGradient[i]! + lamb * Math.sign(theta[i]!);
      assertClose(gradient, value, 1e-9 * Math.abs(value), `gradient of ${terms[i]}`);
    });
    // The rounded angles were made by an arc cosine, which is blind below 2e-6 degrees.
    expected.angles.forEach((value, l) => {
      assertClose(result.angles[l]!, value, rounded ? 2.5e-6 : 1e-6, `angle ${l}`);
    });
    expected.orthonormality.forEach((value, l) => {
      assertClose(result.orthonormality[l]!, value, 1e-9 * value + (rounded ? 5e-7 : 0), `orthonormality ${l + 1}`);
    });
  };
  for (const golden of syntheticEpisodes()) test(`synthetic ${golden.name}`, () => check(golden));
  test('with a coefficient a layer the gradients add up to the golden one', async () => {
    for (const golden of syntheticEpisodes().filter(({ episode }) => episode.train.labels.length <= 100)) {
      const { episode, rule, theta, together } = perLayer(golden);
      const { loss, thetaGradient } = await run(episode, rule, theta);
      const plain = await run(episode, parseRule(golden.terms), golden.theta);
      assert.equal(loss, plain.loss);
      together(thetaGradient).forEach((value, r) => {
        assertClose(value, plain.thetaGradient[r]!, 1e-9 * Math.abs(value), `gradient of ${golden.terms[r]}`);
      });
    }
  });
  test('real EMNIST', { skip: !realGolden && 'needs the golden episodes beside the project' }, async (t) => {
    for (const golden of realEpisodes()) await t.test(golden.name, () => check(golden));
  });
});

describe('gradient by central differences', () => {
  for (const { name } of POOL)
    test(`pool term ${name} beside F0, at theta = 0 and elsewhere, both feedbacks`, async () => {
      const rule = parseRule(name === 'F0' ? ['F0'] : ['F0', name]);
      for (const feedback of ['fix', 'sym'] as const)
        for (const value of [0, 0.02, -0.03]) {
          const theta = Float64Array.from(rule.terms, (_, r) => (r === 0 && rule.terms.length > 1 ? 0.05 : value));
          await checkGradient({ layers: [6, 5, 4, 3], feedback, train: 20, query: 3, seed: 5 }, rule, theta);
        }
    });

  test('random formulas on random networks', async () => {
    await fc.assert(
      fc.asyncProperty(
        episodeShape,
        fc.array(formula, { minLength: 1, maxLength: 3 }),
        fc.nat(1e6),
        async (shape, formulas, seed) => {
          const draw = noise(seed);
          const rule = parseRule(['F0', ...formulas.map((text, i) => `t${i} = ${text}`)]);
          await checkGradient(
            shape,
            rule,
            Float64Array.from(rule.terms, () => 0.02 * draw()),
          );
        },
      ),
      { seed: 3, numRuns: 400 },
    );
  });

  test('random formulas in random layers of random networks', async () => {
    await fc.assert(
      fc.asyncProperty(episodeShape, placedFormulas, fc.nat(1e6), async (shape, formulas, seed) => {
        const draw = noise(seed);
        const rule = placedRule(formulas, shape.layers.length - 1);
        await checkGradient(
          shape,
          rule,
          Float64Array.from(rule.terms, () => 0.02 * draw()),
        );
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test('decay that wipes the weights out (1 + a = 0) and decay over many blocks', async () => {
    const rule = parseRule(['F0', 'F3', 'F2']);
    for (const decay of [1, 0.1, -0.01])
      for (const feedback of ['fix', 'sym'] as const)
        await checkGradient(
          { layers: [5, 4, 3], feedback, train: 40, query: 3, seed: 9 },
          rule,
          Float64Array.of(0.1, decay, -0.05),
        );
  });
});

describe('sign feedback', () => {
  test('the gradient is that of the loss with the signs of every step held as they were', async () => {
    for (const seed of [1, 2, 3]) {
      const layers = [7, 6, 5, 4];
      const episode = randomEpisode({ layers, feedback: 'sign', train: 15, query: 3, seed });
      const rule = parseRule(['F0', 'F2@2,3', 'F9']);
      const theta = Float64Array.of(0.3, -0.1, 0.02);
      const programs = layerPrograms(rule, 3);
      const { weights, feedbackWeights } = episode.matrices.given;
      const matrices = (list: readonly Numbers[]) => matrixShapes(layers).map((shape, l) => Matrix.of(shape, list[l]!));
      const B0 = matrices(feedbackWeights!);
      const images = ({ pixels, labels }: Images) =>
        Array.from(labels, (label, t) => ({
          label,
          input: Float64Array.from(pixels.subarray(7 * t, 7 * (t + 1)), (p) => p / 255),
        }));
      /** The loss; `held` are the feedback matrices of each step, which are made from the signs of W where there are none yet. */
      const lossAt = (theta: Float64Array, held: Matrix[][]): number => {
        const network = { layers, beta: 10, feedback: 'fix' } as const;
        let W = matrices(weights);
        for (const [t, shown] of images(episode.train).entries()) {
          held[t] ??= B0.map((b, l) => {
            const data = b.data.map((value, i) => Math.abs(value) * (W[l]!.data[i]! > 0 ? 1 : -1));
            return new Matrix(b.rows, b.columns, data);
          });
          const state = W.map((w, l) => ({ vectors: {}, matrices: { W: w, B: held[t]![l]! } }));
          const next = state.map(copyOf);
          step(network, programs, theta, shown, state, next);
          W = next.map((table) => table.matrices.W!);
        }
        const query = images(episode.query).map((shown) => forward(network, W, shown));
        return query.reduce((sum, { y }, q) => sum - Math.log(y[3]![episode.query.labels[q]!]!) / 3, 0);
      };
      const held: Matrix[][] = [];
      const loss = lossAt(theta, held);
      const result = await run(episode, rule, theta);
      assertClose(result.loss, loss, 1e-12 * loss, 'loss');
      for (let r = 0; r < 3; r++) {
        const at = (h: number) => lossAt(theta.with(r, theta[r]! + h), held);
        const expected = (8 * (at(1e-4) - at(-1e-4)) - (at(2e-4) - at(-2e-4))) / 12e-4;
        assertClose(result.thetaGradient[r]!, expected, 1e-7 * (1 + Math.abs(expected)), `gradient ${r}`);
      }
    }
  });
});

describe('edges', () => {
  test('dfa: e_l comes straight from e_L, and equals fix where there is no hidden layer or one', async () => {
    const rule = parseRule(['F0', 'F2', 'F9']);
    const theta = Float64Array.of(0.05, -0.02, 0.01);
    const direct = randomEpisode({ layers: [9, 4], feedback: 'dfa', train: 20, query: 3, seed: 6 });
    assert.deepEqual(await run(direct, rule, theta), await run(withNetwork(direct, { feedback: 'fix' }), rule, theta));
    // e_0 of a network with a hidden layer would differ: this rule does not ask for it in layer 1.
    const hidden = randomEpisode({ layers: [9, 6, 4], feedback: 'dfa', train: 20, query: 3, seed: 6 });
    const fix = withNetwork(
      withMatrices(hidden, {
        feedbackWeights: [new Float32Array(54), hidden.matrices.given.feedbackWeights![1]!],
      }),
      { feedback: 'fix' },
    );
    const upper = parseRule(['F0', 'F2@2', 'F9']);
    assert.deepEqual((await run(hidden, upper, theta)).thetaGradient, (await run(fix, upper, theta)).thetaGradient);
    // By hand: the first layer's update is -theta e_1 y_0' with e_1 = (D_1'e_L) .* g_1, seen in one step's W_1.
    const { given } = randomEpisode({ layers: [9, 6, 5, 4], feedback: 'dfa', train: 1, query: 1, seed: 2 }).matrices;
    const D = feedbackShapes([9, 6, 5, 4], 'dfa').map((shape, l) => Matrix.of(shape, given.feedbackWeights![l]!));
    const y = [9, 6, 5, 4].map((n, l) => Float64Array.from({ length: n }, (_, i) => 0.1 + ((i + l) % 3) / 7));
    const g = y.map((values) => values.map((value) => 1 - Math.exp(-10 * value)));
    const e = errors(D, { y, g }, 1, 0, true);
    for (const l of [0, 1, 2])
      e[l]!.forEach((value, i) => {
        const back = e[3]!.reduce((sum, error, k) => sum + D[l]!.data[k * D[l]!.columns + i]! * error, 0);
        assertClose(value, back * (1 - Math.exp(-10 * y[l]![i]!)), 1e-14, `e_${l}`);
      });
  });

  test('a layer where no term applies does not learn, and one coefficient in all layers is the plain rule', async () => {
    const episode = randomEpisode({ layers: [9, 6, 4, 3], feedback: 'fix', train: 20, query: 3, seed: 6 });
    const theta = Float64Array.of(0.05, -0.02);
    assert.deepEqual(
      await run(episode, parseRule(['F0@1,2,3', 'F2@1,2,3']), theta),
      await run(episode, parseRule(['F0', 'F2']), theta),
    );
    // Without its terms layer 2 is as with coefficients of zero there.
    const zero = await run(
      episode,
      parseRule(['F0@1,3', 'F2', 'F0@2'], { layerCount: 3 }),
      Float64Array.of(0.05, -0.02, 0),
    );
    const none = await run(episode, parseRule(['F0@1,3', 'F2'], { layerCount: 3 }), theta);
    assert.equal(none.loss, zero.loss);
    assert.deepEqual(none.thetaGradient, zero.thetaGradient.subarray(0, 2));
    const still = await run(episode, parseRule(['F0@2'], { layerCount: 3 }), Float64Array.of(0));
    const { orthonormality } = await run(episode, parseRule(['F0@2']), Float64Array.of(0.05));
    assert.equal(orthonormality[0], still.orthonormality[0]);
    assert.notEqual(orthonormality[1], still.orthonormality[1]);
  });

  test('a diverged episode yields NaN, and the next one is unaffected', async () => {
    const rule = parseRule(['F0', 'F9']);
    const episode = randomEpisode({ layers: [9, 6, 4], feedback: 'fix', train: 60, query: 3, seed: 1 });
    const good = Float64Array.of(0.01, 0.001);
    const before = await run(episode, rule, good);
    const diverged = await run(episode, rule, Float64Array.of(1e3, 1e3));
    assert.ok(Number.isNaN(diverged.loss));
    assert.equal(diverged.accuracy, 0);
    assert.deepEqual(await run(episode, rule, good), before);
  });

  test('sym: the feedback path is the exact one, so every angle is 0', async () => {
    const episode = randomEpisode({ layers: [9, 6, 4, 3], feedback: 'sym', train: 10, query: 3, seed: 2 });
    const { angles } = await run(episode, parseRule(['F0']), Float64Array.of(0.01));
    assert.deepEqual([...angles], [0, 0, 0, 0]);
  });

  test('refuses episodes that do not fit, in a sentence', async () => {
    const rule = parseRule(['F0']);
    const theta = Float64Array.of(0.01);
    const good = randomEpisode({ layers: [4, 3, 2], feedback: 'fix', train: 2, query: 1, seed: 3 });
    const { weights } = good.matrices.given;
    const bad: [Episode, Float64Array, RegExp][] = [
      [good, Float64Array.of(1, 2), /the rule has 1 coefficients \(F0\) but theta has 2 coefficients/],
      [withNetwork(good, { layers: [4, 3, 3] }), theta, /weights\[1\] must be 3 x 3, but has 6 elements/],
      [{ ...good, matrices: { given: { weights } } }, theta, /feedbackWeights must hold 2 matrices, not 0/],
      [
        { ...good, train: { ...good.train, labels: Uint8Array.of(0, 2) } },
        theta,
        /the train labels hold 2, but the network has 2 outputs/,
      ],
      [{ ...good, query: { ...good.query, pixels: new Uint8Array(3) } }, theta, /the query images must be 1 x 4 bytes/],
      [
        { ...good, train: { ...good.train, positions: Int32Array.of(0, 2) } },
        theta,
        /the train images have no position 2/,
      ],
      [withNetwork(good, { feedback: 'dfa' }), theta, /feedbackWeights\[0\] must be 2 x 4, but has 12 elements/],
      [
        withNetwork(good, { feedback: 'none' as 'fix' }),
        theta,
        /feedback must be fix or sym or dfa or sign or plastic, not 'none'/,
      ],
      [withNetwork(good, { beta: Number.NaN }), theta, /beta must be a positive number/],
      [withNetwork(good, { gain: 0 }), theta, /gain must be a positive number/],
      [withNetwork(good, { noise: -1 }), theta, /noise must be a number of at least 0/],
    ];
    await assert.rejects(
      run(good, parseRule(['F0@3']), theta),
      /^RangeError: the term 'F0@3' is for layer 3, but the network has layers 1 to 2$/,
    );
    for (const [episode, coefficients, message] of bad) await assert.rejects(run(episode, rule, coefficients), message);
  });
});
