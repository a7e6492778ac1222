import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEngine } from '#dist/engine/create.js';
import { type Episode, initialMatrices } from '#dist/engine/episode.js';
import { ablate } from '#dist/meta/ablate.js';
import { canAdapt } from '#dist/meta/course.js';
import { termNorms } from '#dist/meta/term-scale.js';
import { drawWeights } from '#dist/network/initialise.js';
import { parseRule } from '#dist/plasticity/rule.js';
import { stream, streamKey } from '#dist/random/stream.js';

const layers = [6, 5, 3];
const rule = parseRule(['F0', 'F2', 'F3', "own = (y - c one) e_pre'"], { layerCount: 2, constants: ['c'] });
const theta = [0.3, -0.2, 0.01, 0.05, 0.4];

const network = { layers, beta: 10, feedback: 'fix' } as const;

/** Each class lights two pixels of its own. */
function makeEpisode(n: number): Episode {
  const random = stream(`ablate ${n}`);
  const images = (count: number) => {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
    const pixels = Uint8Array.from({ length: 6 * count }, (_, i) => {
      const own = Math.floor((i % 6) / 2) === labels[Math.floor(i / 6)];
      return (own ? 180 : 0) + 60 * random();
    });
    return { labels, pixels };
  };
  const [train, query] = [images(30), images(12)];
  return {
    network,
    matrices: { given: drawWeights(streamKey(`${n}`), network) },
    ...{ train, query },
  };
}

test('each task is learned with the rule, and without each term: as if its coefficient had been 0', async () => {
  const engine = await createEngine('reference');
  assert.ok(canAdapt(engine));
  const alone = async (n: number, coefficients: readonly number[]) =>
    (await engine.adapt(makeEpisode(n), rule, Float64Array.from(coefficients))).accuracy;
  let n = 0;
  for await (const { whole, without } of ablate({ engine, rule, theta, terms: [0, 2], makeEpisode, tasks: 3 })) {
    n++;
    assert.equal(whole, await alone(n, theta));
    assert.deepEqual(without, [await alone(n, theta.with(0, 0)), await alone(n, theta.with(2, 0))]);
  }
  assert.equal(n, 3);
  await engine.dispose();
});

test('the size of terms while a network learns: that of a decay is the size of its weights', () => {
  const episodes = [1, 2].map(makeEpisode);
  const constants = theta.slice(4);
  const still = termNorms(rule, episodes, constants, [0, 0, 0, 0, 0.4]);
  const size = (weights: readonly ArrayLike<number>[]) =>
    weights.flatMap((W) => Array.from(W)).reduce((sum, w) => sum + w * w, 0);
  const squares = episodes.map((episode) => size(initialMatrices(episode).weights));
  assert.ok(Math.abs(still[2]! - Math.sqrt((squares[0]! + squares[1]!) / 2)) < 1e-6, 'networks that do not learn');
  // Weights that shrink by a tenth at each image: after 10 images they are .9^10 of it, after 20 .9^20.
  const shrinking = termNorms(rule, episodes, constants, [0, 0, 0.1, 0, 0.4]);
  const share = Math.sqrt((1 + 0.9 ** 20 + 0.9 ** 40) / 3);
  assert.ok(Math.abs(shrinking[2]! / still[2]! - share) < 1e-6);
});
