/** What is known of EMNIST's selections before their files are opened (Cohen et al. 2017, arXiv 1702.05373, table II). */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BALANCED, CAPITALS, DIGITS, SMALL } from './characters.js';

/** EMNIST's six selections of NIST Special Database 19. */
export const EMNIST_SPLITS = ['balanced', 'byclass', 'bymerge', 'digits', 'letters', 'mnist'] as const;
export type EmnistSplit = (typeof EMNIST_SPLITS)[number];

/** Classes in label order, and images of each in the test part where all have as many. */
export const SPLIT_SIZES: Readonly<Record<EmnistSplit, { classes: readonly string[]; perClass?: number }>> = {
  balanced: { classes: BALANCED, perClass: 400 },
  byclass: { classes: [...DIGITS, ...CAPITALS, ...SMALL] },
  bymerge: { classes: BALANCED },
  digits: { classes: DIGITS, perClass: 4000 },
  letters: { classes: CAPITALS.map((letter, i) => letter + SMALL[i]), perClass: 800 },
  mnist: { classes: DIGITS, perClass: 1000 },
};

/** The three files of a split's test part. */
export interface EmnistFiles {
  readonly images: string;
  readonly labels: string;
  readonly mapping: string;
}

/** File names of a split's test part, as NIST names them. */
export function emnistFileNames(split: EmnistSplit): EmnistFiles {
  return {
    images: `emnist-${split}-test-images-idx3-ubyte.gz`,
    labels: `emnist-${split}-test-labels-idx1-ubyte.gz`,
    mapping: `emnist-${split}-mapping.txt`,
  };
}

/** Below a folder: as NIST's zip unpacks, as we keep them, as torchvision lays them out. */
const PLACES = ['.', 'gzip', 'emnist', join('EMNIST', 'raw'), 'raw'];

/** Paths of a split's files in a folder or one of its usual sub-folders, unzipped or not; the mapping only where it is there. */
export function findEmnist(
  folder: string,
  split: EmnistSplit,
): (Omit<EmnistFiles, 'mapping'> & Partial<EmnistFiles>) | undefined {
  const names = emnistFileNames(split);
  for (const place of PLACES) {
    const find = (name: string) =>
      [name, name.replace(/\.gz$/, '')].map((file) => join(folder, place, file)).find((path) => existsSync(path));
    const [images, labels, mapping] = [names.images, names.labels, names.mapping].map(find);
    if (images && labels) return { images, labels, ...(mapping && { mapping }) };
  }
  return undefined;
}
