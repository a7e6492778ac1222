/** An array as an IDX file holds it: its dimensions, slowest first, and its bytes in that order. */
export interface IdxArray {
  readonly shape: number[];
  /** A view into the bytes given, `shape[0] * shape[1] * …` long. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
/** Bytes of the longest header there is, of 255 dimensions. */
export const LONGEST_HEADER = 4 + 4 * 255;

/**
 * Read an IDX file of unsigned bytes, MNIST's and EMNIST's format: two zero bytes, the element type, the number of
 * dimensions, each dimension as a big-endian 32-bit integer, then the elements (http://yann.lecun.com/exdb/mnist).
 *
 * @param bytes the whole file, already gunzipped
 * @throws Error if anything but exactly that is found; the message says what was found and what was expected
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  const { shape, header, size } = parseIdxHeader(bytes);
  checkIdxSize(shape, size, bytes.length - header);
  // Not bytes.subarray: of a Buffer that is a Buffer, whose methods differ.
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + header, size) };
}

/**
 * What an IDX file's beginning says: its dimensions, the header's own bytes and those of the elements after it.
 *
 * @throws Error if it is no IDX file of unsigned bytes, or shorter than its header
 */
export function parseIdxHeader(bytes: Uint8Array): { shape: number[]; header: number; size: number } {
  if (bytes.length < 4) throw new Error(`not an IDX file: ${bytes.length} bytes, expected a header of at least 4`);
  const [zero, alsoZero, type, rank] = bytes as unknown as [number, number, number, number];
  if (zero !== 0 || alsoZero !== 0) {
    throw new Error(`not an IDX file: it starts with ${hex(bytes.subarray(0, 4))}, expected 00 00 08 and the rank`);
  }
  if (type !== UNSIGNED_BYTE) {
    throw new Error(`IDX elements of type 0x${hex([type])}, expected 0x${hex([UNSIGNED_BYTE])} (unsigned bytes)`);
  }
  if (rank === 0) throw new Error('an IDX file of 0 dimensions, expected at least 1');

  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    throw new Error(`truncated IDX header: ${bytes.length} bytes, expected ${header} for ${rank} dimensions`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  return { shape, header, size: shape.reduce((product, n) => product * n, 1) };
}

/** @throws Error if there are not as many bytes of elements as the header says; `more`: at least so many were found. */
export function checkIdxSize(shape: readonly number[], expected: number, found: number, more = ''): void {
  if (found === expected) return;
  throw new Error(`IDX data of ${more}${found} bytes, expected ${shape.join(' x ')} = ${expected} as its header says`);
}

function hex(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
