import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { datasetChecksum } from './checksum.js';
import type { Dataset } from './dataset.js';
import { type IdxPair, readIdxImages, SIDE } from './idx-images.js';
import { isPublished, PUBLISHED, type Published } from './published.js';
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

export interface MnistOptions {
  readonly dataDir: string | undefined;
  /** Side to resize the images to; default 28, as they are. */
  readonly dim?: number | undefined;
  /** Told in a sentence of files that are not the published ones. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
  /** What the files of each data set are; default: as published. */
  readonly published?: Readonly<Record<MnistName, Published>> | undefined;
}

/**
 * MNIST (LeCun et al. 1998) or Fashion-MNIST (Xiao et al. 2017, arXiv 1708.07747) from a folder of the user's: the test
 * images (`t10k-…`) and after them the training images (`train-…`), whichever are there, gzip'd or not.
 *
 * @param options.dataDir holds the files as torchvision lays them out, or in a sub-folder called like the data set, or
 *   itself: what bears the data set's name goes before what does not
 * @throws Error in one sentence where none is there, or one is damaged or of the other data set
 */
export async function loadMnist(name: MnistName, options: MnistOptions): Promise<Dataset> {
  const { dataDir, dim = SIDE, onNotice, published = PUBLISHED } = options;
  if (!Number.isInteger(dim) || dim < 1) throw new Error(`image side ${dim}: expected a whole number from 1`);
  const expected = 't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, or the same with train, or both, gzipped or not';
  if (dataDir === undefined) {
    throw new Error(`--database ${name} is not downloaded: name with --data_dir a folder that holds ${expected}.`);
  }
  const { classes, raw } = MNISTS[name];
  const pairs = [raw, name, '.'].map((sub) => findPairs(join(dataDir, sub))).find(({ length }) => length > 0);
  if (!pairs) {
    const places = `in it or in its sub-folder ${name} or ${raw}`;
    throw new Error(`--data_dir ${dataDir} does not hold the files of ${name}: expected ${expected}, ${places}.`);
  }
  const { images: stored, labels, parts, sums } = await readIdxImages(pairs);
  for (const [i, part] of parts.entries()) {
    const wrong = part.findIndex((label) => label >= classes.length);
    if (wrong < 0) continue;
    throw new Error(`${pairs[i]!.labels}: label ${part[wrong]} of image ${wrong} is none of 0 to 9`);
  }
  const own = sums.filter((read) => isPublished(read, published[name]) === false);
  for (const other of MNIST_NAMES.filter((one) => one !== name)) {
    const taken = own.find((read) => isPublished(read, published[other]));
    if (taken)
      throw new Error(`${taken.path} is of ${other}, not of ${name}: expected ${name}'s files in ${raw} or ${name}`);
  }
  if (own.length > 0) {
    const files = own.map(({ path }) => basename(path)).join(' and ');
    onNotice?.(`${files} of ${dataDir}: not as published as ${name}, so taken as data of your own.`);
  }
  const images = resizeAll(stored, SIDE, dim);
  return { name, dim, classes, images, labels, checksum: datasetChecksum(images, labels) };
}

function findPairs(folder: string): IdxPair[] {
  return ['t10k', 'train'].flatMap((part) => {
    const [images, labels] = [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`].map((name) =>
      [name, name.replace('-idx', '.idx')]
        .flatMap((spelling) => [spelling, `${spelling}.gz`])
        .map((file) => join(folder, file))
        .find((path) => existsSync(path)),
    );
    return images && labels ? [{ images, labels }] : [];
  });
}
