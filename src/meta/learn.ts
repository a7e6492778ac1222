/** One network learns all classes of a data set online, with a rule whose coefficients are fixed: no meta-learning. */
import type { Dataset } from '../data/dataset.js';
import { type ClassIndex, classIndex } from '../data/sampler.js';
import { gatherImages, type Images } from '../engine/episode.js';
import type { Network } from '../network/network.js';
import type { Rule } from '../plasticity/rule.js';
import { sampleWithoutReplacement, shuffle, stream, streamKey } from '../random/stream.js';
import { type AdaptingEngine, type CoursePoint, followCourse } from './course.js';

export interface LearnOptions {
  readonly engine: AdaptingEngine;
  readonly rule: Rule;
  /** One per coefficient of the rule. */
  readonly theta: readonly number[];
  readonly dataset: Dataset;
  readonly network: Network;
  readonly seed: number;
  /** Training images to show, as many epochs as that takes. */
  readonly images: number;
  /** Images between two measurements. */
  readonly every: number;
  /** Images of each class that are set aside to measure on; each class must have more. */
  readonly query: number;
}

/** Images that an engine gets at once, at most: memory does not depend on `every`. */
const PIECE = 250;

/** Learns, and yields what is measured: before the first image, then every so many, and after the last. */
export async function* learn(options: LearnOptions): AsyncGenerator<CoursePoint, void> {
  const { engine, dataset, network, seed, images, every, query } = options;
  const index = classIndex(dataset);
  const random = stream(`${seed}/learn/query`);
  const { train, held } = setAside(index, query, random);
  const start = {
    network,
    matrices: { key: streamKey(`${seed}/learn/weights`) },
    query: {
      pixels: gatherImages(dataset.images, held, network.layers[0]!),
      labels: Uint8Array.from(held, (i) => dataset.labels[i]!),
    },
    noiseKey: streamKey(`${seed}/learn/noise`),
  };
  const lengths = pieceLengths(images, every);
  const pieces = takePieces(dataset, imageOrder(train, seed), lengths);
  const theta = Float64Array.from(options.theta);
  for await (const point of followCourse(engine, start, pieces, { rule: options.rule, theta })) {
    const due = point.images % every === 0 || point.images === images;
    if (due || !Number.isFinite(point.loss)) yield point;
  }
}

/** Positions of `query` images of each class, class by class, and of all others. */
function setAside(index: ClassIndex, query: number, random: () => number): { train: Int32Array; held: Int32Array } {
  const orders = index.map(({ images }) =>
    sampleWithoutReplacement(images.length, images.length, random).map((i) => images[i]!),
  );
  return {
    held: Int32Array.from(orders.flatMap((order) => order.slice(0, query))),
    train: Int32Array.from(orders.flatMap((order) => order.slice(query))).sort(),
  };
}

/** Epoch after epoch, each in an order of its own. */
function* imageOrder(train: Int32Array, seed: number): Generator<number, never> {
  for (let epoch = 1; ; epoch++) yield* shuffle(train.slice(), stream(`${seed}/learn/epoch/${epoch}`));
}

/** Lengths of at most PIECE images, as equal as can be, that end wherever a measurement is due. */
function* pieceLengths(images: number, every: number): Generator<number, void> {
  for (let from = 0; from < images; from += every) {
    const stretch = Math.min(every, images - from);
    const count = Math.ceil(stretch / PIECE);
    for (let i = 0; i < count; i++) yield Math.floor(((i + 1) * stretch) / count) - Math.floor((i * stretch) / count);
  }
}

function* takePieces(
  dataset: Dataset,
  order: Iterator<number, never>,
  lengths: Iterable<number>,
): Generator<Images, void> {
  for (const length of lengths) {
    const positions = Int32Array.from({ length }, () => order.next().value);
    yield {
      pixels: gatherImages(dataset.images, positions, dataset.dim ** 2),
      labels: Uint8Array.from(positions, (i) => dataset.labels[i]!),
    };
  }
}
