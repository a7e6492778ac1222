import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createEngine } from '#dist/engine/create.js';
import type { Episode } from '#dist/engine/engine.js';
import { POOL } from '#dist/plasticity/pool.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { perLayer, realEpisodes, realGolden, syntheticEpisodes } from '../golden/episodes.ts';
import { formula, place, placedTerm } from '../plasticity/formulas.ts';
import { type EpisodeShape, episodeShape, noise, randomEpisode } from './random-episode.ts';

const engine = await createEngine('reference');
const run = async (episode: Episode, rule: Rule, theta: Float64Array) =>
  (await engine.run([episode], rule, [theta]))[0]!;

const assertClose = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);

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
    for (const golden of syntheticEpisodes()) {
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

/** Compares the gradient with differences of fourth order; theta of every term moves alone. */
async function checkGradient(shape: EpisodeShape, rule: Rule, theta: Float64Array): Promise<void> {
  const episode = randomEpisode(shape);
  const { loss, thetaGradient } = await run(episode, rule, theta);
  if (!(Math.abs(loss) < 1e3)) return; // Diverged: differences say nothing.
  for (let r = 0; r < theta.length; r++) {
    const at = async (h: number) => {
      const moved = theta.slice();
      moved[r]! += h;
      return (await run(episode, rule, moved)).loss;
    };
    const difference = async (h: number) =>
      (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
    const expected = await difference(1e-4);
    // Where two step lengths disagree, the loss is too curved for differences to be the judge.
    const doubt = Math.abs(expected - (await difference(5e-5)));
    const scale = Math.max(1, Math.abs(expected));
    assertClose(thetaGradient[r]!, expected, 1e-7 * scale + 4 * doubt, `gradient ${r}`);
  }
}

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
      fc.asyncProperty(
        episodeShape,
        fc.array(fc.tuple(formula, place), { minLength: 1, maxLength: 3 }),
        fc.nat(1e6),
        async (shape, terms, seed) => {
          const draw = noise(seed);
          const L = shape.layers.length - 1;
          const rule = parseRule(
            terms.map(([text, bits], i) => placedTerm(`t${i}`, text, bits, L)),
            L,
          );
          await checkGradient(
            shape,
            rule,
            Float64Array.from(rule.terms, () => 0.02 * draw()),
          );
        },
      ),
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

describe('edges', () => {
  test('a layer where no term applies does not learn, and one coefficient in all layers is the plain rule', async () => {
    const episode = randomEpisode({ layers: [9, 6, 4, 3], feedback: 'fix', train: 20, query: 3, seed: 6 });
    const theta = Float64Array.of(0.05, -0.02);
    assert.deepEqual(
      await run(episode, parseRule(['F0@1,2,3', 'F2@1,2,3']), theta),
      await run(episode, parseRule(['F0', 'F2']), theta),
    );
    // Without its terms layer 2 is as with coefficients of zero there.
    const zero = await run(episode, parseRule(['F0@1,3', 'F2', 'F0@2'], 3), Float64Array.of(0.05, -0.02, 0));
    const none = await run(episode, parseRule(['F0@1,3', 'F2'], 3), theta);
    assert.equal(none.loss, zero.loss);
    assert.deepEqual(none.thetaGradient, zero.thetaGradient.subarray(0, 2));
    const still = await run(episode, parseRule(['F0@2'], 3), Float64Array.of(0));
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
    const { feedbackWeights: _, ...withoutFeedback } = good;
    const bad: [Episode, Float64Array, RegExp][] = [
      [good, Float64Array.of(1, 2), /the rule has 1 terms but theta has 2 coefficients/],
      [{ ...good, layers: [4, 3, 3] }, theta, /weights\[1\] must be 3 x 3, but has 6 elements/],
      [withoutFeedback, theta, /feedbackWeights must hold 2 matrices, not 0/],
      [{ ...good, trainLabels: Uint8Array.of(0, 2) }, theta, /trainLabels holds 2, but the network has 2 outputs/],
      [{ ...good, queryImages: new Uint8Array(3) }, theta, /queryImages must be 1 x 4 bytes/],
      [{ ...good, beta: Number.NaN }, theta, /beta must be a positive number/],
    ];
    await assert.rejects(
      run(good, parseRule(['F0@3']), theta),
      /^RangeError: the term 'F0@3' is for layer 3, but the network has layers 1 to 2$/,
    );
    for (const [episode, coefficients, message] of bad) await assert.rejects(run(episode, rule, coefficients), message);
  });
});
