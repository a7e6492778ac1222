import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { createEngine } from '#dist/engine/create.js';
import type { Adaptation, Engine, EpisodeResult } from '#dist/engine/engine.js';
import type { Episode } from '#dist/engine/episode.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { episodeShape, randomEpisode, withMatrices } from './random-episode.js';

const RULES = [['F0'], ['F0', 'F2', 'F9'], ['F0', 'F3', 'F6'], ['F0', "own = e one_pre'"]].map((terms) =>
  parseRule(terms),
);
const theta = (rule: Rule) => Float64Array.from(rule.terms, (_, i) => 0.02 * (1 - 0.7 * i));

/** How near an engine's numbers must be to those of the same episode run otherwise. */
const TOLERANCE = { reference: 0, wasm: 2e-5 } as const;

for (const name of ['reference', 'wasm'] as const) {
  describe(`adapt of the ${name} engine`, async () => {
    const engine = await createEngine(name);
    after(() => engine.dispose());

    test('has the outcome of run, and in pieces too, each going on from the weights of the one before', async () => {
      await fc.assert(
        fc.asyncProperty(episodeShape, fc.constantFrom(...RULES), fc.nat(12), async (shape, rule, cut) => {
          const episode = randomEpisode(shape);
          const [wanted] = await engine.run([episode], rule, [theta(rule)]);
          sameOutcome(await adapt(engine, episode, rule), wanted!, TOLERANCE[name]);
          const first = await adapt(engine, piece(episode, 0, cut), rule);
          const second = piece(withMatrices(episode, { weights: first.weights }), cut, shape.train);
          sameOutcome(await adapt(engine, second, rule), wanted!, TOLERANCE[name]);
        }),
        { numRuns: 60, seed: 1 },
      );
    });

    test('leaves the weights as they were where nothing is shown', async () => {
      const episode = randomEpisode({ layers: [6, 5, 4], feedback: 'fix', train: 0, query: 2, seed: 3 });
      const { weights } = await adapt(engine, episode, RULES[1]!);
      assert.deepEqual(
        weights.map((matrix) => Array.from(matrix)),
        episode.matrices.given.weights.map((matrix) => Array.from(matrix)),
      );
    });

    test('refuses what run refuses', async () => {
      const episode = randomEpisode({ layers: [6, 5, 4], feedback: 'fix', train: 3, query: 2, seed: 3 });
      const wrong = { ...episode, train: { ...episode.train, labels: Uint8Array.of(0, 4, 1) } };
      await assert.rejects(adapt(engine, wrong, RULES[0]!), /the train labels hold 4, but the network has 4 outputs/);
    });
  });
}

async function adapt(engine: Engine, episode: Episode, rule: Rule): Promise<Adaptation> {
  assert.ok(engine.adapt);
  return engine.adapt(episode, rule, theta(rule));
}

/** The episode with the training images from..to-1 only. */
function piece(episode: Episode, from: number, to: number): Episode {
  const size = episode.network.layers[0]!;
  const pixels = episode.train.pixels.subarray(from * size, to * size);
  return { ...episode, train: { pixels, labels: episode.train.labels.subarray(from, to) } };
}

function sameOutcome(found: Adaptation, wanted: EpisodeResult, tolerance: number): void {
  const near = (a: number, b: number, what: string) =>
    assert.ok(Object.is(a, b) || Math.abs(a - b) <= tolerance * (1 + Math.abs(b)), `${what}: ${a}, not ${b}`);
  near(found.loss, wanted.loss, 'loss');
  assert.equal(found.accuracy, wanted.accuracy);
  for (const [l, E] of wanted.orthonormality.entries()) near(found.orthonormality[l]!, E, `orthonormality ${l + 1}`);
  if (tolerance === 0) assert.deepEqual(found.angles, wanted.angles);
}
