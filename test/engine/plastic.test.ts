import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createEngine } from '#dist/engine/create.js';
import type { Numbers } from '#dist/engine/episode.js';
import { canAdapt, followCourse, piecesOf } from '#dist/meta/course.js';
import { GROUPS } from '#dist/plasticity/pool.js';
import { parseRule } from '#dist/plasticity/rule.js';
import { angleDegrees } from '#dist/stats/angle.js';
import { formulaWith, place, placedTerm } from '../plasticity/formulas.ts';
import { assertClose, checkGradient, engine, run } from './check-gradient.ts';
import { noise, randomEpisode, shapeWith, withNetwork } from './random-episode.ts';

const THREE = Float64Array.of(0.05, -0.02, 0.01);

describe('gradient by central differences', () => {
  test('random formulas of W and B that change both, in random layers, with a constant', async () => {
    const term = fc.tuple(formulaWith('W', 'B'), place, fc.boolean());
    await fc.assert(
      fc.asyncProperty(
        shapeWith(['plastic']),
        fc.array(term, { minLength: 1, maxLength: 3 }),
        fc.nat(1e6),
        async (shape, terms, seed) => {
          const draw = noise(seed);
          const L = shape.layers.length - 1;
          const texts = terms.map(([text, bits, ofB], i) => placedTerm(`${ofB ? 'B.' : ''}t${i}`, text, bits, L));
          const rule = parseRule(['F0', 'B.F2', "c0 = -c W + (1 + 2 c) y (e_pre - c one_pre)'", ...texts], {
            layerCount: L,
            constants: ['c'],
          });
          const theta = Float64Array.from(rule.coefficients, (name) => (name === 'c' ? 0.5 : 0.02) * draw());
          await checkGradient(shape, rule, theta);
        },
      ),
      { seed: 5, numRuns: 100 },
    );
  });

  test('random formulas of W and B that change W, whatever feeds back', async () => {
    await fc.assert(
      fc.asyncProperty(shapeWith(['fix', 'sym']), formulaWith('W', 'B'), fc.nat(1e6), async (shape, text, seed) => {
        const draw = noise(seed);
        const rule = parseRule(['F0', `own = ${text}`]);
        await checkGradient(shape, rule, Float64Array.of(0.02 * draw(), 0.02 * draw()));
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});

describe('plastic feedback', () => {
  const layers = [9, 7, 6, 4];
  const plastic = (seed: number, train = 30) => randomEpisode({ layers, feedback: 'plastic', train, query: 3, seed });

  test('with coefficients of zero for B all is as with fixed feedback, to the byte', async () => {
    for (const seed of [1, 2, 3]) {
      const fixed = await run(withNetwork(plastic(seed), { feedback: 'fix' }), parseRule(['F0', 'F2', 'F3']), THREE);
      const rule = parseRule(['F0', 'F2', 'F3', 'B.F0', 'B.F3', 'B.own = (W y_pre) y_pre^T + y e_pre^T']);
      const { thetaGradient, ...outcome } = await run(plastic(seed), rule, Float64Array.of(...THREE, 0, 0, 0));
      assert.deepEqual({ ...outcome, thetaGradient: thetaGradient.slice(0, 3) }, fixed);
      // B's coefficients have a gradient all the same: that is how they leave zero.
      assert.ok(thetaGradient.subarray(3).every((g) => Number.isFinite(g) && g !== 0));
    }
  });

  test('Kolen-Pollack: with equal coefficients W - B decays by 1 - theta a step, and the angle between them shrinks', async () => {
    const rule = parseRule(['F0', ...GROUPS.kp!]);
    const decay = 0.03;
    const theta = Float64Array.from(rule.terms, ({ name }) => (name.endsWith('F3') ? decay : 0.5));
    const angle = (a: readonly Numbers[], b: readonly Numbers[]) => {
      const [x, y] = [a, b].map((matrices) => Float64Array.from(matrices.flatMap((m) => [...m])));
      return angleDegrees(x!, y!);
    };
    for (const seed of [4, 5]) {
      const episode = plastic(seed, 60);
      const last = await engine.adapt!(episode, rule, theta);
      const { weights, feedbackWeights } = episode.matrices.given;
      const before = angle(weights, feedbackWeights!);
      const after = angle(last.weights, last.feedbackWeights!);
      assert.ok(after < before - 10, `${before} degrees, then ${after}`);
      const shrunk = (1 - decay) ** 60;
      last.weights.forEach((W, l) => {
        W.forEach((w, i) => {
          const difference = weights[l]![i]! - feedbackWeights![l]![i]!;
          assertClose(w - last.feedbackWeights![l]![i]!, shrunk * difference, 1e-13, `W - B of layer ${l + 1}`);
        });
      });
    }
  });

  test('one step by hand: W and B change from what both were before it', async () => {
    const episode = randomEpisode({ layers: [3, 2], feedback: 'plastic', train: 1, query: 1, seed: 8 });
    const rule = parseRule(['swap = B', 'B.swap = W', "B.own = y y_pre'"]);
    const { weights, feedbackWeights } = await engine.adapt!(episode, rule, Float64Array.of(0.5, 0.25, 0.1));
    const { given } = episode.matrices;
    const [W, B] = [given.weights[0]!, given.feedbackWeights![0]!];
    const input = Array.from(episode.train.pixels, (pixel) => pixel / 255);
    const z = [0, 1].map((i) => input.reduce((sum, x, j) => sum + W[3 * i + j]! * x, 0));
    const y = z.map((value) => Math.exp(value) / (Math.exp(z[0]!) + Math.exp(z[1]!)));
    W.forEach((w, k) => {
      const [i, j] = [Math.floor(k / 3), k % 3];
      assertClose(weights[0]![k]!, w + 0.5 * B[k]!, 1e-14, `W ${k}`);
      assertClose(feedbackWeights![0]![k]!, B[k]! + 0.25 * w + 0.1 * y[i]! * input[j]!, 1e-14, `B ${k}`);
    });
  });

  test('an episode in pieces ends where the whole one ends', async () => {
    const rule = parseRule(['F0', ...GROUPS.kp!]);
    const theta = Float64Array.of(0.05, 0.01, 0.04, 0.02);
    const episode = plastic(6);
    if (!canAdapt(engine)) throw new Error('the reference engine adapts');
    const course = followCourse(engine, episode, piecesOf(episode, 7), { rule, theta });
    const points = [];
    for await (const point of course) points.push(point);
    const { images, ...end } = points.at(-1)!;
    const { weights: _, feedbackWeights: __, states: ___, ...whole } = await engine.adapt(episode, rule, theta);
    assert.equal(images, 30);
    assert.deepEqual(end, whole);
  });

  test('terms for B need plastic feedback, and B in a formula a matrix like W', async () => {
    const theta = Float64Array.of(0.01);
    const fixed = withNetwork(plastic(1), { feedback: 'fix' });
    await assert.rejects(
      run(fixed, parseRule(['B.F0']), theta),
      /^RangeError: the rule has terms for B, .* not 'fix'$/,
    );
    const direct = randomEpisode({ layers, feedback: 'dfa', train: 1, query: 1, seed: 1 });
    await assert.rejects(run(direct, parseRule(['own = B']), theta), /^RangeError: a formula cannot use B .*'dfa'/);
    const wasm = await createEngine('wasm');
    await assert.rejects(
      wasm.run([plastic(1)], parseRule(['F0']), [theta]),
      /the wasm engine does not run feedback 'plastic': the reference engine does/,
    );
    await assert.rejects(
      wasm.run([fixed], parseRule(['own = B']), [theta]),
      /the wasm engine does not run formulas with B: the reference engine does/,
    );
    await wasm.dispose();
  });
});

describe('learned constants', () => {
  test('the gradient is that of the formula with the number written out, times what it is multiplied by', async () => {
    const shape = { layers: [8, 6, 5, 3], feedback: 'fix', train: 20, query: 3, seed: 2 } as const;
    const episode = randomEpisode(shape);
    const homeo = (c: string) => `homeo = e (e_pre - ${c} one_pre)'`;
    const learned = parseRule(['F0', homeo('c')], { layerCount: 3, constants: ['c'] });
    const written = parseRule(['F0', homeo('0.3')]);
    const apart = parseRule(['F0', "a = e e_pre'", "b = -e one_pre'"]);
    const result = await run(episode, learned, Float64Array.of(0.05, -0.02, 0.3));
    const plain = await run(episode, written, Float64Array.of(0.05, -0.02));
    const split = await run(episode, apart, Float64Array.of(0.05, -0.02, 0.3 * -0.02));
    assertClose(result.loss, plain.loss, 1e-14, 'loss');
    assertClose(result.thetaGradient[1]!, plain.thetaGradient[1]!, 1e-12, 'gradient of homeo');
    assertClose(result.thetaGradient[2]!, -0.02 * split.thetaGradient[2]!, 1e-12, 'gradient of c');
    await checkGradient(shape, learned, Float64Array.of(0.05, -0.02, 0));
  });

  test('every engine that knows the program knows them: wasm gives the same', async () => {
    const episode = randomEpisode({ layers: [8, 6, 5, 3], feedback: 'fix', train: 20, query: 3, seed: 2 });
    const rule = parseRule(['F0', "homeo@2,3 = e (e_pre - c one_pre)' - d c W"], {
      layerCount: 3,
      constants: ['c', 'd'],
    });
    const theta = Float64Array.of(0.05, -0.2, 0.3, -0.1);
    const wasm = await createEngine('wasm');
    const [fast] = await wasm.run([episode], rule, [theta]);
    await wasm.dispose();
    const { thetaGradient } = await run(episode, rule, theta);
    thetaGradient.forEach((g, r) => {
      assertClose(fast!.thetaGradient[r]!, g, 1e-4 * Math.abs(g), `gradient ${r}`);
    });
  });
});
