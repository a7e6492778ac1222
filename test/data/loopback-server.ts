/** What the download is tested against: a server on 127.0.0.1 with a small zip laid out as NIST's, that can misbehave. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export interface LoopbackServer {
  /** Address of the zip. */
  readonly url: string;
  /** `Range` header of each request so far, `whole` for one without. */
  readonly ranges: string[];
  readonly server: Server;
  close(): Promise<void>;
}

/** Answers a request itself and returns true, or returns false for the regular answer. `n` counts requests from 1. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse, n: number) => boolean;

/** Serve one file at /gzip.zip with ranges and an ETag, unless `misbehave` takes a request over. */
export async function serve(file: Buffer, misbehave: Misbehaviour = () => false): Promise<LoopbackServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? 'whole');
    if (misbehave(request, response, ranges.length)) return;
    const { status, headers, body } = answer(file, request.headers.range);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/gzip.zip`,
    ranges,
    server,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What a well-behaved server answers to a request for `bytes=a-b`, `bytes=-n` or, without a range, the whole file. */
export function answer(file: Buffer, range?: string) {
  const headers = { ETag: '"v1"', 'Content-Type': 'application/zip' };
  const [, first, last] = /^bytes=(\d*)-(\d+)$/.exec(range ?? '') ?? [];
  if (last === undefined) return { status: 200, headers: { ...headers, 'Content-Length': file.length }, body: file };
  const start = first ? Number(first) : Math.max(0, file.length - Number(last));
  const body = file.subarray(start, first ? Number(last) + 1 : file.length);
  return {
    status: 206,
    headers: {
      ...headers,
      'Content-Length': body.length,
      'Content-Range': `bytes ${start}-${start + body.length - 1}/${file.length}`,
    },
    body,
  };
}

/**
 * Send the regular headers and only the first `bytes` of the body, then `after` (by default: cut the connection), but
 * not before `arrived` says that the other side has dealt with them (by default: after 30 ms).
 */
export function sendBeginning(
  file: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  bytes: number,
  after: () => void = () => response.destroy(),
  arrived?: () => boolean,
): true {
  const { status, headers, body } = answer(file, request.headers.range);
  response.writeHead(status, headers);
  const wait = () => setTimeout(() => (arrived?.() === false ? wait() : after()), arrived ? 2 : 30);
  response.write(body.subarray(0, bytes), wait);
  return true;
}

/** Sends a body again and again, without end, for as long as it is taken. */
export function pour(response: ServerResponse, body: Uint8Array): void {
  const more = () => {
    while (response.write(body));
  };
  response.on('drain', more);
  response.on('close', () => response.off('drain', more));
  more();
}

/** A request for the middle of the file, as for a member, not for its end, as for the directory. */
export function isMemberRange(request: IncomingMessage, bytes = 1000): boolean {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  return end !== undefined && Number(end) - Number(start) > bytes;
}

export interface Member {
  readonly name: string;
  readonly data: Buffer;
  /** The CRC-32 to write into the directory, if not the right one. */
  readonly crc?: number;
  /** 8 deflated (the default), 0 stored; others are written as if stored. */
  readonly method?: number;
  /** General purpose flags; 1 is encrypted. */
  readonly flags?: number;
}

/** A zip file (PKWARE APPNOTE 4.3) of these members. */
export function makeZip(members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, crc = crc32(data), method = 8, flags = 0 } of members) {
    const packed = method === 8 ? deflateRawSync(data) : data;
    const common = Buffer.alloc(26); // version, flags, method, time, date, CRC, sizes, lengths of name and extra field
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14); // comment length, disk, attributes, offset of the local header
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end]);
}

/** An IDX file of unsigned bytes. */
export function makeIdx(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((n, i) => {
    header.writeUInt32BE(n, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
}

/** Bytes that do not compress: the high bytes of a linear congruential generator (Numerical Recipes' constants). */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, state = seed; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A made-up EMNIST Balanced of 3 classes x 20 noisy images: its files by NIST's names, what should be read, and sums. */
export function makeEmnist() {
  const count = 60;
  const images = noise(count * 784);
  const stored = Buffer.alloc(images.length);
  for (let i = 0; i < stored.length; i++) {
    const [image, column, row] = [Math.floor(i / 784), Math.floor(i / 28) % 28, i % 28];
    stored[i] = images[image * 784 + row * 28 + column]!; // column by column
  }
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  const files: Record<string, Buffer> = {
    'emnist-balanced-test-images-idx3-ubyte.gz': gzipSync(makeIdx([count, 28, 28], stored)),
    'emnist-balanced-test-labels-idx1-ubyte.gz': gzipSync(makeIdx([count], labels)),
    'emnist-balanced-mapping.txt': Buffer.from('0 48\n1 65\n2 97\n'),
  };
  const published = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      name.replace('.gz', ''),
      { [name.endsWith('.gz') ? 'file' : 'unpacked']: createHash('sha256').update(bytes).digest('hex') },
    ]),
  );
  return { files, images, labels, classes: ['0', 'A', 'a'], published };
}

/** The files in NIST's folder `gzip`, among others, far enough from the zip's end to need requests of their own. */
export function nistZip(files: Record<string, Buffer>, changes: Partial<Member> = {}): Buffer {
  const members = Object.entries(files).map(([name, data]) => ({
    name: `gzip/${name}`,
    data,
    ...(name.includes('images') && changes),
  }));
  return makeZip([
    { name: 'gzip/', data: Buffer.alloc(0), method: 0 },
    ...members,
    { name: 'gzip/emnist-byclass-test-images-idx3-ubyte.gz', data: noise(200_000, 7), method: 0 },
  ]);
}
