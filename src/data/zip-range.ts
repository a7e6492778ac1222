import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { crc32, inflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';
import { DownloadError, get, type HttpOptions, type Reply } from './http.js';

/** A file of known size of which any part can be read; `start` inclusive, `end` exclusive. */
export interface ByteSource {
  readonly size: number;
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A file on disk as a {@link ByteSource}. */
export async function localSource(path: string): Promise<ByteSource> {
  const { size } = await stat(path);
  return { size, read: (start, end) => createReadStream(path, { start, end: end - 1 }) };
}

/** Asked for first: holds a zip's directory unless it has thousands of members. */
const TAIL = 128 * 1024;

/**
 * A file on a server that answers range requests (RFC 9110, section 14) as a {@link ByteSource}. One request reads its
 * last 128 KiB and with it the size; later ones insist on the same version of the file (If-Range).
 *
 * @returns where the server ignores ranges, its reply instead: the whole file, not yet read
 */
export async function remoteSource(url: string, options: HttpOptions): Promise<ByteSource | Reply> {
  const first = await get(url, { Range: `bytes=-${TAIL}` }, options);
  if (first.status === 200) return first;
  const { start: tailStart, size } = contentRange(url, first);
  if (tailStart !== Math.max(0, size - TAIL)) {
    first.discard();
    throw new DownloadError(`${url} sent bytes ${tailStart}-${size - 1}, asked for the last ${TAIL}`, {
      permanent: true,
    });
  }
  const tail = await collect(bounded(url, first.body, size - tailStart));
  if (tail.length !== size - tailStart) {
    throw new DownloadError(`${url} sent ${tail.length} bytes of the ${size - tailStart} it announced`);
  }
  const etag = first.headers.get('etag');
  const version = etag && !etag.startsWith('W/') ? etag : first.headers.get('last-modified');

  async function* read(start: number, end: number): AsyncGenerator<Uint8Array, void> {
    if (start >= tailStart) {
      yield tail.subarray(start - tailStart, end - tailStart);
      return;
    }
    const headers = { Range: `bytes=${start}-${end - 1}`, ...(version && { 'If-Range': version }) };
    const reply = await get(url, headers, options);
    try {
      const range = reply.status === 206 ? contentRange(url, reply) : undefined;
      if (range?.size !== size) throw new DownloadError(`${url} changed while it was being downloaded`);
      if (range.start !== start || range.end > end) {
        throw new DownloadError(`${url} sent bytes ${range.start}-${range.end - 1}, asked for ${start}-${end - 1}`);
      }
      yield* bounded(url, reply.body, range.end - range.start);
    } finally {
      reply.discard();
    }
  }
  return { size, read };
}

function contentRange(url: string, reply: Reply): { start: number; end: number; size: number } {
  const header = reply.headers.get('content-range');
  const [, start, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  if (start === undefined) {
    reply.discard();
    throw new DownloadError(`${url} sent a part with Content-Range '${header}'`, { permanent: true });
  }
  return { start: Number(start), end: Number(last) + 1, size: Number(size) };
}

/**
 * What comes, up to `most` bytes.
 * @param announced how the message calls as many
 * @throws DownloadError, for good, when more comes
 */
export async function* bounded(
  url: string,
  chunks: AsyncIterable<Uint8Array>,
  most: number,
  announced = `the ${most} it announced`,
): AsyncGenerator<Uint8Array, void> {
  let come = 0;
  for await (const chunk of chunks) {
    come += chunk.length;
    if (come > most) throw new DownloadError(`${url} sent more bytes than ${announced}`, { permanent: true });
    yield chunk;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** One file of a zip, still packed. */
export interface ZipMember {
  readonly name: string;
  readonly packedSize: number;
  readonly size: number;
  /** CRC-32 of the unpacked bytes, as the zip's directory has it. */
  readonly crc32: number;
  /** The packed bytes from the given one on. */
  readPacked(from: number): AsyncIterable<Uint8Array>;
  /**
   * @returns the file's bytes
   * @throws DownloadError if they have not the size or the CRC-32 that the zip's directory says
   */
  unpack(packed: Uint8Array): Uint8Array;
}

/** More than any member we want of EMNIST's zip has, 29 MB; what claims to be larger is not taken into memory. */
const LARGEST_MEMBER = 2 ** 26;
/** More than EMNIST's zip has, some 40: each may cost a request. */
const MOST_MEMBERS = 1000;

/**
 * The members of the given names of a zip.
 *
 * @throws DownloadError if it is not a zip or lacks one of them
 */
export async function zipMembers(label: string, source: ByteSource, names: readonly string[]): Promise<ZipMember[]> {
  const found = new Map<string, ZipMember>();
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(new SourceReader(source), source.size, { autoClose: false });
    if (zip.entryCount > MOST_MEMBERS) {
      throw new Error(`it has ${zip.entryCount} members, expected at most ${MOST_MEMBERS}`);
    }
    for await (const entry of zip.eachEntry()) {
      if (!names.includes(entry.fileName)) continue;
      if (found.has(entry.fileName)) throw new Error(`it has two members called ${entry.fileName}`);
      found.set(entry.fileName, zipMember(label, source, zip, entry));
    }
  } catch (error) {
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(`${label} is not a readable zip: ${(error as Error).message}`, { permanent: true });
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new DownloadError(`${label} has no member ${missing.join(', ')}`, { permanent: true });
  }
  return names.map((name) => found.get(name)!);
}

/** What yauzl reads from. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.read(start, end));
  }
}

function zipMember(label: string, source: ByteSource, zip: yauzl.ZipFile, entry: yauzl.Entry): ZipMember {
  const { fileName: name, compressedSize: packedSize, uncompressedSize: size, crc32: crc } = entry;
  const deflated = entry.compressionMethod === 8;
  if (
    entry.isEncrypted() ||
    !(deflated || entry.compressionMethod === 0) ||
    Math.max(size, packedSize) > LARGEST_MEMBER
  ) {
    throw new DownloadError(
      `${label}: ${name} (method ${entry.compressionMethod}, ${packedSize} bytes, ${size} unpacked) is encrypted, larger than ` +
        `${LARGEST_MEMBER} bytes or neither stored nor deflated`,
      { permanent: true },
    );
  }
  return {
    name,
    packedSize,
    size,
    crc32: crc,
    async *readPacked(from) {
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      if (from < packedSize) yield* source.read(fileDataStart + from, fileDataStart + packedSize);
    },
    unpack(packed) {
      let bytes = packed;
      try {
        if (deflated) bytes = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
      } catch (cause) {
        throw new DownloadError(`${label}: ${name} does not unpack: ${(cause as Error).message}`, { cause });
      }
      if (bytes.length !== size || crc32(bytes) !== crc) {
        throw new DownloadError(
          `${label}: ${name} arrived damaged: ${bytes.length} bytes with CRC-32 ${crc32(bytes).toString(16)}, ` +
            `expected ${size} with ${crc.toString(16)}`,
        );
      }
      return bytes;
    },
  };
}
