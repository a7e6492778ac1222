/** PNG files as grey pixels, each file checked as a whole before any of it is believed. */
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { type PngFile, readChunks } from './png-chunks.js';

/** Larger images are not read: an image of this many pixels, or bytes of them, takes some 300 MB to decode. */
const MOST_PIXELS = 2 ** 25;
const MOST_SIDE = 2 ** 14;
/** Bytes of a file, and of its pixels without compression. */
export const MOST_PNG_BYTES = 2 ** 26;

export interface GreyImage {
  readonly width: number;
  readonly height: number;
  /** `width * height` bytes, row by row. */
  readonly pixels: Uint8Array;
  /** Bytes that follow the image in the file. */
  readonly extra: number;
}

/**
 * An image's ink. Colours become grey (ITU-R 601 luma), 16 bits become 8; what is transparent is ground, which is 0.
 *
 * @param bytes of the file
 * @param invert ink is dark: grey is turned over before it is laid on the ground
 * @throws Error that says what is wrong with the file: the same bytes are always read, or always refused
 */
export function readPng(bytes: Buffer, invert = false): GreyImage {
  const file = readChunks(bytes);
  checkSize(file);
  checkPixelData(file);
  const { width, height, data } = decode(bytes.subarray(0, file.length));
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const luma = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
    pixels[i] = Math.round(((invert ? 255 - luma : luma) * data[4 * i + 3]!) / 255);
  }
  return { width, height, pixels, extra: bytes.length - file.length };
}

/** Where pixel data is short, or not the whole of its stream, pngjs takes what lies in memory for pixels: check before. */
function decode(bytes: Buffer): PNG {
  try {
    return PNG.sync.read(bytes);
  } catch (cause) {
    throw new Error(`it is damaged (${(cause as Error).message})`, { cause });
  }
}

function checkSize({ width, height }: PngFile): void {
  if (width === 0 || height === 0) throw new Error(`it is of ${width} x ${height} pixels`);
  if (Math.max(width, height) > MOST_SIDE || width * height > MOST_PIXELS)
    throw new Error(
      `it is of ${width} x ${height} pixels: at most ${MOST_SIDE} a side and ${MOST_PIXELS} in all are read, make it smaller`,
    );
}

/** Inflates no more than the header speaks of; zlib checks the stream's own checksum. */
function checkPixelData(file: PngFile): void {
  const length = pixelDataLength(file);
  if (length > MOST_PNG_BYTES)
    throw new Error(`its pixels take ${length} bytes: at most ${MOST_PNG_BYTES} are read, make it smaller`);
  const size = `${file.width} x ${file.height} pixels`;
  const data = Buffer.concat(file.pixelData);
  const chunkSize = Math.min(Math.max(length, 64), 2 ** 16);
  let found: number;
  let used: number;
  try {
    // The types do not know of `info`.
    const { buffer, engine } = inflateSync(data, { maxOutputLength: length, chunkSize, info: true }) as unknown as Info;
    [found, used] = [buffer.length, engine.bytesWritten];
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const what = code === 'ERR_BUFFER_TOO_LARGE' ? `more than its ${size} take` : `damaged or incomplete (${message})`;
    throw new Error(`its pixel data is ${what}`, { cause });
  }
  if (found < length) throw new Error(`its pixel data is incomplete: ${found} of ${length} bytes for ${size}`);
  if (used < data.length) throw new Error(`its pixel data is damaged: ${data.length - used} bytes follow its end`);
}

interface Info {
  readonly buffer: Buffer;
  /** Bytes that were read. */
  readonly engine: { readonly bytesWritten: number };
}

/** First column and row of a pass, and its steps across and down. */
const WHOLE = [[0, 0, 1, 1]] as const;
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Rows of whole bytes, each after a byte for its filter. */
function pixelDataLength({ width, height, channels, depth, interlaced }: PngFile): number {
  let length = 0;
  for (const [x, y, across, down] of interlaced ? ADAM7 : WHOLE) {
    const columns = Math.ceil((width - x) / across);
    const rows = Math.ceil((height - y) / down);
    if (columns > 0 && rows > 0) length += rows * (1 + Math.ceil((columns * channels * depth) / 8));
  }
  return length;
}
