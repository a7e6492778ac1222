/** Writes PNG files of every kind, whole or wrong, as the specification has them (W3C PNG, third edition). */
import { crc32, deflateSync } from 'node:zlib';

export const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** Channels and bit depths of each colour type. */
export const KINDS = [
  { colourType: 0, channels: 1, depths: [1, 2, 4, 8, 16] },
  { colourType: 2, channels: 3, depths: [8, 16] },
  { colourType: 3, channels: 1, depths: [1, 2, 4, 8] },
  { colourType: 4, channels: 2, depths: [8, 16] },
  { colourType: 6, channels: 4, depths: [8, 16] },
].flatMap(({ depths, ...kind }) =>
  depths.flatMap((depth) => [0, 1].map((interlace) => ({ ...kind, depth, interlace }))),
);
export type Kind = (typeof KINDS)[number];

export function chunk(type: string, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), 8 + data.length);
  return bytes;
}

export function headerChunk(
  width: number,
  height: number,
  { depth, colourType, interlace }: Omit<Kind, 'channels'>,
): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colourType, 0, 0, interlace], 8);
  return chunk('IHDR', data);
}

/** `before`: chunks between header and pixels. */
export function pngFile(header: Buffer, deflated: Uint8Array, before: readonly Buffer[] = []): Buffer {
  return Buffer.concat([SIGNATURE, header, ...before, chunk('IDAT', deflated), chunk('IEND')]);
}

const PASSES = [
  ['0', '0'],
  ['4', '0'],
  ['04', '4'],
  ['26', '04'],
  ['0246', '26'],
  ['1357', '0246'],
  ['01234567', '1357'],
] as const;

/** Pixels as they are deflated; `sample` gives a pixel's channels; the rows go through all five filters in turn. */
export function filtered(
  width: number,
  height: number,
  { depth, channels, interlace }: Omit<Kind, 'colourType'>,
  sample: (x: number, y: number) => readonly number[],
): Buffer {
  const rows: Buffer[] = [];
  for (const [columnsOf, rowsOf] of interlace ? PASSES : [PASSES_WHOLE]) {
    const among = (size: number, of: string) =>
      Array.from({ length: size }, (_, i) => i).filter((i) => of.includes(`${i % 8}`));
    const columns = among(width, columnsOf);
    let above = Buffer.alloc(Math.ceil((columns.length * channels * depth) / 8));
    if (columns.length === 0) continue;
    for (const y of among(height, rowsOf)) {
      const bits = columns
        .flatMap((x) => sample(x, y))
        .map((value) => value.toString(2).padStart(depth, '0'))
        .join('');
      const row = Buffer.from(bits.match(/.{1,8}/g)!.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)));
      rows.push(filterRow(rows.length % 5, row, above, Math.max(1, (channels * depth) / 8)));
      above = row;
    }
  }
  return Buffer.concat(rows);
}
const PASSES_WHOLE = ['01234567', '01234567'] as const;

function filterRow(filter: number, row: Buffer, above: Buffer, step: number): Buffer {
  const predicted = (i: number) => {
    const [a, b, c] = [row[i - step] ?? 0, above[i]!, i < step ? 0 : above[i - step]!];
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter]!;
  };
  return Buffer.of(filter, ...row.map((byte, i) => byte - predicted(i)));
}

/** A whole file of 8-bit grey rows. */
export function greyPng(...rows: number[][]): Buffer {
  const kind = { colourType: 0, channels: 1, depth: 8, interlace: 0 };
  const [width, height] = [rows[0]!.length, rows.length];
  return pngFile(
    headerChunk(width, height, kind),
    deflateSync(filtered(width, height, kind, (x, y) => [rows[y]![x]!])),
  );
}
