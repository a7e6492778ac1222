import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { writeAtomically } from '../../files.js';
import { CHOOSE_CACHE, defaultCacheDir, writableCache } from '../cache.js';
import { BALANCED as CLASSES } from '../characters.js';
import { datasetChecksum } from '../checksum.js';
import { type Dataset, imageBytes } from '../dataset.js';
import { openIdx } from '../idx-file.js';
import { embeddedDrawings } from './embedded.js';
import { glyphImage } from './image.js';

export interface GlyphsOptions {
  /** Default 0: everybody's `glyphs` are the same images, whatever the seed of a run. */
  readonly seed?: number | string | undefined;
  /** Images of each class; default 400, as in EMNIST Balanced's test part. */
  readonly perClass?: number | undefined;
  /** Side of an image in pixels; default 28. */
  readonly dim?: number | undefined;
  /** Where the images are kept once made; default {@link defaultCacheDir}. */
  readonly cacheDir?: string | undefined;
  /** Where the default cache folder is read; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told after each class how many images of how many are drawn; not called where the cache has them. */
  readonly onProgress?: ((progress: { label: string; done: number; total: number }) => void) | undefined;
  /** Told in a sentence where the images cannot be kept. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/**
 * Handwriting-like characters in EMNIST Balanced's classes and format that need no download: pen strokes traced from
 * handwriting fonts, drawn each time as another random hand would. Image i of a class follows from the seed alone.
 * Kept in the cache folder as a gzip'd IDX file, upright, all images of class 0 first; where that
 * cannot be, they are drawn anew each time.
 *
 * @throws RangeError if a number is no positive integer
 */
export async function loadGlyphs(options: GlyphsOptions = {}): Promise<Dataset> {
  const { seed = 0, perClass = 400, dim = 28, env = process.env, onProgress, onNotice } = options;
  const { cacheDir = defaultCacheDir(env) } = options;
  for (const [name, value] of Object.entries({ perClass, dim }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`glyphs: ${name} is ${value}, expected a whole number from 1`);
  const shape = [CLASSES.length * perClass, dim, dim];
  const labels = Uint8Array.from({ length: shape[0]! }, (_, i) => Math.floor(i / perClass));
  const key = createHash('sha256').update(String(seed)).digest('hex').slice(0, 16);
  const file = join('glyphs', `${dim}x${dim}-${perClass}-${key}-idx3-ubyte.gz`);
  const size = dim * dim;
  const draw = (i: number) => glyphImage(embeddedDrawings(), { label: labels[i]!, index: i % perClass, dim, seed });
  // The first image of each class tells whether the file is of this version and this seed.
  const isCurrent = (kept: Uint8Array) =>
    CLASSES.every((_, c) => {
      const i = c * perClass;
      return Buffer.compare(draw(i), kept.subarray(i * size, (i + 1) * size)) === 0;
    });
  const images = imageBytes(labels.length, dim);
  const kept = cacheDir && (await readCached(join(cacheDir, file), shape));
  if (kept && isCurrent(kept)) images.set(kept);
  else {
    for (let i = 0; i < labels.length; i++) {
      images.set(draw(i), i * size);
      if ((i + 1) % perClass !== 0) continue;
      onProgress?.({ label: 'glyphs', done: i + 1, total: labels.length });
      await nextTurn();
    }
    await writeCached(cacheDir, file, shape, images).catch(({ message }: Error) => {
      onNotice?.(`${message}. The glyphs are drawn anew each time.`);
    });
  }
  return { name: 'glyphs', dim, classes: CLASSES, images, labels, checksum: datasetChecksum(images, labels) };
}

/** The images if the file is there and whole (gzip's own CRC-32 and length), else undefined. */
async function readCached(path: string, shape: number[]): Promise<Uint8Array | undefined> {
  try {
    const file = await openIdx(path);
    try {
      if (file.shape.join() !== shape.join()) return undefined;
      const images = new Uint8Array(shape.reduce((product, n) => product * n, 1));
      await file.read(images);
      return images;
    } finally {
      await file.close();
    }
  } catch {
    // A file that is absent, damaged or not for us is no loss: the images are drawn anew and, where they can, replace it.
    return undefined;
  }
}

async function writeCached(
  cacheDir: string | undefined,
  file: string,
  shape: number[],
  images: Uint8Array,
): Promise<void> {
  const path = join(await writableCache(cacheDir), file);
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  const zipped = await promisify(gzip)(Buffer.concat([header, images]), { level: 4 });
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, zipped);
  } catch (cause) {
    throw new Error(`The glyphs cannot be kept in ${path} (${(cause as Error).message}): ${CHOOSE_CACHE}`, { cause });
  }
}
