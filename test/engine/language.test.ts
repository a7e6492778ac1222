/** The whole language of rules: the reference engine against a dense reading and central differences; others against it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createEngine } from '#dist/engine/create.js';
import { canAdapt, followCourse, piecesOf } from '#dist/meta/course.js';
import { ACTIVATIONS } from '#dist/network/activation.js';
import { FEEDBACKS } from '#dist/network/feedback.js';
import { PRESETS } from '#dist/plasticity/presets.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { denseLoss, randomWords, type Words } from '../plasticity/language.ts';
import { assertClose, engine, run } from './check-gradient.ts';
import { type GivenEpisode, noise, randomEpisode, withMatrices } from './random-episode.ts';

/** A random rule with an episode to try it on; undefined for what no engine does (a product of matrices). */
function randomCase(seed: number) {
  const draw = noise(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(((draw() + 1) / 2) * list.length)]!;
  const feedback = pick(FEEDBACKS);
  const activation = pick(ACTIVATIONS);
  const layers = Array.from({ length: pick([2, 3, 4]) }, () => pick([1, 2, 3, 4]));
  const words = randomWords(draw, feedback);
  const shape = { layers, feedback, activation, noise: pick([0, 0, 0.1]), beta: 3 };
  const episode = randomEpisode({ ...shape, train: pick([1, 2, 3, 5]), query: 2, seed });
  // In double precision, so that differences can be small.
  const { weights, feedbackWeights } = episode.matrices.given;
  const exact = (list: typeof weights) => list.map((matrix) => Float64Array.from(matrix));
  const given = withMatrices(episode, {
    weights: exact(weights),
    ...(feedbackWeights && { feedbackWeights: exact(feedbackWeights) }),
  });
  let rule: Rule;
  try {
    const { terms, states, constants } = words;
    rule = parseRule(['F0', ...terms], { states, constants, layerCount: layers.length - 1 });
  } catch (error) {
    assert.match((error as Error).message, /not be of low rank|more than 256 products|changes nothing there/);
    return undefined;
  }
  const theta = Float64Array.from(rule.coefficients, () => 0.05 * draw());
  return { words, rule, theta, episode: given };
}

const cases = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => randomCase(from + i)).filter((one) => one !== undefined);

const text = ({ terms, states }: Words, { network }: GivenEpisode) => JSON.stringify([network, terms, states]);

/** A difference of fourth order, and how much it is to be doubted: where two step lengths disagree there is a kink nearby. */
async function difference(f: (h: number) => Promise<number>): Promise<[value: number, doubt: number]> {
  const by = async (h: number) =>
    (8 * ((await f(h)) - (await f(-h))) - ((await f(2 * h)) - (await f(-2 * h)))) / (12 * h);
  const [long, short] = [await by(1e-4), await by(5e-5)];
  return [short, Math.abs(long - short)];
}

describe('the whole language', () => {
  test('is read as a dense reading of the formulas reads it', async () => {
    let compared = 0;
    for (const { words, rule, theta, episode } of cases(1000, 150)) {
      const { loss } = await run(episode, rule, theta);
      const expected = denseLoss(episode, words, [...theta]);
      if (!(expected < 50)) continue;
      assertClose(loss, expected, 1e-9 * (1 + expected), text(words, episode));
      compared++;
    }
    assert.ok(compared > 100, `${compared}`);
  });

  test('has the gradients of coefficients, constants, W0 and B0 that differences have', async () => {
    let compared = 0;
    for (const { words, rule, theta, episode } of cases(2000, 50)) {
      const [found] = await engine.run([episode], rule, [theta], { weightGradients: true });
      const { loss, thetaGradient, weightGradient, feedbackGradient } = found!;
      if (!(loss < 50)) continue;
      const check = async (what: string, actual: number, f: (h: number) => Promise<number>) => {
        const [expected, doubt] = await difference(f);
        if (!(doubt < 1e-6)) return;
        assertClose(actual, expected, 2e-7 * Math.max(1, Math.abs(expected)), `${what}: ${text(words, episode)}`);
        compared++;
      };
      for (const [r, gradient] of thetaGradient.entries())
        await check(`theta ${r}`, gradient, async (h) => (await run(episode, rule, theta.with(r, theta[r]! + h))).loss);
      const { given } = episode.matrices;
      for (const [name, gradients] of [
        ['weights', weightGradient],
        ['feedbackWeights', feedbackGradient],
      ] as const)
        for (const [l, gradient] of (gradients ?? []).entries()) {
          const i = (7 * l + 3) % gradient.length;
          await check(`${name} ${l}`, gradient[i]!, async (h) => {
            const moved = given[name]!.map((matrix) => matrix.slice());
            moved[l]![i]! += h;
            return (await run(withMatrices(episode, { [name]: moved }), rule, theta)).loss;
          });
        }
    }
    assert.ok(compared > 150, `${compared}`);
  });

  test("agrees with TensorFlow.js's automatic differentiation", async () => {
    const tensorflow = await createEngine('tensorflow');
    const options = { weightGradients: true };
    for (const { words, rule, theta, episode } of cases(3000, 25)) {
      const [expected] = await engine.run([episode], rule, [theta], options);
      if (!(expected!.loss < 50)) continue;
      const [actual] = await tensorflow.run([episode], rule, [theta], options);
      const all = (result: typeof expected) => [
        result!.loss,
        ...result!.thetaGradient,
        ...result!.weightGradient!.flatMap((matrix) => [...matrix]),
        ...(result!.feedbackGradient ?? []).flatMap((matrix) => [...matrix]),
      ];
      const numbers = all(expected);
      const scale = Math.max(1, ...numbers.map(Math.abs));
      all(actual).forEach((value, i) => {
        assertClose(value, numbers[i]!, 1e-3 * scale, `${i} of ${text(words, episode)}`);
      });
    }
    await tensorflow.dispose();
  });

  test('an episode in pieces ends where the whole one ends, states and noise included', async () => {
    if (!canAdapt(engine)) throw new Error('the reference engine adapts');
    for (const { rule, theta, episode } of cases(4000, 20)) {
      const points = [];
      for await (const point of followCourse(engine, episode, piecesOf(episode, 2), { rule, theta }))
        points.push(point);
      const { loss, accuracy } = await engine.adapt(episode, rule, theta);
      const { images: _, ...last } = points.at(-1)!;
      if (Number.isFinite(loss)) assert.deepEqual({ loss: last.loss, accuracy: last.accuracy }, { loss, accuracy });
    }
  });

  test('every preset learns, and where an engine cannot run it, it says so', async () => {
    const wasm = await createEngine('wasm');
    for (const { name, terms, states, tied } of PRESETS) {
      const rule = parseRule(['F0', ...terms], { states, tied });
      const feedback = tied ? 'plastic' : 'fix';
      const episode = randomEpisode({ layers: [6, 5, 4], feedback, train: 12, query: 3, seed: 3 });
      const theta = Float64Array.from(rule.coefficients, () => 0.01);
      const { thetaGradient } = await run(episode, rule, theta);
      assert.ok(
        thetaGradient.every((gradient) => Number.isFinite(gradient) && gradient !== 0),
        `${name}: ${thetaGradient}`,
      );
      try {
        const [fast] = await wasm.run([episode], rule, [theta]);
        for (const [r, gradient] of thetaGradient.entries())
          assertClose(fast!.thetaGradient[r]!, gradient, 1e-4 * (1 + Math.abs(gradient)), `${name} ${r}`);
      } catch (error) {
        assert.match((error as Error).message, /^the wasm engine does not run .*: the reference engine does$/);
      }
    }
    await wasm.dispose();
  });

  test('refuses what the network lacks: noise without a key', async () => {
    const { noiseKey: _, ...episode } = randomEpisode({ layers: [3, 2], feedback: 'fix', train: 1, query: 1, seed: 1 });
    await assert.rejects(
      engine.run([episode], parseRule(["own = xi y_pre'"]), [Float64Array.of(0)]),
      /^RangeError: an episode with noise needs a noiseKey$/,
    );
  });
});
