/** The reference engine, and a judge of its gradients. */
import assert from 'node:assert/strict';
import { createEngine } from '#dist/engine/create.js';
import type { Episode } from '#dist/engine/episode.js';
import type { Rule } from '#dist/plasticity/rule.js';
import { type EpisodeShape, randomEpisode } from './random-episode.ts';

export const engine = await createEngine('reference');
export const run = async (episode: Episode, rule: Rule, theta: Float64Array) =>
  (await engine.run([episode], rule, [theta]))[0]!;

export const assertClose = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} instead of ${expected}`);

/** Compares the gradient with differences of fourth order; theta of every term moves alone. */
export async function checkGradient(shape: EpisodeShape, rule: Rule, theta: Float64Array): Promise<void> {
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
