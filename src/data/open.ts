/** From a database's name to its images in memory. */
import type { Dataset } from './dataset.js';
import type { EmnistOptions } from './emnist.js';
import { EMNIST_SPLITS, type EmnistSplit, SPLIT_SIZES } from './emnist-splits.js';
import type { MnistName } from './mnist.js';

/** Databases with a name; any other is the path of a folder. */
export const DATABASES = [
  'emnist',
  'emnist-letters',
  'emnist-digits',
  'emnist-mnist',
  'emnist-byclass',
  'emnist-bymerge',
  'glyphs',
  'mnist',
  'fashion-mnist',
] as const;

/** Whether it is one of DATABASES, not a folder. */
export function isNamed(database: string): boolean {
  return (DATABASES as readonly string[]).includes(database);
}

export interface OpenOptions extends Omit<EmnistOptions, 'dim' | 'split' | 'published'> {
  /** Side of the images in pixels. */
  readonly dim: number;
  /** A folder's images have dark ink on a light or transparent ground. */
  readonly invert?: boolean | undefined;
}

/**
 * Opens `emnist` (EMNIST Balanced) or another split of EMNIST, `glyphs`, `mnist` or `fashion-mnist` (from `dataDir`), or
 * a folder with one sub-folder of PNG files per class.
 * @throws Error in one sentence where the data cannot be had, or is not what it should be.
 */
export async function openDataset(database: string, options: OpenOptions): Promise<Dataset> {
  if (options.invert && isNamed(database))
    throw new Error(`--invert is for folders of PNG files: ${database} has light ink on a dark ground as it is.`);
  // Imported when needed: a run on one of them should not wait for the others' libraries.
  if (!isNamed(database)) return (await import('./folder.js')).loadFolder(database, options);
  if (database === 'glyphs') return (await import('./glyphs/glyphs.js')).loadGlyphs(options);
  const [, split] = /^emnist-?(.*)$/.exec(database) ?? [];
  if (split === undefined)
    return (await import('./mnist.js')).loadMnist(database as MnistName, { dataDir: undefined, ...options });
  return (await import('./emnist.js')).loadEmnist({ ...options, split: (split || 'balanced') as EmnistSplit });
}

/** What is known of a named data set before it is opened; undefined where that is too little. */
export function namedSize(name: string): Pick<Dataset, 'name' | 'classes' | 'labels'> | undefined {
  // The glyphs are in EMNIST Balanced's classes and numbers.
  const split = ['emnist', 'glyphs'].includes(name)
    ? 'balanced'
    : EMNIST_SPLITS.find((one) => name === `emnist-${one}`);
  const { classes, perClass } = split ? SPLIT_SIZES[split] : {};
  if (!classes || !perClass) return undefined;
  return {
    name,
    classes,
    labels: Uint8Array.from({ length: classes.length * perClass }, (_, i) => i % classes.length),
  };
}
