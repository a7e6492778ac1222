/** Images and labels as pairs of IDX files, as MNIST and all that follow it are published. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, type ZlibOptions } from 'node:zlib';
import { type IdxArray, parseIdx } from './idx.js';

/** Side of the images of MNIST, Fashion-MNIST and EMNIST. */
export const SIDE = 28;

/** Paths of the two files; gzip'd where the name ends in .gz. */
export interface IdxPair {
  readonly images: string;
  readonly labels: string;
}

/**
 * Reads images of SIDE x SIDE pixels, as they are stored, and a label for each.
 * @param meanwhile called while the images are unpacked in another thread, with how many a gzip'd file says it holds.
 * @throws Error that names the file and says what was found in it and what was expected.
 */
export async function readIdxImages(
  files: IdxPair,
  meanwhile?: (count: number) => void,
): Promise<{ images: Uint8Array; labels: Uint8Array }> {
  const onSize = (bytes: number) => meanwhile?.(Math.floor(bytes / SIDE ** 2));
  const [images, labels] = await Promise.all([readIdx(files.images, onSize), readIdx(files.labels)]);
  const count = images.shape[0]!;
  if (images.shape.slice(1).join() !== `${SIDE},${SIDE}` || count === 0) {
    throw new Error(`${files.images} holds ${images.shape.join(' x ')} values, expected images x ${SIDE} x ${SIDE}`);
  }
  if (labels.shape.join() !== `${count}`) {
    throw new Error(`${files.labels} holds ${labels.shape.join(' x ')} labels, expected one for each of ${count}`);
  }
  return { images: images.data, labels: labels.data };
}

const gunzipped = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip);
/** Bytes that an unpacked file may have; the largest (EMNIST's byclass) has 91 MB. */
const LONGEST = 2 ** 28;
/** Deflate makes nothing smaller than by this. */
const BEST_RATIO = 1032;

/** Unpacks in one piece, as long as the file's last four bytes say (RFC 1952): no copies, and one task for a thread of Node's pool. */
function unpack(packed: Buffer, onSize?: (bytes: number) => void): Promise<Buffer> {
  const said = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4);
  const size = Math.min(said, BEST_RATIO * packed.length, LONGEST);
  const unpacked = gunzipped(packed, { chunkSize: Math.max(size + 1, 2 ** 16), maxOutputLength: LONGEST });
  onSize?.(size);
  return unpacked;
}

async function readIdx(path: string, onSize?: (bytes: number) => void): Promise<IdxArray> {
  const packed = path.endsWith('.gz');
  const bytes = await readFile(path);
  try {
    return parseIdx(packed ? await unpack(bytes, onSize) : bytes);
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(
      `${path} is not a whole ${packed ? "gzip'd " : ''}IDX file (${message}): delete it and fetch it again`,
      {
        cause,
      },
    );
  }
}
