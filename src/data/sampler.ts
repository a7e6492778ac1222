/** Few-shot tasks: M classes, K training and Q query images of each (paper's Algorithm 1). */
import type { Episode } from '../engine/episode.js';
import type { Network } from '../network/network.js';
import { type Random, sampleWithoutReplacement, shuffle, stream, streamKey } from '../random/stream.js';
import type { Dataset } from './dataset.js';

/** The images (positions in the data set) of some of its classes. */
export type ClassIndex = readonly { readonly label: number; readonly images: Int32Array }[];

/** How a task is drawn: M classes, K training and Q query images per class. */
export interface TaskDraw {
  readonly M: number;
  readonly K: number;
  readonly Q: number;
  /** Draw classes with replacement: one that comes twice brings the very same images twice, as in the release of the paper. */
  readonly replacement?: boolean;
  /** Take the first K + Q images of each class in every task, as the release does, the first K of them for training. */
  readonly firstImages?: boolean;
}

/** Positions in the data set, in the order in which a network sees them. */
export interface Task {
  /** M * K, shuffled. */
  readonly train: readonly number[];
  /** M * Q, class by class. */
  readonly query: readonly number[];
}

/** All classes of a data set with all their images, in label order. */
export function classIndex({ classes, labels }: Pick<Dataset, 'classes' | 'labels'>): ClassIndex {
  const images: number[][] = classes.map(() => []);
  labels.forEach((label, i) => {
    images[label]!.push(i);
  });
  return images.map((list, label) => ({ label, images: Int32Array.from(list) }));
}

/** A data set in three: what meta-training draws from, and what is held out for meta-testing. */
export interface Split {
  readonly train: ClassIndex;
  /** Classes never seen in meta-training, with all their images. */
  readonly heldOutClasses: ClassIndex;
  /** Unseen images of the classes that are seen. */
  readonly heldOutImages: ClassIndex;
}

/** Holds out a fraction of the classes and, of each other class, a fraction of the images (rounded to whole numbers). */
export function splitClasses(
  index: ClassIndex,
  fractions: { readonly classes: number; readonly images: number },
  random: Random,
): Split {
  const unseen = new Set(sampleWithoutReplacement(index.length, Math.round(fractions.classes * index.length), random));
  const seen = index
    .filter((_, i) => !unseen.has(i))
    .map(({ label, images }) => {
      const order = sampleWithoutReplacement(images.length, images.length, random).map((i) => images[i]!);
      const held = Math.round(fractions.images * images.length);
      return {
        label,
        held: Int32Array.from(order.slice(0, held)).sort(),
        kept: Int32Array.from(order.slice(held)).sort(),
      };
    });
  return {
    train: seen.map(({ label, kept }) => ({ label, images: kept })),
    heldOutClasses: index.filter((_, i) => unseen.has(i)),
    heldOutImages: seen.map(({ label, held }) => ({ label, images: held })),
  };
}

/**
 * Draws M distinct classes and K + Q distinct images of each, without replacement, if `draw` says nothing else; the
 * training images are shuffled.
 * @throws RangeError where there are fewer (distinct) classes than M, or fewer images in a class than K + Q.
 */
export function sampleTask(index: ClassIndex, draw: TaskDraw, random: Random): Task {
  const { K } = draw;
  const drawn = new Map<number, number[]>();
  const chosen = chooseClasses(index.length, draw, random).map((c) => {
    const images = drawn.get(c) ?? chooseImages(index[c]!.images, draw, random);
    drawn.set(c, images);
    return images;
  });
  return {
    train: shuffle(
      chosen.flatMap((images) => images.slice(0, K)),
      random,
    ),
    query: chosen.flatMap((images) => images.slice(K)),
  };
}

function chooseClasses(classes: number, { M, replacement }: TaskDraw, random: Random): number[] {
  if (!replacement) return sampleWithoutReplacement(classes, M, random);
  return Array.from({ length: M }, () => Math.floor(random() * classes));
}

function chooseImages(images: Int32Array, { K, Q, firstImages }: TaskDraw, random: Random): number[] {
  if (!firstImages) return sampleWithoutReplacement(images.length, K + Q, random).map((i) => images[i]!);
  if (K + Q > images.length) throw new RangeError(`cannot take ${K + Q} of ${images.length} images`);
  return Array.from(images.subarray(0, K + Q));
}

/** What is the same for all episodes of a run. */
export interface EpisodeSetting extends TaskDraw {
  readonly dataset: Dataset;
  /** What tasks are drawn from; all of the data set, or its part for meta-training. */
  readonly index: ClassIndex;
  readonly network: Network;
  /** What the names of the random streams begin with. */
  readonly seed: number | string;
}

/** Episode `n` of a seed: it depends on no other episode and is the same on every machine. */
export function makeEpisode(setting: EpisodeSetting, n: number): Episode {
  const { dataset, index, network, seed } = setting;
  const task = sampleTask(index, setting, stream(`${seed}/episode/${n}/task`));
  const images = (positions: readonly number[]) => ({
    pixels: dataset.images,
    positions: Int32Array.from(positions),
    labels: Uint8Array.from(positions, (i) => dataset.labels[i]!),
  });
  return {
    network,
    matrices: { key: streamKey(`${seed}/episode/${n}/weights`) },
    train: images(task.train),
    query: images(task.query),
    noiseKey: streamKey(`${seed}/episode/${n}/noise`),
  };
}
