import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { datasetChecksum } from '#dist/data/checksum.js';
import type { Dataset } from '#dist/data/dataset.js';
import { makeEpisode } from '#dist/data/sampler.js';
import type { Engine } from '#dist/engine/engine.js';
import { createReferenceEngine } from '#dist/engine/reference/engine.js';
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { type AdaptingEngine, type CoursePoint, canAdapt, followCourse, piecesOf } from '#dist/meta/course.js';
import { type LearnOptions, learn } from '#dist/meta/learn.js';
import { learnedTheta, metaTest } from '#dist/meta/meta-test.js';
import { parseRule } from '#dist/plasticity/rule.js';
import { noise, randomEpisode } from '../engine/random-episode.js';
import { records as makeRecords } from '../report/records.js';

const rule = parseRule(['F0', 'F2', 'F9']);
const theta = [0.02, -0.03, 0.004];
const layers = [16, 6, 5, 3];
const network = { layers, beta: 10, feedback: 'fix' } as const;

function adapting(engine: Engine): AdaptingEngine {
  assert.ok(canAdapt(engine));
  return engine;
}
const reference = adapting(createReferenceEngine());
const wasm = adapting(await createWasmEngine());
after(() => wasm.dispose());

/** Three classes of 20 noisy images, each with a bright row of its own. */
const dataset = ((): Dataset => {
  const draw = noise(5);
  const labels = Uint8Array.from({ length: 60 }, (_, i) => i % 3);
  const images = Uint8Array.from({ length: 60 * 16 }, (_, at) => {
    const [image, pixel] = [Math.floor(at / 16), at % 16];
    return (Math.floor(pixel / 4) === image % 3 ? 180 : 0) + Math.floor(30 * (1 + draw()));
  });
  return { name: 'rows', dim: 4, classes: ['a', 'b', 'c'], images, labels, checksum: datasetChecksum(images, labels) };
})();

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('a course', () => {
  test('is measured before the first image and after each piece', async () => {
    const episode = randomEpisode({ layers, feedback: 'sym', train: 7, query: 3, seed: 2 });
    const rules = { rule, theta: Float64Array.from(theta) };
    const points = await collect(followCourse(reference, episode, piecesOf(episode, 3), rules));
    assert.deepEqual(
      points.map(({ images }) => images),
      [0, 3, 6, 7],
    );
    for (const { images, loss, accuracy } of points) {
      const { pixels, labels } = episode.train;
      const train = { pixels: pixels.subarray(0, images * 16), labels: labels.subarray(0, images) };
      const [whole] = await reference.run([{ ...episode, train }], rule, [rules.theta]);
      assert.deepEqual({ loss, accuracy }, { loss: whole!.loss, accuracy: whole!.accuracy });
    }
  });

  test('ends where the network diverges', async () => {
    const episode = randomEpisode({ layers, feedback: 'fix', train: 40, query: 3, seed: 2 });
    const wild = { rule: parseRule(['F3']), theta: Float64Array.of(-1e30) };
    for (const engine of [reference, wasm]) {
      const points = await collect(followCourse(engine, episode, piecesOf(episode, 10), wild));
      assert.ok(points.length < 5);
      assert.ok(points.slice(0, -1).every(({ loss }) => Number.isFinite(loss)));
      assert.equal(points.at(-1)!.loss, Number.NaN);
    }
  });
});

describe('learn', () => {
  const options: LearnOptions = {
    ...{ engine: reference, rule, theta, dataset, network, seed: 3, images: 110, every: 40, query: 4 },
  };

  test('measures every so many images and after the last, over several epochs, and gets better', async () => {
    const points = await collect(learn({ ...options, theta: [0.1, 0, 0], images: 1010, every: 500 }));
    assert.deepEqual(
      points.map(({ images }) => images),
      [0, 500, 1000, 1010],
    );
    assert.ok(points.at(-1)!.loss < 0.5 * points[0]!.loss);
    assert.ok(points.at(-1)!.accuracy > 0.9);
  });

  test('shows each image but those set aside once an epoch, and ends as one episode of all of them would', async () => {
    const shown: { pixels: string[]; query: Set<string> } = { pixels: [], query: new Set() };
    const keys = (images: Uint8Array) =>
      Array.from({ length: images.length / 16 }, (_, i) => images.subarray(16 * i, 16 * i + 16).join());
    let first: Parameters<AdaptingEngine['adapt']>[0] | undefined;
    const labels: number[] = [];
    const watched: AdaptingEngine = {
      ...reference,
      adapt(episode, ...rest) {
        first ??= episode;
        shown.pixels.push(...keys(episode.train.pixels));
        shown.query = new Set(keys(episode.query.pixels));
        labels.push(...episode.train.labels);
        return reference.adapt(episode, ...rest);
      },
    };
    const points = await collect(learn({ ...options, engine: watched }));
    assert.equal(shown.query.size, 12);
    for (const from of [0, 48]) {
      const epoch = new Set(shown.pixels.slice(from, from + 48));
      assert.equal(epoch.size, 48);
      assert.ok([...epoch].every((key) => !shown.query.has(key)));
    }
    assert.notDeepEqual(shown.pixels.slice(0, 48), shown.pixels.slice(48, 96));
    const pixels = Uint8Array.from(shown.pixels.flatMap((key) => key.split(',').map(Number)));
    const episode = { ...first!, train: { pixels, labels: Uint8Array.from(labels) } };
    const [whole] = await reference.run([episode], rule, [Float64Array.from(theta)]);
    const { loss, accuracy, angles, orthonormality } = points.at(-1)!;
    const { thetaGradient: _, ...outcome } = whole!;
    assert.deepEqual({ loss, accuracy, angles, orthonormality }, outcome);
  });

  test('goes by its seed, whatever is measured in between', async () => {
    const end = async (changes: Partial<LearnOptions>) => (await collect(learn({ ...options, ...changes }))).at(-1)!;
    const usual = await end({});
    assert.deepEqual(await end({ every: 7 }), usual);
    assert.notEqual((await end({ seed: 4 })).loss, usual.loss);
    const fast = await end({ engine: wasm });
    assert.ok(Math.abs(fast.loss - usual.loss) < 1e-5);
  });
});

describe('metaTest', () => {
  const index = [0, 1, 2].map((label) => ({
    label,
    images: Int32Array.from({ length: 20 }, (_, i) => 3 * i + label),
  }));
  const make = (n: number) => makeEpisode({ dataset, index, network, M: 2, K: 6, Q: 3, seed: 'x/test' }, n);

  test('ends each task with the loss of run for the frozen coefficients', async () => {
    const courses = await collect(metaTest({ engine: reference, rule, theta, makeEpisode: make, tasks: 3, every: 5 }));
    const images = (points: CoursePoint[]) => points.map((point) => point.images);
    assert.deepEqual(courses.map(images), Array(3).fill([0, 5, 10, 12]));
    for (const [i, points] of courses.entries()) {
      const [wanted] = await reference.run([make(i + 1)], rule, [Float64Array.from(theta)]);
      assert.equal(points.at(-1)!.loss, wanted!.loss);
      assert.equal(points.at(-1)!.accuracy, wanted!.accuracy);
    }
    assert.notEqual(courses[0]!.at(-1)!.loss, courses[1]!.at(-1)!.loss);
  });

  test('takes the mean of the last 50 coefficients, or the last', () => {
    const records = makeRecords(60, (episode) => ({
      theta: [episode <= 10 ? 1e9 : episode - 1, 2],
      next: { theta: [7, 8], m: [0, 0], v: [0, 0], step: episode },
    }));
    assert.deepEqual(learnedTheta(records, 'mean'), [(10 + 59) / 2, 2]);
    assert.deepEqual(learnedTheta(records.slice(10, 12), 'mean'), [10.5, 2]);
    assert.deepEqual(learnedTheta(records, 'last'), [7, 8]);
    assert.throws(() => learnedTheta([], 'mean'), RangeError);
  });
});
