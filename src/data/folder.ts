import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { datasetChecksum } from './checksum.js';
import { type Dataset, imageBytes } from './dataset.js';
import { resizeGrey } from './resize.js';

/** Labels are bytes. */
const MOST_CLASSES = 256;
/** A PNG's header is trusted with this many pixels of memory (8192 x 8192). */
const MOST_PIXELS = 2 ** 26;

/**
 * A data set of the user's own: one sub-folder per class, each with PNG files, of any size and kind. Colours become
 * grey (ITU-R 601 luma), transparency lets black through, 16 bits become 8, and the whole image is resized to a
 * square; nothing is inverted, so ink should be light on dark as in EMNIST. Classes are in code-point order of their
 * folders' names, or in numeric order if all names are whole numbers; files are in code-point order. Hidden entries,
 * files beside the class folders and files not called *.png are left aside.
 *
 * @param path the folder; also the data set's name
 * @param options.dim side of an image in pixels, default 28
 * @throws Error in one sentence if there is no such folder, no class, more than 256 of them, a class without a PNG, or
 *   a PNG that cannot be read
 */
export async function loadFolder(path: string, options: { dim?: number | undefined } = {}): Promise<Dataset> {
  const { dim = 28 } = options;
  if (!Number.isInteger(dim) || dim < 1) throw new Error(`image side ${dim}: expected a whole number from 1`);
  const classes = await classFolders(path);
  const files: string[][] = [];
  for (const name of classes) {
    const folder = join(path, name);
    const pngs = (await visible(folder)).filter((file) => /\.png$/i.test(file)).sort(byCodePoint);
    if (pngs.length === 0) throw new Error(`class folder ${folder} holds no PNG file: add some or remove it`);
    files.push(pngs.map((file) => join(folder, file)));
  }

  const labels = Uint8Array.from(files.flatMap((pngs, label) => pngs.map(() => label)));
  const images = imageBytes(labels.length, dim);
  for (const [i, file] of files.flat().entries()) {
    const { width, height, pixels } = readGrey(file);
    images.set(resizeGrey(pixels, width, height, dim), i * dim * dim);
  }
  return { name: path, dim, classes, images, labels, checksum: datasetChecksum(images, labels) };
}

async function classFolders(path: string): Promise<string[]> {
  const layout = 'expected a folder with one sub-folder of PNG files per class';
  const info = await stat(path).catch((cause) => {
    throw new Error(`cannot read ${path} (${cause.code}): ${layout}`, { cause });
  });
  if (!info.isDirectory()) throw new Error(`${path} is not a folder: ${layout}`);
  const found: string[] = [];
  // stat, not the entry's own type: links to folders count.
  for (const name of await visible(path)) if ((await stat(join(path, name))).isDirectory()) found.push(name);
  if (found.length === 0) throw new Error(`${path} has no sub-folders: ${layout}`);
  if (found.length > MOST_CLASSES)
    throw new Error(`${path} has ${found.length} sub-folders, one per class: at most ${MOST_CLASSES} are possible`);
  const numeric = found.every((name) => /^\d+$/.test(name));
  return found.sort((a, b) => (numeric && Number(a) - Number(b)) || byCodePoint(a, b));
}

async function visible(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('.'));
}

/** UTF-8 bytes sort as code points do; JavaScript's own order is of UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function readGrey(file: string): { width: number; height: number; pixels: Uint8Array } {
  try {
    // Far quicker than promises for thousands of small files, and nothing else has to run meanwhile.
    const bytes = readFileSync(file);
    if (bytes.length > 24 && bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > MOST_PIXELS)
      throw new Error(`more than ${MOST_PIXELS} pixels`);
    const { width, height, data } = PNG.sync.read(bytes);
    const pixels = new Uint8Array(width * height);
    for (let i = 0; i < pixels.length; i++) {
      const luma = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
      pixels[i] = Math.round((luma * data[4 * i + 3]!) / 255);
    }
    return { width, height, pixels };
  } catch (cause) {
    throw new Error(`cannot read ${file} as a PNG image: ${(cause as Error).message}`, { cause });
  }
}
