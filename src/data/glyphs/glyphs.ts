import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import seedrandom from 'seedrandom';
import { writeAtomically } from '../../files.js';
import { defaultCacheDir } from '../cache.js';
import { datasetChecksum } from '../checksum.js';
import { type Dataset, imageBytes } from '../dataset.js';
import { parseIdx } from '../idx.js';
import { drawGlyph } from './draw.js';
import { embeddedDrawings } from './strokes.js';

/** EMNIST Balanced's 47 classes, in its order. */
const CLASSES = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'];
/** The capitals whose class also holds the small letter, as in EMNIST Balanced. */
const MERGED = new Set('CIJKLMOPSUVWXYZ');

export interface GlyphsOptions {
  /** Default 0: everybody's `glyphs` are the same images, whatever the seed of a run. */
  readonly seed?: number | string | undefined;
  /** Images of each class; default 400, as in EMNIST Balanced's test part. */
  readonly perClass?: number | undefined;
  /** Side of an image in pixels; default 28. */
  readonly dim?: number | undefined;
  /** Where the images are kept once made; default {@link defaultCacheDir}. */
  readonly cacheDir?: string | undefined;
  /** Told after each class how many images of how many are drawn; not called where the cache has them. */
  readonly onProgress?: ((progress: { label: string; done: number; total: number }) => void) | undefined;
}

/**
 * Handwriting-like characters in EMNIST Balanced's classes and format that need no download: pen strokes traced from
 * handwriting fonts, drawn each time as another random hand would. Image i of a class follows from the seed alone.
 * Kept in the cache folder as a gzip'd IDX file, upright, all images of class 0 first.
 *
 * @throws RangeError if a number is no positive integer; Error if the cache folder cannot be read or written
 */
export async function loadGlyphs(options: GlyphsOptions = {}): Promise<Dataset> {
  const { seed = 0, perClass = 400, dim = 28, cacheDir = defaultCacheDir(process.env), onProgress } = options;
  for (const [name, value] of Object.entries({ perClass, dim }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`glyphs: ${name} is ${value}, expected a whole number from 1`);
  const shape = [CLASSES.length * perClass, dim, dim];
  const labels = Uint8Array.from({ length: shape[0]! }, (_, i) => Math.floor(i / perClass));
  const key = createHash('sha256').update(String(seed)).digest('hex').slice(0, 16);
  const file = join(cacheDir, 'glyphs', `${dim}x${dim}-${perClass}-${key}-idx3-ubyte.gz`);
  const size = dim * dim;
  const draw = (i: number) => drawImage(labels[i]!, i % perClass, dim, seed);
  // The first image of each class tells whether the file is of this version and this seed.
  const isCurrent = (kept: Uint8Array) =>
    CLASSES.every((_, c) => {
      const i = c * perClass;
      return Buffer.compare(draw(i), kept.subarray(i * size, (i + 1) * size)) === 0;
    });
  const images = imageBytes(labels.length, dim);
  const kept = await readCached(file, shape);
  if (kept && isCurrent(kept)) images.set(kept);
  else {
    for (let i = 0; i < labels.length; i++) {
      images.set(draw(i), i * size);
      if ((i + 1) % perClass !== 0) continue;
      onProgress?.({ label: 'glyphs', done: i + 1, total: labels.length });
      await nextTurn();
    }
    await writeCached(file, shape, images);
  }
  return { name: 'glyphs', dim, classes: CLASSES, images, labels, checksum: datasetChecksum(images, labels) };
}

function drawImage(label: number, index: number, dim: number, seed: number | string): Uint8Array {
  const random = seedrandom(`${seed}/glyphs/${label}/${index}`);
  const capital = CLASSES[label]!;
  const character = MERGED.has(capital) && random() < 0.5 ? capital.toLowerCase() : capital;
  const drawings = embeddedDrawings().get(character)!;
  return drawGlyph(drawings[Math.floor(random() * drawings.length)]!, dim, random);
}

/** The images if the file is there and whole (gzip's own CRC-32 and length), else undefined. */
async function readCached(file: string, shape: number[]): Promise<Uint8Array | undefined> {
  const zipped = await readFile(file).catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`cannot read the glyphs kept in ${file}: ${error.message}`, { cause: error });
  });
  if (!zipped) return undefined;
  try {
    const maxOutputLength = 16 + shape.reduce((product, n) => product * n, 1);
    const { shape: found, data } = parseIdx(new Uint8Array(await promisify(gunzip)(zipped, { maxOutputLength })));
    return found.join() === shape.join() ? data : undefined;
  } catch {
    // A damaged file is no loss: the images are drawn anew and replace it.
    return undefined;
  }
}

async function writeCached(file: string, shape: number[], images: Uint8Array): Promise<void> {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  const zipped = await promisify(gzip)(Buffer.concat([header, images]), { level: 4 });
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeAtomically(file, zipped);
  } catch (error) {
    throw new Error(
      `cannot keep the glyphs in ${file}: ${(error as Error).message}. Choose a folder that can be written.`,
      { cause: error },
    );
  }
}
