import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { defaultCacheDir, writableCache } from './cache.js';
import { datasetChecksum } from './checksum.js';
import type { Dataset } from './dataset.js';
import type { DownloadOptions } from './download.js';
import { EMNIST_SPLITS, type EmnistSplit, emnistFileNames, findEmnist, SPLIT_SIZES } from './emnist-splits.js';
import { readIdxImages, SIDE } from './idx-images.js';
import { isPublished, PUBLISHED, type Published, sumsOf } from './published.js';
import { resizeAll } from './resize.js';

/** NIST's zip of all of EMNIST as gzip'd IDX files, 535 MB. */
export const EMNIST_URL = 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip';

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
  /** What a download must be; files of the user's that differ are taken, and `onNotice` told. Default: NIST's. */
  readonly published?: Published | undefined;
}

/**
 * The test part of an EMNIST split (`balanced`: 18,800 images, 47 classes x 400), upright and checked: from `dataDir`
 * if given, else from the cache, else downloaded into the cache, or where there is none, for this time only.
 *
 * @returns labels as class indices from 0; a class that merges two characters is called by both, as `Aa` in `letters`
 * @throws Error in one message that says what is wrong and what to do: files missing, damaged or of another format,
 *   or the download failed or brought other files than NIST published
 */
export async function loadEmnist(options: EmnistOptions = {}): Promise<Dataset> {
  const { dataDir, split = 'balanced', dim = SIDE, env = process.env, onNotice } = options;
  if (!EMNIST_SPLITS.includes(split)) {
    throw new Error(`no EMNIST split '${split}': expected one of ${EMNIST_SPLITS.join(', ')}`);
  }
  if (!Number.isInteger(dim) || dim < 1) throw new Error(`image side ${dim}: expected a whole number from 1`);
  const { cacheDir = defaultCacheDir(env) } = options;
  const place = dataDir ?? cacheDir;
  if (place !== undefined && findEmnist(place, split)) return readEmnist(place, split, dim, options);
  if (dataDir !== undefined) {
    throw new Error(
      `--data_dir ${dataDir} does not hold EMNIST's ${split} files: expected ${listed(split)}, gzipped or not, in it or ` +
        'in its sub-folder gzip, emnist, raw or EMNIST/raw. Leave --data_dir out to download them, or use --database ' +
        'glyphs, which needs none.',
    );
  }
  const cache = await writableCache(cacheDir).catch(({ message }: Error) => {
    onNotice?.(`${message}. EMNIST is downloaded for this time only.`);
    return undefined;
  });
  if (cache !== undefined) {
    await download(split, join(cache, 'emnist'), options);
    return readEmnist(cache, split, dim, options);
  }
  const passing = await mkdtemp(join(tmpdir(), 'meta-plasticity-'));
  try {
    await download(split, passing, options);
    return await readEmnist(passing, split, dim, options);
  } finally {
    await rm(passing, { recursive: true, force: true });
  }
}

async function download(split: EmnistSplit, folder: string, options: EmnistOptions): Promise<void> {
  const { url = EMNIST_URL, published = PUBLISHED.emnist, signal } = options;
  try {
    const members = Object.values<string>({ ...emnistFileNames(split) }).map((name) => `gzip/${name}`);
    // Imported when needed: the libraries of a download take longer to load than the data.
    const { downloadMembers } = await import('./download.js');
    await downloadMembers(url, members, folder, {
      ...options,
      complaint: (file, bytes) =>
        isPublished(sumsOf(file, bytes), published) === false
          ? `${file} is not the file that NIST published: its SHA-256 is ${sumsOf(file, bytes).file}`
          : undefined,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Error(
      `EMNIST could not be downloaded: ${(cause as Error).message}. To place it by hand, put ${listed(split)} ` +
        `(in the folder gzip of ${url}) into ${folder}, or name their folder with --data_dir. ` +
        'Or use --database glyphs, which needs no download.',
      { cause },
    );
  }
}

function listed(split: EmnistSplit): string {
  const { images, labels, mapping } = emnistFileNames(split);
  return `${images}, ${labels} and ${mapping}`;
}

async function readEmnist(place: string, split: EmnistSplit, dim: number, options: EmnistOptions): Promise<Dataset> {
  const files = findEmnist(place, split)!;
  const { published = PUBLISHED.emnist, onNotice } = options;
  const known = SPLIT_SIZES[split];
  const { first, classes } = files.mapping
    ? parseMapping(await readMapping(files.mapping), files.mapping)
    : { first: split === 'letters' ? 1 : 0, classes: known.classes };
  const { images: stored, labels: given, sums } = await readIdxImages([{ images: files.images, labels: files.labels }]);
  const labels = given.map((label) => label - first);
  const wrong = labels.findIndex((label) => label >= classes.length);
  if (wrong >= 0) {
    throw new Error(
      `${files.labels}: label ${given[wrong]} of image ${wrong} is not in the mapping, ` +
        `${first} to ${first + classes.length - 1}`,
    );
  }
  const own = sums.filter((read) => isPublished(read, published) === false).map(({ path }) => basename(path));
  if (own.length > 0) {
    onNotice?.(`${own.join(' and ')} of ${place}: not as NIST published, so taken as data of your own.`);
  }
  turnUpright(stored);
  const images = resizeAll(stored, SIDE, dim);
  const name = split === 'balanced' ? 'emnist' : `emnist-${split}`;
  return { name, dim, classes, images, labels, checksum: datasetChecksum(images, labels) };
}

/** Bytes of a mapping at most: NIST's largest has 447, and 256 classes of many characters fit as well. */
const LONGEST_MAPPING = 2 ** 16;

async function readMapping(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LONGEST_MAPPING + 1) });
    if (bytesRead > LONGEST_MAPPING)
      throw new Error(`${path} is too long for a mapping: at most ${LONGEST_MAPPING} bytes`);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
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

/** EMNIST stores each image column by column: turn all upright, where they are. */
function turnUpright(images: Uint8Array): void {
  for (let start = 0; start < images.length; start += SIDE * SIDE) transpose(images, start);
}

/** One image; a function of its own, so that it is compiled after a few hundred of 18,800. */
function transpose(images: Uint8Array, start: number): void {
  for (let row = 1; row < SIDE; row++) {
    for (let column = 0; column < row; column++) {
      const [here, there] = [start + row * SIDE + column, start + column * SIDE + row];
      const pixel = images[here]!;
      images[here] = images[there]!;
      images[there] = pixel;
    }
  }
}
