import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasetChecksum } from './checksum.js';
import type { Dataset } from './dataset.js';
import { type IdxPair, readIdxImages, SIDE } from './idx-images.js';
import { resizeAll } from './resize.js';

/** Data sets that come as MNIST's four files: what the classes are called, and the folder torchvision keeps them in. */
const MNISTS = {
  mnist: { classes: Array.from('0123456789'), raw: 'MNIST/raw' },
  'fashion-mnist': {
    classes: ['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    raw: 'FashionMNIST/raw',
  },
} as const;
export type MnistName = keyof typeof MNISTS;
export const MNIST_NAMES = Object.keys(MNISTS) as readonly MnistName[];

/**
 * MNIST (LeCun et al. 1998) or Fashion-MNIST (Xiao et al. 2017, arXiv 1708.07747) from a folder of the user's: the test
 * images (`t10k-…`) and after them the training images (`train-…`), whichever are there, gzip'd or not.
 *
 * @param dataDir holds the files itself, or in a sub-folder called like the data set, or as torchvision lays them out
 * @throws Error in one sentence where none is there, or one is damaged
 */
export async function loadMnist(name: MnistName, dataDir: string | undefined, dim: number = SIDE): Promise<Dataset> {
  if (!Number.isInteger(dim) || dim < 1) throw new Error(`image side ${dim}: expected a whole number from 1`);
  const expected = 't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or the same with train, or both, gzipped or not';
  if (dataDir === undefined) {
    throw new Error(`--database ${name} is not downloaded: name with --data_dir a folder that holds ${expected}.`);
  }
  const { classes, raw } = MNISTS[name];
  const pairs = ['.', name, raw].map((sub) => findPairs(join(dataDir, sub))).find(({ length }) => length > 0);
  if (!pairs) {
    const places = `in it or in its sub-folder ${name} or ${raw}`;
    throw new Error(`--data_dir ${dataDir} does not hold the files of ${name}: expected ${expected}, ${places}.`);
  }
  const parts = await Promise.all(pairs.map((pair) => readIdxImages(pair)));
  for (const [i, part] of parts.entries()) {
    const wrong = part.labels.findIndex((label) => label >= classes.length);
    if (wrong < 0) continue;
    throw new Error(`${pairs[i]!.labels}: label ${part.labels[wrong]} of image ${wrong} is none of 0 to 9`);
  }
  const images = resizeAll(joined(parts.map((part) => part.images)), SIDE, dim);
  const labels = joined(parts.map((part) => part.labels));
  return { name, dim, classes, images, labels, checksum: datasetChecksum(images, labels) };
}

function findPairs(folder: string): IdxPair[] {
  return ['t10k', 'train'].flatMap((part) => {
    const [images, labels] = [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`].map((name) =>
      ['', '.gz'].map((suffix) => join(folder, name + suffix)).find((path) => existsSync(path)),
    );
    return images && labels ? [{ images, labels }] : [];
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
