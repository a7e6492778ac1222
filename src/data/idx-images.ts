/** Images and labels as pairs of IDX files, as MNIST and all that follow it are published. */
import { imageBytes } from './dataset.js';
import { type IdxFile, type IdxSums, MOST_BYTES, openIdx } from './idx-file.js';

/** Side of the images of MNIST, Fashion-MNIST and EMNIST. */
export const SIDE = 28;

/** Paths of the two files; gzip'd where the name ends in .gz. */
export interface IdxPair {
  readonly images: string;
  readonly labels: string;
}

/** What pairs of files hold, one after the other. */
export interface IdxImages {
  /** SIDE x SIDE bytes each, as they are stored. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** The labels of each pair, parts of `labels`. */
  readonly parts: readonly Uint8Array[];
  readonly sums: readonly IdxSums[];
}

/**
 * Reads all pairs, each a number of images of SIDE x SIDE pixels and a label for each.
 * @throws Error that names the file and says what was found in it and what was expected.
 */
export async function readIdxImages(pairs: readonly IdxPair[]): Promise<IdxImages> {
  const opened: IdxFile[] = [];
  const open = async (path: string) => {
    const file = await openIdx(path);
    opened.push(file);
    return file;
  };
  try {
    const counts: number[] = [];
    for (const pair of pairs) counts.push(countImages(await open(pair.images), await open(pair.labels)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total * SIDE ** 2 > MOST_BYTES) {
      const files = pairs.map(({ images }) => images).join(' and ');
      throw new Error(`${files}: ${total} images, expected at most ${Math.floor(MOST_BYTES / SIDE ** 2)}`);
    }
    const images = imageBytes(total, SIDE);
    const labels = new Uint8Array(total);
    const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
    const parts = starts.map((start, i) => labels.subarray(start, start + counts[i]!));
    const rooms = parts.flatMap((part, i) => {
      const from = starts[i]! * SIDE ** 2;
      return [images.subarray(from, from + part.length * SIDE ** 2), part];
    });
    const sums = await Promise.all(opened.map((file, i) => file.read(rooms[i]!)));
    return { images, labels, parts, sums };
  } finally {
    await Promise.all(opened.map((file) => file.close()));
  }
}

function countImages(images: IdxFile, labels: IdxFile): number {
  const count = images.shape[0]!;
  if (images.shape.slice(1).join() !== `${SIDE},${SIDE}` || count === 0) {
    throw new Error(`${images.path} holds ${images.shape.join(' x ')} values, expected images x ${SIDE} x ${SIDE}`);
  }
  if (labels.shape.join() !== `${count}`) {
    throw new Error(`${labels.path} holds ${labels.shape.join(' x ')} labels, expected one for each of ${count}`);
  }
  return count;
}
