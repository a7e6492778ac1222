/** From a database's name to its images in memory. */
import { defaultCacheDir } from './cache.js';
import type { Dataset } from './dataset.js';
import type { EmnistOptions } from './emnist.js';

/** Databases with a name; any other is the path of a folder. */
export const DATABASES = ['emnist', 'glyphs'] as const;

/** Whether it is one of DATABASES, not a folder. */
export function isNamed(database: string): boolean {
  return (DATABASES as readonly string[]).includes(database);
}

export interface OpenOptions extends Omit<EmnistOptions, 'dim' | 'split'> {
  /** Side of the images in pixels. */
  readonly dim: number;
}

/**
 * Opens `emnist` (EMNIST Balanced), `glyphs`, or a folder with one sub-folder of PNG files per class.
 * @throws Error in one sentence where the data cannot be had, or is not what it should be.
 */
export async function openDataset(database: string, options: OpenOptions): Promise<Dataset> {
  // Imported when needed: a run on one of them should not wait for the others' libraries.
  if (database === 'emnist') return (await import('./emnist.js')).loadEmnist({ ...options, split: 'balanced' });
  if (database !== 'glyphs') return (await import('./folder.js')).loadFolder(database, options);
  const { dim, onProgress, env = process.env, cacheDir = defaultCacheDir(env) } = options;
  return (await import('./glyphs/glyphs.js')).loadGlyphs({ dim, onProgress, cacheDir });
}

/** What is known of a named data set before it is opened: 47 classes of 400 images. */
export function namedSize(name: string): Pick<Dataset, 'name' | 'classes' | 'labels'> {
  const classes = Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt');
  return { name, classes, labels: Uint8Array.from({ length: classes.length * 400 }, (_, i) => i % classes.length) };
}
