import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCacheDir } from './cache.js';
import { datasetChecksum } from './checksum.js';
import { type Dataset, imageBytes } from './dataset.js';
import type { DownloadOptions } from './download.js';
import { readIdxImages, SIDE } from './idx-images.js';
import { resizeAll } from './resize.js';

/** NIST's zip of all of EMNIST as gzip'd IDX files, 535 MB. */
export const EMNIST_URL = 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip';

/** EMNIST's six selections of NIST Special Database 19 (Cohen et al. 2017, arXiv 1702.05373, table II). */
export const EMNIST_SPLITS = ['balanced', 'byclass', 'bymerge', 'digits', 'letters', 'mnist'] as const;
export type EmnistSplit = (typeof EMNIST_SPLITS)[number];

export interface EmnistOptions extends DownloadOptions {
  /** A folder of the user's that holds the files; nothing is downloaded if it is given. */
  readonly dataDir?: string | undefined;
  /** Where downloads are kept; default {@link defaultCacheDir}. */
  readonly cacheDir?: string | undefined;
  /** Default `balanced`, the one of the original release. */
  readonly split?: EmnistSplit | undefined;
  /** Side to resize the images to; default 28, as they are. */
  readonly dim?: number | undefined;
  /** The zip to download from; default {@link EMNIST_URL}. */
  readonly url?: string | undefined;
}

/** The three files of a split's test part, as NIST names them. */
export interface EmnistFiles {
  readonly images: string;
  readonly labels: string;
  readonly mapping: string;
}

/** File names of a split's test part. */
export function emnistFileNames(split: EmnistSplit): EmnistFiles {
  return {
    images: `emnist-${split}-test-images-idx3-ubyte.gz`,
    labels: `emnist-${split}-test-labels-idx1-ubyte.gz`,
    mapping: `emnist-${split}-mapping.txt`,
  };
}

/** Paths of a split's three files in a folder or its sub-folder `gzip` (as NIST's zip unpacks) or `emnist`. */
export function findEmnist(folder: string, split: EmnistSplit): EmnistFiles | undefined {
  const { images, labels, mapping } = emnistFileNames(split);
  return ['.', 'gzip', 'emnist']
    .map((sub) => ({
      images: join(folder, sub, images),
      labels: join(folder, sub, labels),
      mapping: join(folder, sub, mapping),
    }))
    .find((paths) => Object.values(paths).every((path) => existsSync(path)));
}

/**
 * The test part of an EMNIST split (`balanced`: 18,800 images, 47 classes x 400), upright and checked: from `dataDir`
 * if given, else from the cache, else downloaded into the cache.
 *
 * @returns labels as class indices from 0; a class that merges two characters is called by both, as `Aa` in `letters`
 * @throws Error in one message that says what is wrong and what to do: files missing, damaged or of another format,
 *   or the download failed
 */
export async function loadEmnist(options: EmnistOptions = {}): Promise<Dataset> {
  const { dataDir, split = 'balanced', dim = SIDE } = options;
  if (!EMNIST_SPLITS.includes(split)) {
    throw new Error(`no EMNIST split '${split}': expected one of ${EMNIST_SPLITS.join(', ')}`);
  }
  if (!Number.isInteger(dim) || dim < 1) throw new Error(`image side ${dim}: expected a whole number from 1`);
  const files = dataDir === undefined ? await cachedOrDownloaded(split, options) : findEmnist(dataDir, split);
  if (files === undefined) {
    throw new Error(
      `--data_dir ${dataDir} does not hold EMNIST's ${split} files: expected ${listed(split)} in it or in its ` +
        'sub-folder gzip or emnist. Leave --data_dir out to download them, or use --database glyphs, which needs none.',
    );
  }
  return readEmnist(files, split, dim);
}

async function cachedOrDownloaded(split: EmnistSplit, options: EmnistOptions): Promise<EmnistFiles | undefined> {
  const { url = EMNIST_URL, env = process.env, cacheDir = defaultCacheDir(env), signal } = options;
  const cached = findEmnist(cacheDir, split);
  if (cached) return cached;
  const folder = join(cacheDir, 'emnist');
  try {
    const members = Object.values<string>({ ...emnistFileNames(split) }).map((name) => `gzip/${name}`);
    // Imported when needed: the libraries of a download take longer to load than the data.
    const { downloadMembers } = await import('./download.js');
    await downloadMembers(url, members, folder, options);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Error(
      `EMNIST could not be downloaded: ${(cause as Error).message}. To place it by hand, put ${listed(split)} ` +
        `(in the folder gzip of ${url}) into ${folder}, or name their folder with --data_dir. ` +
        'Or use --database glyphs, which needs no download.',
      { cause },
    );
  }
  return findEmnist(cacheDir, split);
}

function listed(split: EmnistSplit): string {
  const { images, labels, mapping } = emnistFileNames(split);
  return `${images}, ${labels} and ${mapping}`;
}

async function readEmnist(files: EmnistFiles, split: EmnistSplit, dim: number): Promise<Dataset> {
  let room: Uint8Array | undefined;
  const [{ images: columnwise, labels: given }, mapping] = await Promise.all([
    readIdxImages(files, (count) => {
      // Systems hand out memory at its first touch, which takes longer than turning the images: here nobody waits for it.
      room = imageBytes(count, SIDE).fill(0);
    }),
    readFile(files.mapping, 'utf8'),
  ]);
  const { first, classes } = parseMapping(mapping, files.mapping);
  const labels = given.map((label) => label - first);
  const wrong = labels.findIndex((label) => label >= classes.length);
  if (wrong >= 0) {
    throw new Error(
      `${files.labels}: label ${given[wrong]} of image ${wrong} is not in the mapping, ` +
        `${first} to ${first + classes.length - 1}`,
    );
  }
  const images = resizeAll(transposeAll(columnwise, labels.length, room), SIDE, dim);
  const name = split === 'balanced' ? 'emnist' : `emnist-${split}`;
  return { name, dim, classes, images, labels, checksum: datasetChecksum(images, labels) };
}

/**
 * A mapping file: per line a label and the ASCII codes of its characters. Labels count up from 0, in `letters` from 1.
 *
 * @throws Error naming the line that is otherwise
 */
function parseMapping(text: string, path: string): { first: number; classes: string[] } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const rows = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const first = rows[0]?.[0];
  const isCode = (code: number) => Number.isInteger(code) && code > 32 && code < 127;
  const wrong = rows.findIndex(
    ([label, ...codes], i) => label !== first! + i || codes.length === 0 || !codes.every(isCode),
  );
  if ((first !== 0 && first !== 1) || wrong >= 0 || rows.length > 256) {
    const found = rows.length > 256 ? `${rows.length} lines` : `'${lines[Math.max(wrong, 0)] ?? ''}'`;
    throw new Error(
      `${path} holds ${found}, expected at most 256 lines 'label asciiCode', labels counting from 0 or 1`,
    );
  }
  return { first, classes: rows.map(([, ...codes]) => String.fromCharCode(...codes)) };
}

/** EMNIST stores each image column by column: turn all upright. */
function transposeAll(images: Uint8Array, count: number, room?: Uint8Array): Uint8Array {
  const upright = room?.length === count * SIDE ** 2 ? room : imageBytes(count, SIDE);
  for (let start = 0; start < count * SIDE * SIDE; start += SIDE * SIDE) transpose(images, upright, start);
  return upright;
}

/** One image; a function of its own, so that it is compiled after a few hundred of 18,800. */
function transpose(from: Uint8Array, to: Uint8Array, start: number): void {
  for (let column = 0, at = start; column < SIDE; column++) {
    for (let row = 0; row < SIDE; row++) to[start + row * SIDE + column] = from[at++]!;
  }
}
