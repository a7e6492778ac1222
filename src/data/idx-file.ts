/** An IDX file of anybody's, gzip'd or not: read piece by piece into room for what its header says, and no further. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { checkIdxSize, LONGEST_HEADER, parseIdxHeader } from './idx.js';

/** Bytes that a file, packed or not, may have: EMNIST's largest, byclass, has 91 MB, MNIST's 47. */
export const MOST_BYTES = 2 ** 27;
/** Bytes read, or unpacked by a task for a thread of Node's pool, at a time. */
const PIECE = 2 ** 20;

/** A file whose header has been read. */
export interface IdxFile {
  readonly path: string;
  readonly shape: readonly number[];
  /**
   * Reads the elements.
   * @param room as many bytes as the product of `shape`
   * @returns the file's SHA-256, and that of what is packed in it, to be asked for before `room` is changed
   */
  read(room: Uint8Array): Promise<IdxSums>;
  /** Lets go of the file; to be called also where it was not read to its end. */
  close(): Promise<void>;
}

export interface IdxSums {
  readonly path: string;
  readonly file: string;
  readonly unpacked: () => string;
}

/**
 * Opens a file and reads its header.
 * @throws Error that names the file and says what was found in it and what was expected, as `read` does.
 */
export async function openIdx(path: string): Promise<IdxFile> {
  const packed = path.endsWith('.gz');
  const refuse = (cause: unknown): never => {
    throw new Error(
      `${path} is not a whole ${packed ? "gzip'd " : ''}IDX file (${(cause as Error).message}): delete it and fetch it again`,
      { cause },
    );
  };
  const info = await stat(path);
  if (!info.isFile()) throw new Error(`${path} is not a regular file: expected an IDX file`);
  if (info.size > MOST_BYTES) throw new Error(`${path} has ${info.size} bytes, expected at most ${MOST_BYTES}`);

  const sum = createHash('sha256');
  const source = hashed(createReadStream(path, { highWaterMark: PIECE }), sum);
  const pieces = (packed ? gunzipped(source) : source)[Symbol.asyncIterator]();
  const close = async () => void (await pieces.return?.());
  try {
    let beginning = Buffer.alloc(0);
    for (let ended = false; beginning.length < LONGEST_HEADER && !ended; ) {
      const { value, done } = await pieces.next();
      if (!done) beginning = Buffer.concat([beginning, value]);
      ended = done === true;
    }
    const { shape, header, size } = parseIdxHeader(beginning);
    return { path, shape, read: (room) => read(room).catch(refuse), close };

    async function read(room: Uint8Array): Promise<IdxSums> {
      let done = 0;
      const take = (piece: Uint8Array) => {
        if (done + piece.length > size) checkIdxSize(shape, size, done + piece.length, 'at least ');
        room.set(piece, done);
        done += piece.length;
      };
      take(beginning.subarray(header));
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) take(next.value);
      checkIdxSize(shape, size, done);
      const file = sum.digest('hex');
      const unpacked = () => createHash('sha256').update(beginning.subarray(0, header)).update(room).digest('hex');
      return { path, file, unpacked: packed ? unpacked : () => file };
    }
  } catch (error) {
    await close();
    return refuse(error);
  }
}

async function* hashed(source: AsyncIterable<Buffer>, sum: Hash): AsyncGenerator<Buffer, void> {
  for await (const piece of source) {
    sum.update(piece);
    yield piece;
  }
}

/** What is packed in all members of a gzip file. */
function gunzipped(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: PIECE });
  pipeline(source, gunzip, () => {}); // Whoever reads meets its errors.
  return gunzip;
}
