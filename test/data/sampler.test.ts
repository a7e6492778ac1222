import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ClassIndex, classIndex, makeEpisode, sampleTask, splitClasses } from '#dist/data/sampler.js';
import { imageOf, initialMatrices } from '#dist/engine/episode.js';
import { stream } from '#dist/random/stream.js';

const CLASSES = 7;
const PER_CLASS = 12;
const COUNT = CLASSES * PER_CLASS;
/** 2 x 2 images whose four bytes are the image's position; classes interleaved. */
const dataset = {
  name: 'positions',
  dim: 2,
  classes: [...'abcdefg'],
  images: Uint8Array.from({ length: 4 * COUNT }, (_, i) => Math.floor(i / 4)),
  labels: Uint8Array.from({ length: COUNT }, (_, i) => i % CLASSES),
  checksum: 'none',
};
const index = classIndex(dataset);
const network = { layers: [4, 3, 7], beta: 10, feedback: 'fix' } as const;
const setting = { dataset, index, network, seed: 1, M: 3, K: 4, Q: 2 };
const positions = (part: ClassIndex) => part.flatMap(({ images }) => [...images]).sort((a, b) => a - b);
const all = Array.from({ length: COUNT }, (_, i) => i);

test('classIndex lists every image under its label', () => {
  assert.deepEqual(positions(index), all);
  for (const { label, images } of index) assert.ok(images.every((i) => dataset.labels[i] === label));
});

describe('sampleTask', () => {
  test('M distinct classes, K + Q distinct images of each', () => {
    const sizes = fc.record({
      M: fc.integer({ min: 1, max: CLASSES }),
      K: fc.integer({ min: 1, max: 6 }),
      Q: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(sizes, fc.string(), ({ M, K, Q }, name) => {
        const { train, query } = sampleTask(index, { M, K, Q }, stream(name));
        assert.equal(new Set([...train, ...query]).size, M * (K + Q));
        const perClass = (part: readonly number[]) => {
          const counts = new Map<number, number>();
          for (const i of part) counts.set(dataset.labels[i]!, (counts.get(dataset.labels[i]!) ?? 0) + 1);
          return counts;
        };
        assert.deepEqual([...perClass(train).values()], Array(M).fill(K));
        assert.deepEqual([...perClass(query).values()], Array(M).fill(Q));
        assert.deepEqual(new Set(perClass(train).keys()), new Set(perClass(query).keys()));
      }),
    );
  });

  test('every image is drawn equally often, and the training order is shuffled', () => {
    const counts = new Array<number>(COUNT).fill(0);
    const random = stream('often');
    let sameClassInRow = 0;
    const tasks = 4000;
    for (let n = 0; n < tasks; n++) {
      const { train, query } = sampleTask(index, { M: 3, K: 4, Q: 2 }, random);
      for (const i of [...train, ...query]) counts[i]!++;
      for (let t = 1; t < train.length; t++) {
        if (dataset.labels[train[t]!] === dataset.labels[train[t - 1]!]) sameClassInRow++;
      }
    }
    const expected = (tasks * 18) / COUNT;
    for (const count of counts) assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${count}`);
    // Of 12 images, 4 a class, in random order, neighbours share their class 3 times in 11.
    assert.ok(Math.abs(sameClassInRow / (tasks * 11) - 3 / 11) < 0.01);
  });
});

describe('sampleTask as the release draws', () => {
  const label = (i: number) => dataset.labels[i]!;

  test('with replacement: all sequences of classes equally likely, a class that comes twice with the same images', () => {
    const counts = new Array<number>(CLASSES).fill(0);
    const random = stream('replacement');
    const tasks = 4000;
    let distinct = 0;
    for (let n = 0; n < tasks; n++) {
      const { train, query } = sampleTask(index, { M: 3, K: 4, Q: 2, replacement: true }, random);
      assert.deepEqual([train.length, query.length], [12, 6]);
      const times = new Map<number, number>();
      for (const i of [...train, ...query]) times.set(i, (times.get(i) ?? 0) + 1);
      const classes = new Set(query.map(label));
      assert.equal(times.size, classes.size * 6);
      for (const c of classes) {
        const images = [...times].filter(([i]) => label(i) === c);
        assert.equal(new Set(images.map(([, count]) => count)).size, 1);
        counts[c]! += images[0]![1];
      }
      assert.ok(!train.some((i) => query.includes(i)));
      if (classes.size === 3) distinct++;
    }
    const expected = (3 * tasks) / CLASSES;
    for (const count of counts) assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${count}`);
    const share = (7 * 6 * 5) / 7 ** 3;
    assert.ok(Math.abs(distinct / tasks - share) < 5 * Math.sqrt((share * (1 - share)) / tasks), `${distinct}`);
  });

  test('with replacement M may exceed the number of classes', () => {
    assert.equal(sampleTask(index, { M: 20, K: 1, Q: 1, replacement: true }, stream('many')).query.length, 20);
  });

  test('the first images: K for training, shuffled, and the next Q for the query', () => {
    const { train, query } = sampleTask(index, { M: 7, K: 4, Q: 2, firstImages: true }, stream('first'));
    const first = index.flatMap(({ images }) => [...images.subarray(0, 4)]);
    assert.notDeepEqual(train, first);
    assert.deepEqual([...train].sort(), first.sort());
    assert.deepEqual([...query].sort(), index.flatMap(({ images }) => [...images.subarray(4, 6)]).sort());
    assert.throws(() => sampleTask(index, { M: 1, K: 12, Q: 1, firstImages: true }, stream('first')), RangeError);
  });
});

describe('splitClasses', () => {
  test('three parts without overlap that make up the whole', () => {
    const fraction = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(fraction, fraction, fc.string(), (classes, images, name) => {
        const split = splitClasses(index, { classes, images }, stream(name));
        const parts = [split.train, split.heldOutClasses, split.heldOutImages];
        assert.deepEqual(
          parts.flatMap(positions).sort((a, b) => a - b),
          all,
        );
        assert.equal(split.heldOutClasses.length, Math.round(classes * CLASSES));
        for (const { images: held } of split.heldOutImages) assert.equal(held.length, Math.round(images * PER_CLASS));
        for (const { label, images: kept } of parts.flat()) assert.ok(kept.every((i) => dataset.labels[i] === label));
      }),
    );
  });

  test('nothing held out leaves the index as it is', () => {
    assert.deepEqual(splitClasses(index, { classes: 0, images: 0 }, stream('s')).train, index);
  });

  test('the same stream holds out the same', () => {
    const split = () => splitClasses(index, { classes: 0.3, images: 0.25 }, stream('1/split'));
    assert.deepEqual(split(), split());
  });
});

describe('makeEpisode', () => {
  test('an episode alone is the same as after others', () => {
    const alone = makeEpisode(setting, 17);
    for (let n = 1; n < 17; n++) makeEpisode(setting, n);
    assert.deepEqual(makeEpisode(setting, 17), alone);
    assert.notDeepEqual(makeEpisode(setting, 18).train.positions, alone.train.positions);
    assert.notDeepEqual(makeEpisode({ ...setting, seed: 2 }, 17).matrices, alone.matrices);
  });

  test('images and labels belong together', () => {
    const { train, query } = makeEpisode(setting, 1);
    assert.equal(train.labels.length, 12);
    assert.equal(query.labels.length, 6);
    for (const images of [train, query]) {
      assert.equal(images.positions!.length, images.labels.length);
      images.labels.forEach((label, i) => {
        const bytes = imageOf(images, i, 4);
        assert.deepEqual([...bytes], Array(4).fill(bytes[0]));
        assert.equal(bytes[0]! % CLASSES, label);
      });
    }
  });

  test('both feedback kinds of one seed see the same task and W', () => {
    const fix = makeEpisode(setting, 3);
    const { weights, feedbackWeights } = initialMatrices(fix);
    assert.equal(feedbackWeights!.length, 2);
    const network = { ...setting.network, feedback: 'sym' } as const;
    const sym = makeEpisode({ ...setting, network }, 3);
    assert.deepEqual(sym, { ...fix, network });
    assert.deepEqual(initialMatrices(sym), { weights });
  });
});
