import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { createEngine } from '#dist/engine/create.js';
import type { Engine, EpisodeResult } from '#dist/engine/engine.js';
import type { Episode } from '#dist/engine/episode.js';
import { createTensorflowEngine } from '#dist/engine/tensorflow/engine.js';
import type { Feedback } from '#dist/network/feedback.js';
import { POOL } from '#dist/plasticity/pool.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { type GoldenEpisode, syntheticEpisodes } from '../golden/episodes.ts';
import { formula, place, placedTerm } from '../plasticity/formulas.ts';
import {
  type EpisodeShape,
  type GivenEpisode,
  noise,
  randomEpisode,
  shapeWith,
  withMatrices,
} from './random-episode.ts';

const reference = await createEngine('reference');
const wasm = await createTensorflowEngine({ backend: 'wasm' });
const cpu = await createTensorflowEngine({ backend: 'cpu' });
const run = async (engine: Engine, episode: Episode, rule: Rule, theta: Float64Array) =>
  (await engine.run([episode], rule, [theta]))[0]!;

const numbers = ({ loss, thetaGradient, angles, orthonormality }: EpisodeResult): [string, number][] => [
  ['loss', loss],
  ...[...thetaGradient].map((value, r): [string, number] => [`gradient ${r}`, value]),
  ...[...angles].map((value, l): [string, number] => [`angle ${l}`, value]),
  ...[...orthonormality].map((value, l): [string, number] => [`orthonormality ${l + 1}`, value]),
];

function assertClose(actual: number, expected: number, tolerance: number, what: string): void {
  if (Number.isNaN(expected)) assert.ok(Number.isNaN(actual), `${what}: ${actual} instead of NaN`);
  else assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);
}

/** Weights off by up to a float32 rounding. */
function shaken(episode: GivenEpisode, seed: number): Episode {
  const draw = noise(seed);
  const weights = episode.matrices.given.weights.map((w) => w.map((value) => value * (1 + 1.2e-7 * draw())));
  return withMatrices(episode, { weights });
}

/**
 * Compares with the reference engine at float32 accuracy: what the float64 result itself moves by when the weights are
 * rounded sets the scale. Returns whether there was something to compare.
 */
async function agrees(engine: Engine, shape: EpisodeShape, rule: Rule, theta: Float64Array): Promise<boolean> {
  const episode = randomEpisode(shape);
  const expected = await run(reference, episode, rule, theta);
  if (!(Math.abs(expected.loss) < 1e3)) return false; // Diverged: roundings decide.
  const others = [await run(reference, shaken(episode, 11), rule, theta)];
  others.push(await run(reference, shaken(episode, 12), rule, theta));
  const doubts = others.map(numbers);
  const largest = Math.max(...expected.thetaGradient.map(Math.abs));
  const actual = await run(engine, episode, rule, theta);
  const terms = rule.terms.map(({ name, formula }) => `${name} = ${formula}`).join('; ');
  numbers(expected).forEach(([what, value], i) => {
    const doubt = Math.max(...doubts.map((moved) => Math.abs(moved[i]![1] - value) || 0));
    const scale = what.startsWith('gradient') ? 1 + largest : 1;
    const tolerance = 2e-5 * Math.abs(value) + 2e-6 * scale + 8 * doubt + (what.startsWith('angle') ? 1e-4 : 0);
    assertClose(numbers(actual)[i]![1], value, tolerance, `${what} of ${terms} (${JSON.stringify(shape)})`);
  });
  return true;
}

const FEEDBACKS: readonly Feedback[] = ['fix', 'sym'];

describe('gradients by automatic differentiation', () => {
  for (const engine of [wasm, cpu])
    for (const feedback of FEEDBACKS)
      test(`each pool term beside F0, feedback ${feedback}, ${engine.name}`, async () => {
        for (const [i, { name }] of POOL.entries()) {
          const rule = parseRule(name === 'F0' ? ['F0'] : ['F0', name]);
          const theta = Float64Array.from(rule.terms, (_, r) => (r === 0 ? 0.05 : 0.01 * (i % 3)));
          const shape = { layers: [6, 5, 4, 3], feedback, train: 12, query: 3, seed: 5 + i };
          assert.ok(await agrees(engine, shape, rule, theta), `${name} diverged`);
        }
      });

  test('fifty random formulas on random networks', async () => {
    const samples = fc.sample(fc.tuple(shapeWith(['fix', 'sym']), formula, fc.nat(1e6)), { seed: 7, numRuns: 50 });
    let compared = 0;
    for (const [shape, text, seed] of samples) {
      const rule = parseRule(['F0', `own = ${text}`]);
      const draw = noise(seed);
      if (await agrees(wasm, shape, rule, Float64Array.of(0.02 * draw(), 0.02 * draw()))) compared++;
    }
    assert.ok(compared >= 45, `only ${compared} did not diverge`);
  });

  test('random formulas in random layers', async () => {
    const samples = fc.sample(fc.tuple(shapeWith(['fix', 'sym']), formula, place, fc.nat(1e6)), {
      seed: 9,
      numRuns: 15,
    });
    for (const [shape, text, bits, seed] of samples) {
      const L = shape.layers.length - 1;
      const rule = parseRule(['F0', placedTerm('own', text, bits, L)], { layerCount: L });
      const draw = noise(seed);
      const theta = Float64Array.from(rule.terms, () => 0.02 * draw());
      await agrees(wasm, shape, rule, theta);
    }
  });

  test('decay alone, decay that wipes the weights out, and a term without effect', async () => {
    const shape = { layers: [5, 4, 3], feedback: 'fix', train: 10, query: 3, seed: 9 } as const;
    for (const decay of [0.1, 1]) assert.ok(await agrees(cpu, shape, parseRule(['F3']), Float64Array.of(decay)));
    const idle = parseRule(['F0', "idle = 0 (y y_pre')"]);
    assert.ok(await agrees(cpu, shape, idle, Float64Array.of(0.05, 0.3)));
  });
});

/** Three episodes of one shape, one of another one between them, and coefficients of their own. */
const mixed = [1, 2, 3, 4].map((seed) =>
  randomEpisode({ layers: seed === 2 ? [7, 4, 3] : [9, 6, 4], feedback: 'sym', train: 11, query: 3, seed }),
);
const mixedRule = parseRule(['F0', 'F2', 'F9']);
const mixedTheta = [1, 2, 3, 4].map((i) => Float64Array.of(0.01 * i, -0.02, 0.003 * i));

describe('batches', () => {
  for (const engine of [wasm, cpu])
    test(`of several episodes equal single ones, ${engine.name}`, async () => {
      const together = await engine.run(mixed, mixedRule, mixedTheta);
      for (const [i, episode] of mixed.entries()) {
        const alone = await run(engine, episode, mixedRule, mixedTheta[i]!);
        assert.equal(together[i]!.accuracy, alone.accuracy);
        numbers(alone).forEach(([what, value], k) => {
          assertClose(numbers(together[i]!)[k]![1], value, 1e-5 * Math.abs(value) + 1e-6, `${what} of episode ${i}`);
        });
      }
    });

  test('a batch that is larger than allowed runs in parts, results in order', async () => {
    const engine = await createTensorflowEngine({ backend: 'cpu', batch: 2 });
    assert.deepEqual(await engine.run(mixed, mixedRule, mixedTheta), await cpu.run(mixed, mixedRule, mixedTheta));
  });

  test('a diverged episode is NaN and leaves the others of its batch alone', async () => {
    const theta = mixedTheta.with(2, Float64Array.of(1e6, 1e6, 1e6));
    for (const engine of [wasm, cpu]) {
      const expected = await engine.run(mixed, mixedRule, mixedTheta);
      const results = await engine.run(mixed, mixedRule, theta);
      assert.ok(Number.isNaN(results[2]!.loss));
      assert.ok(results[2]!.thetaGradient.every(Number.isNaN));
      assert.equal(results[2]!.accuracy, 0);
      for (const i of [0, 1, 3]) assert.deepEqual(results[i], expected[i]);
    }
  });

  test('the gradient does not depend on how often the weights are kept', async () => {
    const all = await run(
      await createTensorflowEngine({ backend: 'cpu', block: 100 }),
      mixed[0]!,
      mixedRule,
      mixedTheta[0]!,
    );
    for (const block of [1, 4, 11]) {
      const engine = await createTensorflowEngine({ backend: 'cpu', block });
      const { thetaGradient } = await run(engine, mixed[0]!, mixedRule, mixedTheta[0]!);
      thetaGradient.forEach((value, r) => {
        assertClose(value, all.thetaGradient[r]!, 1e-5 * Math.abs(value), `gradient ${r}, blocks of ${block}`);
      });
    }
  });

  test('no tensor outlives a run', async () => {
    const before = tf.memory().numTensors;
    await cpu.run(mixed, mixedRule, mixedTheta);
    assert.equal(tf.memory().numTensors, before);
    await assert.rejects(cpu.run(mixed, parseRule(['F0']), mixedTheta), /the rule has 1 coefficients/);
  });
});

describe('golden episodes at full size', () => {
  const check = async (engine: Engine, { episode, terms, theta, lamb, expected }: GoldenEpisode) => {
    const result = await run(engine, episode, parseRule(terms), theta);
    const l1 = lamb * theta.reduce((sum, value) => sum + Math.abs(value), 0);
    assertClose(result.loss + l1, expected.loss, 2e-6 * expected.loss, 'loss');
    assert.equal(result.accuracy, expected.accuracy);
    expected.thetaGradient.forEach((value, r) => {
      const gradient = result.thetaGradient[r]! + lamb * Math.sign(theta[r]!);
      assertClose(gradient, value, 2e-5 * Math.abs(value), `gradient of ${terms[r]}`);
    });
    expected.angles.forEach((value, l) => {
      assertClose(result.angles[l]!, value, 2e-4, `angle ${l}`);
    });
    expected.orthonormality.forEach((value, l) => {
      assertClose(result.orthonormality[l]!, value, 2e-5 * value, `orthonormality ${l + 1}`);
    });
  };
  const golden = syntheticEpisodes();
  for (const name of ['fix-ehebb', 'fix-oja', 'sym-bio', 'fix-pool-small'])
    test(`${name}, ${wasm.name}`, () => check(wasm, golden.find((episode) => episode.name === name)!));
  test(`fix-oja, ${cpu.name}`, () => check(cpu, golden.find((episode) => episode.name === 'fix-oja')!));
});
