import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createReferenceEngine } from '#dist/engine/reference/engine.js';
import { steadyScale } from '#dist/meta/steady-scale.js';
import { parseRule } from '#dist/plasticity/rule.js';
import { randomEpisode } from '../engine/random-episode.js';

const engine = createReferenceEngine();
const episodes = [1, 2].map((seed) =>
  randomEpisode({ layers: [12, 8, 4], feedback: 'fix', train: 30, query: 4, seed }),
);
/** Loss above twice that of guessing, or none at all. */
const isLost = async (terms: string[], theta: number[]) => {
  const rule = parseRule(terms);
  const losses = await Promise.all(
    episodes.map(async (episode) => (await engine.adapt(episode, rule, Float64Array.from(theta))).loss),
  );
  return losses.some((loss) => !(loss <= 2 * Math.log(4)));
};

describe('steadyScale', () => {
  const terms = ['F0', "feeds = (y .* y) y_pre'", 'fades = -0.1 W'];

  test('halves a term until ten steps either way are borne, and leaves the others alone', async () => {
    const options = { engine, rule: parseRule(terms), theta: [1e-3, 0, 0], lrMeta: 1e-2, episodes };
    const scale = await steadyScale([1, 1, 0.5], options);
    assert.equal(scale[0], 1);
    assert.equal(scale[2], 0.5);
    const unit = scale[1]!;
    assert.ok(unit < 1, `${unit}`);
    const after = (share: number) => isLost(terms, [1e-3, 10 * 1e-2 * share, 0]);
    assert.deepEqual([await after(unit), await after(2 * unit)], [false, true]);
  });

  test('a unit that is borne stays to the last digit', async () => {
    const options = { engine, rule: parseRule(terms), theta: [1e-3, 0, 0], lrMeta: 1e-6, episodes };
    assert.deepEqual(await steadyScale([1, 0.123, 1], options), [1, 0.123, 1]);
  });

  test('constants keep theirs', async () => {
    const rule = parseRule(['F0', "bcm = (y .* (y - c one)) y_pre'"], { layerCount: 2, constants: ['c'] });
    const options = { engine, rule, theta: [1e-3, 0, 0.5], lrMeta: 0.03, episodes };
    const [, bcm, c] = await steadyScale([1, 1, 1], options);
    assert.ok(bcm! < 1);
    assert.equal(c, 1);
  });

  test('where the rule diverges at its start, no unit is to blame', async () => {
    const options = { engine, rule: parseRule(terms), theta: [1e9, 0, 0], lrMeta: 1e-2, episodes };
    assert.deepEqual(await steadyScale([1, 1, 1], options), [1, 1, 1]);
  });
});
