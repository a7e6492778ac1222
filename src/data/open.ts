/** From a database's name to its images in memory. */
import { defaultCacheDir } from './cache.js';
import type { Dataset } from './dataset.js';
import type { EmnistOptions, EmnistSplit } from './emnist.js';
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

export interface OpenOptions extends Omit<EmnistOptions, 'dim' | 'split'> {
  /** Side of the images in pixels. */
  readonly dim: number;
}

/**
 * Opens `emnist` (EMNIST Balanced) or another split of EMNIST, `glyphs`, `mnist` or `fashion-mnist` (from `dataDir`), or
 * a folder with one sub-folder of PNG files per class.
 * @throws Error in one sentence where the data cannot be had, or is not what it should be.
 */
export async function openDataset(database: string, options: OpenOptions): Promise<Dataset> {
  const { dim, dataDir, onProgress, env = process.env, cacheDir = defaultCacheDir(env) } = options;
  // Imported when needed: a run on one of them should not wait for the others' libraries.
  if (!isNamed(database)) return (await import('./folder.js')).loadFolder(database, options);
  if (database === 'glyphs') return (await import('./glyphs/glyphs.js')).loadGlyphs({ dim, onProgress, cacheDir });
  const [, split] = /^emnist-?(.*)$/.exec(database) ?? [];
  if (split === undefined) return (await import('./mnist.js')).loadMnist(database as MnistName, dataDir, dim);
  return (await import('./emnist.js')).loadEmnist({ ...options, split: (split || 'balanced') as EmnistSplit });
}

const DIGITS = Array.from('0123456789');
const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const BALANCED = [...DIGITS, ...LETTERS, ...Array.from('abdefghnqrt')];

/** Classes and images of each, of the data sets that have as many of all (EMNIST: Cohen et al. 2017, table II). */
const SIZES: Readonly<Record<string, readonly [classes: readonly string[], perClass: number]>> = {
  emnist: [BALANCED, 400],
  'emnist-letters': [LETTERS.map((letter) => letter + letter.toLowerCase()), 800],
  'emnist-digits': [DIGITS, 4000],
  'emnist-mnist': [DIGITS, 1000],
  glyphs: [BALANCED, 400],
};

/** What is known of a named data set before it is opened; undefined where that is too little. */
export function namedSize(name: string): Pick<Dataset, 'name' | 'classes' | 'labels'> | undefined {
  if (!Object.hasOwn(SIZES, name)) return undefined;
  const [classes, perClass] = SIZES[name]!;
  return {
    name,
    classes,
    labels: Uint8Array.from({ length: classes.length * perClass }, (_, i) => i % classes.length),
  };
}
