import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createEngine } from '#dist/engine/create.js';
import type { Engine, EpisodeResult } from '#dist/engine/engine.js';
import type { Episode, Numbers } from '#dist/engine/episode.js';
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { drawWeights } from '#dist/network/initialise.js';
import { POOL } from '#dist/plasticity/pool.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { type GoldenEpisode, perLayer, realEpisodes, realGolden, syntheticEpisodes } from '../golden/episodes.ts';
import { formula, placedFormulas, placedRule } from '../plasticity/formulas.ts';
import { episodeShape, type GivenEpisode, noise, randomEpisode, withMatrices } from './random-episode.ts';

const reference = await createEngine('reference');
const wasm = await createWasmEngine();
const relaxed = await createWasmEngine({ relaxed: true }).catch((error: Error) => error);
const noRelaxed = relaxed instanceof Error && 'needs relaxed SIMD (Node 22 or later)';

const run = async (engine: Engine, episode: Episode, rule: Rule, theta: Float64Array) =>
  (await engine.run([episode], rule, [theta]))[0]!;

const assertClose = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);

const largest = (values: Iterable<number>) => Math.max(...Array.from(values, Math.abs));

/** Single precision: gradients within 2e-5 of each component, or 1e-6 of the largest for those near zero. */
async function checkGolden(engine: Engine, { episode, terms, theta, lamb, expected }: GoldenEpisode): Promise<void> {
  const result = await run(engine, episode, parseRule(terms), theta);
  const l1 = lamb * theta.reduce((sum, value) => sum + Math.abs(value), 0);
  assertClose(result.loss + l1, expected.loss, 1e-6 * expected.loss, 'loss');
  assert.equal(result.accuracy, expected.accuracy);
  expected.thetaGradient.forEach((value, i) => {
    const gradient = result.thetaGradient[i]! + lamb * Math.sign(theta[i]!);
    const tolerance = Math.max(2e-5 * Math.abs(value), 1e-6 * largest(expected.thetaGradient));
    assertClose(gradient, value, tolerance, `gradient of ${terms[i]}`);
  });
  expected.angles.forEach((value, l) => {
    assertClose(result.angles[l]!, value, 1e-3, `angle ${l}`);
  });
  expected.orthonormality.forEach((value, l) => {
    assertClose(result.orthonormality[l]!, value, 1e-5 * value, `orthonormality ${l + 1}`);
  });
}

describe('golden episodes', () => {
  for (const golden of syntheticEpisodes()) test(`synthetic ${golden.name}`, () => checkGolden(wasm, golden));
  test('with a coefficient a layer the gradients add up to the golden one', async () => {
    for (const golden of syntheticEpisodes().filter(({ episode }) => episode.train.labels.length <= 100)) {
      const { episode, rule, theta, together } = perLayer(golden);
      const { loss, thetaGradient } = await run(wasm, episode, rule, theta);
      const plain = await run(wasm, episode, parseRule(golden.terms), golden.theta);
      assert.equal(loss, plain.loss);
      together(thetaGradient).forEach((value, r) => {
        const tolerance = 1e-9 * largest(thetaGradient);
        assertClose(value, plain.thetaGradient[r]!, tolerance, `gradient of ${golden.terms[r]}`);
      });
    }
  });
  test('real EMNIST', { skip: !realGolden && 'needs the golden episodes beside the project' }, async (t) => {
    for (const golden of realEpisodes()) await t.test(golden.name, () => checkGolden(wasm, golden));
  });
  test('relaxed SIMD', { skip: noRelaxed }, async (t) => {
    for (const golden of [...syntheticEpisodes(), ...realEpisodes()])
      await t.test(golden.name, () => checkGolden(relaxed as Engine, golden));
  });
});

/**
 * Against the reference. How far single precision may be off is measured: by as much as a relative change of 2^-24 in
 * the weights moves the reference's own results, times a margin for the steps in between.
 */
async function checkAgainstReference(episode: GivenEpisode, rule: Rule, theta: Float64Array): Promise<void> {
  const expected = await run(reference, episode, rule, theta);
  const scale = largest(expected.thetaGradient);
  if (!(expected.loss < 20 && scale < 1e3)) return; // Chaotic, or nearly: no digit of it means anything.
  const draw = noise(17);
  const { weights, feedbackWeights } = episode.matrices.given;
  const shaken = (matrices: readonly Numbers[]) =>
    matrices.map((matrix) => Float32Array.from(matrix, (w) => w * (1 + 2e-7 * draw())));
  const moved = await run(
    reference,
    withMatrices(episode, {
      weights: shaken(weights),
      ...(feedbackWeights && { feedbackWeights: shaken(feedbackWeights) }),
    }),
    rule,
    theta,
  );
  const actual = await run(wasm, episode, rule, theta);
  const margin = (x: number, y: number) => 60 * Math.abs(x - y);
  assertClose(actual.loss, expected.loss, 2e-6 * (1 + expected.loss) + margin(expected.loss, moved.loss), 'loss');
  const doubt = largest(expected.thetaGradient.map((value, r) => value - moved.thetaGradient[r]!));
  expected.thetaGradient.forEach((value, r) => {
    const tolerance = 2e-5 * Math.abs(value) + 2e-6 * (1 + scale) + 60 * doubt;
    assertClose(actual.thetaGradient[r]!, value, tolerance, `gradient of ${rule.terms[r]!.formula}`);
  });
  expected.angles.forEach((value, l) => {
    if (!Number.isNaN(value))
      assertClose(actual.angles[l]!, value, 5e-2 + 60 * Math.abs(value - moved.angles[l]!), `angle ${l}`);
  });
  expected.orthonormality.forEach((value, l) => {
    const tolerance = 2e-5 * (value + 1) + margin(value, moved.orthonormality[l]!);
    assertClose(actual.orthonormality[l]!, value, tolerance, `orthonormality ${l + 1}`);
  });
}

const pool = parseRule(POOL.map(({ name }) => name));
const bio = parseRule(['F0', 'F2', 'F9']);
const user = parseRule([
  'F0',
  "a = (y .* e) (y_pre - one_pre)'",
  "b = (W e_pre) y_pre'",
  "c = y (W' e)'",
  'd = sum(z) W',
]);
const alternating = (rule: Rule, size: number) => Float64Array.from(rule.terms, (_, r) => (r % 2 ? -size : size));

describe('against the reference engine', () => {
  test('random formulas on random networks', async () => {
    await fc.assert(
      fc.asyncProperty(
        episodeShape,
        fc.array(formula, { minLength: 1, maxLength: 3 }),
        fc.nat(1e6),
        async (shape, formulas, seed) => {
          const draw = noise(seed);
          const rule = parseRule(['F0', ...formulas.map((text, i) => `t${i} = ${text}`)]);
          const theta = Float64Array.from(rule.terms, () => 0.02 * draw());
          await checkAgainstReference(randomEpisode(shape), rule, theta);
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });

  test('random formulas in random layers of random networks', async () => {
    await fc.assert(
      fc.asyncProperty(episodeShape, placedFormulas, fc.nat(1e6), async (shape, formulas, seed) => {
        const draw = noise(seed);
        const rule = placedRule(formulas, shape.layers.length - 1);
        const theta = Float64Array.from(rule.terms, () => 0.02 * draw());
        await checkAgainstReference(randomEpisode(shape), rule, theta);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  test('each layer alone has its own terms: with errors, with decay, in sample space or not', async () => {
    for (const feedback of ['fix', 'sym'] as const)
      for (const layer of [1, 2, 3])
        for (const terms of [
          ['F0', `F2@${layer}`],
          [`F0@${layer}`],
          [`F0@${layer}`, `F3@${layer}`, 'F9'],
          ['F0', `F6@${layer}`],
        ]) {
          const rule = parseRule(terms);
          const episode = randomEpisode({ layers: [30, 17, 16, 9], feedback, train: 30, query: 5, seed: layer });
          await checkAgainstReference(episode, rule, alternating(rule, 2e-3));
        }
  });

  const shapes: Record<string, Parameters<typeof randomEpisode>[0]> = {
    'no hidden layer': { layers: [30, 7], feedback: 'fix', train: 20, query: 5, seed: 1 },
    'one hidden layer': { layers: [30, 20, 7], feedback: 'fix', train: 20, query: 5, seed: 2 },
    '12 layers': {
      layers: [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8],
      feedback: 'fix',
      train: 20,
      query: 5,
      seed: 3,
    },
    'layers of one unit': { layers: [1, 1, 1, 2], feedback: 'fix', train: 20, query: 5, seed: 4 },
    'a layer of 1,000 units': { layers: [50, 1000, 9], feedback: 'fix', train: 12, query: 3, seed: 5 },
    'as many units as a padded row holds': { layers: [64, 32, 16, 8], feedback: 'fix', train: 25, query: 8, seed: 6 },
    'one training image': { layers: [30, 20, 7], feedback: 'fix', train: 1, query: 2, seed: 7 },
    'no training image': { layers: [30, 20, 7], feedback: 'fix', train: 0, query: 2, seed: 8 },
  };
  for (const [name, shape] of Object.entries(shapes))
    test(name, async () => {
      for (const feedback of ['fix', 'sym', 'dfa'] as const)
        for (const rule of [pool, bio, user])
          await checkAgainstReference(randomEpisode({ ...shape, feedback }), rule, alternating(rule, 5e-4));
    });

  test('black images', async () => {
    for (const feedback of ['fix', 'sym'] as const)
      for (const rule of [pool, bio, user]) {
        const episode = randomEpisode({ layers: [30, 20, 7], feedback, train: 20, query: 5, seed: 9 });
        episode.train.pixels.fill(0);
        episode.query.pixels.fill(0);
        await checkAgainstReference(episode, rule, alternating(rule, 5e-4));
      }
  });

  test('decay: none, mild, strong, and one that wipes the weights out (1 + a = 0)', async () => {
    const rule = parseRule(['F0', 'F3', 'F2']);
    for (const decay of [0, 1e-3, 0.1, -0.05, 0.9, 1])
      for (const feedback of ['fix', 'sym'] as const) {
        const episode = randomEpisode({ layers: [15, 14, 13], feedback, train: 40, query: 3, seed: 9 });
        await checkAgainstReference(episode, rule, Float64Array.of(0.02, decay, -0.01));
      }
  });
});

describe('the same bytes', () => {
  const golden = syntheticEpisodes();
  const results = async (engine: Engine): Promise<EpisodeResult[]> => {
    const found = [];
    for (const { episode, terms, theta } of golden) found.push(await run(engine, episode, parseRule(terms), theta));
    return found;
  };

  test('on a second run, on another engine, and whatever ran before', async () => {
    const first = await results(wasm);
    assert.deepEqual(await results(wasm), first);
    for (const [i, { episode, terms, theta }] of golden.entries()) {
      const rule = parseRule(terms);
      const fresh = await createWasmEngine();
      // The second time everything is used memory, after an episode of other coefficients.
      const used = theta.map((value) => 1.5 * value);
      const twice = await fresh.run([episode, episode, episode], rule, [theta, used, theta]);
      assert.deepEqual([twice[0], twice[2]], [first[i], first[i]]);
    }
  });

  test('after an episode that diverged, which looks diverged', async () => {
    for (const rule of [bio, pool, user])
      for (const feedback of ['fix', 'sym'] as const) {
        const episode = randomEpisode({ layers: [30, 21, 9], feedback, train: 60, query: 5, seed: 1 });
        const good = alternating(rule, 1e-3);
        const before = await run(wasm, episode, rule, good);
        const diverged = await run(wasm, episode, rule, alternating(rule, 1e9));
        assert.ok(Number.isNaN(diverged.loss));
        assert.ok(diverged.thetaGradient.every(Number.isNaN));
        assert.equal(diverged.accuracy, 0);
        assert.deepEqual(await run(wasm, episode, rule, good), before);
      }
  });
});

describe('weights', () => {
  test('drawn under a key are those of drawWeights', async () => {
    const layers = [60, 30, 20, 9];
    const theta = Float64Array.of(5e-3, -1e-3, 1e-3);
    const key = [4, 7] as const;
    const given = randomEpisode({ layers, feedback: 'fix', train: 40, query: 5, seed: 4 });
    for (const feedback of ['fix', 'dfa', 'sym'] as const) {
      const network = { layers, beta: 10, feedback, gain: feedback === 'dfa' ? 0.7 : 1 };
      const episode: Episode = { ...given, network, matrices: { given: drawWeights(key, network) } };
      const drawn = await run(wasm, { ...episode, matrices: { key } }, bio, theta);
      assert.deepEqual(await run(wasm, episode, bio, theta), drawn);
      assertClose(drawn.loss, (await run(reference, episode, bio, theta)).loss, 1e-5, 'loss');
    }
  });
});

describe('asking for what cannot be', () => {
  test('relaxed SIMD where there is none is refused in a sentence', async () => {
    if (relaxed instanceof Error)
      assert.match(relaxed.message, /relaxed SIMD was asked for, but this JavaScript engine/);
    else assert.equal(relaxed.name, 'wasm-relaxed');
  });

  test('bytes that are no kernels are refused', async () => {
    await assert.rejects(createWasmEngine({ kernels: Uint8Array.of(1, 2, 3) }), /needs WebAssembly SIMD/);
  });

  test("kernels may be handed over, as a browser's page does", async () => {
    const kernels = new Uint8Array(readFileSync(new URL('../../dist/engine/wasm/kernels.wasm', import.meta.url)));
    const { episode, terms, theta } = syntheticEpisodes()[0]!;
    const rule = parseRule(terms);
    const engine = await createWasmEngine({ kernels });
    assert.deepEqual(await run(engine, episode, rule, theta), await run(wasm, episode, rule, theta));
  });

  test('sign feedback is refused in a sentence that names the engine that has it', async () => {
    const episode = randomEpisode({ layers: [4, 3, 2], feedback: 'sign', train: 2, query: 1, seed: 3 });
    await assert.rejects(
      run(wasm, episode, parseRule(['F0']), Float64Array.of(1)),
      /the wasm engine does not run feedback 'sign': the reference engine does/,
    );
  });

  test('an episode that does not fit is refused', async () => {
    const episode = randomEpisode({ layers: [4, 3, 2], feedback: 'fix', train: 2, query: 1, seed: 3 });
    await assert.rejects(run(wasm, episode, bio, Float64Array.of(1)), /theta has 1 coefficients/);
  });
});
