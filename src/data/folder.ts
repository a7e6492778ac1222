import { realpath, stat } from 'node:fs/promises';
import { datasetChecksum } from './checksum.js';
import { type Dataset, imageBytes } from './dataset.js';
import { inkNotices } from './ink.js';
import { type Entry, entriesOf, readRegularFile, statusOf } from './listing.js';
import { type GreyImage, MOST_PNG_BYTES, readPng } from './png.js';
import { resizeGrey } from './resize.js';

/** Labels are bytes. */
const MOST_CLASSES = 256;

export interface FolderOptions {
  /** Side of an image in pixels, default 28. */
  readonly dim?: number | undefined;
  /** Ink is dark on a light or transparent ground. */
  readonly invert?: boolean | undefined;
  /** Hears of what was read but may not be what was meant, a sentence each. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/**
 * A data set of the user's own: one sub-folder per class, each with PNG files, of any size and kind. Colours become
 * grey (ITU-R 601 luma), 16 bits become 8, and the whole image is resized to a square. Ink should be light on dark as
 * in EMNIST; with `invert` it is dark on light, and turned over. What is transparent is ground (0) either way.
 *
 * Classes are in code-point order of their folders' names, or in numeric order if all names are whole numbers; files
 * are in code-point order. Links to folders and files are followed. Hidden entries, files beside the class folders and
 * files not called *.png are left aside.
 *
 * @param path the folder; also the data set's name
 * @throws Error in one sentence if there is no such folder, no class, more than 256 of them, a class without a PNG, a
 *   link to nothing, or a PNG that is damaged, no regular file or too large
 */
export async function loadFolder(path: string, options: FolderOptions = {}): Promise<Dataset> {
  const { dim = 28, invert = false, onNotice = () => {} } = options;
  if (!Number.isInteger(dim) || dim < 1) throw new Error(`image side ${dim}: expected a whole number from 1`);
  const folders = await classFolders(path, onNotice);
  const files: Entry[][] = [];
  for (const folder of folders) {
    const pngs = (await entriesOf(folder)).filter(({ name }) => /\.png$/i.test(name));
    if (pngs.length === 0) throw new Error(`class folder ${folder.shown} holds no PNG file: add some or remove it`);
    files.push(pngs);
  }

  const classes = folders.map(({ name }) => name);
  const labels = Uint8Array.from(files.flatMap((pngs, label) => pngs.map(() => label)));
  const images = imageBytes(labels.length, dim);
  const all = files.flat();
  const longer: Entry[] = [];
  for (const [i, file] of all.entries()) {
    const { width, height, pixels, extra } = readGrey(file, invert);
    images.set(resizeGrey(pixels, width, height, dim), i * dim * dim);
    if (extra > 0) longer.push(file);
  }
  if (longer.length > 0)
    onNotice(
      `${longer.length} of ${all.length} PNG files go on after the image's end, ${longer[0]!.shown} first: what follows ` +
        'is left aside.',
    );
  const dataset = { name: path, dim, classes, images, labels, checksum: datasetChecksum(images, labels) };
  for (const sentence of inkNotices(dataset, invert, (image) => all[image]!.shown)) onNotice(sentence);
  return dataset;
}

async function classFolders(path: string, onNotice: (sentence: string) => void): Promise<Entry[]> {
  const layout = 'expected a folder with one sub-folder of PNG files per class';
  const info = await stat(path).catch((cause) => {
    throw new Error(`cannot read ${path} (${cause.code}): ${layout}`, { cause });
  });
  if (!info.isDirectory()) throw new Error(`${path} is not a folder: ${layout}`);
  const entries = await entriesOf({ shown: path, path: Buffer.from(path) });
  const found = entries.filter((entry) => statusOf(entry).isDirectory());
  if (found.length === 0) throw new Error(`${path} has no sub-folders: ${layout}`);
  if (found.length > MOST_CLASSES)
    throw new Error(`${path} has ${found.length} sub-folders, one per class: at most ${MOST_CLASSES} are possible`);
  await noticeTwins(found, onNotice);
  const numeric = found.every(({ name }) => /^\d+$/.test(name));
  return numeric ? found.sort((a, b) => Number(a.name) - Number(b.name)) : found; // The sort is stable.
}

/** A class folder may be a link on purpose; to another one, it hardly is. */
async function noticeTwins(folders: readonly Entry[], onNotice: (sentence: string) => void): Promise<void> {
  const first = new Map<string, Entry>();
  for (const folder of folders) {
    const real = await realpath(folder.path, 'latin1');
    const twin = first.get(real);
    if (twin) onNotice(`Class folders ${twin.shown} and ${folder.shown} are the same: its images are in both classes.`);
    else first.set(real, folder);
  }
}

function readGrey(file: Entry, invert: boolean): GreyImage {
  const bytes = readRegularFile(file, MOST_PNG_BYTES);
  try {
    return readPng(bytes, invert);
  } catch (cause) {
    throw new Error(`cannot read ${file.shown} as a PNG image: ${(cause as Error).message}`, { cause });
  }
}
