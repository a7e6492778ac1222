/** What a PNG file is made of (W3C PNG specification, third edition), checked: order, lengths and checksums. */
import { crc32 } from 'node:zlib';

interface Header {
  readonly width: number;
  readonly height: number;
  readonly colourType: number;
  readonly channels: number;
  /** Bits of a channel. */
  readonly depth: number;
  readonly interlaced: boolean;
}

/** A file whose chunks are whole and in order. */
export interface PngFile extends Header {
  /** Parts of the deflated pixels. */
  readonly pixelData: readonly Buffer[];
  /** Bytes to the end of the image. */
  readonly length: number;
}

/** Channels and bit depths of each colour type. */
const COLOUR_TYPES: Readonly<Record<number, readonly [channels: number, depths: readonly number[]]>> = {
  0: [1, [1, 2, 4, 8, 16]],
  2: [3, [8, 16]],
  3: [1, [1, 2, 4, 8]],
  4: [2, [8, 16]],
  6: [4, [8, 16]],
};

const SIGNATURE = '\x89PNG\r\n\x1a\n';
/** What other files begin with that are called *.png by mistake. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'JPEG'],
  [/^GIF8/, 'GIF'],
  [/^RIFF.{4}WEBP/s, 'WebP'],
  [/^BM.{4}\0{4}/s, 'BMP'],
  [/^(II\*\0|MM\0\*)/, 'TIFF'],
];

/** @throws Error that says what is wrong, in words that follow 'cannot read …:'. */
export function readChunks(bytes: Buffer): PngFile {
  checkSignature(bytes);
  const seen = new Set<string>();
  const pixelData: Buffer[] = [];
  let header: Header | undefined;
  let last = '';
  for (let at = SIGNATURE.length; ; ) {
    const { type, data } = chunk(bytes, at);
    at += 12 + data.length;
    if ((type === 'IHDR') !== (header === undefined))
      throw new Error(type === 'IHDR' ? 'it has two headers (IHDR)' : 'it does not begin with a header (IHDR)');
    if (type === 'PLTE' || type === 'tRNS') {
      if (seen.has(type)) throw new Error(`it has two chunks ${type}`);
      if (seen.has('IDAT')) throw new Error(`its chunk ${type} follows its pixel data`);
      checkColours(type, data, header!);
    }
    if (type === 'IDAT') {
      if (seen.has(type) && last !== type) throw new Error('its pixel data is interrupted by another chunk');
      pixelData.push(data);
    }
    header ??= readHeader(data);
    seen.add(type);
    last = type;
    if (type === 'IEND') {
      if (!seen.has('IDAT')) throw new Error('it has no pixel data');
      return { ...header, pixelData, length: at };
    }
  }
}

function checkSignature(bytes: Buffer): void {
  if (bytes.length === 0) throw new Error('it is empty');
  const beginning = bytes.toString('latin1', 0, 16);
  if (beginning.startsWith(SIGNATURE)) return;
  const [, other] = OTHERS.find(([pattern]) => pattern.test(beginning)) ?? [];
  throw new Error(other ? `it is a ${other} image, whatever its name says: convert it` : 'it does not begin like one');
}

function chunk(bytes: Buffer, at: number): { type: string; data: Buffer } {
  const whole = (end: number) => {
    if (end > bytes.length) throw new Error('it is incomplete: it ends before its end chunk (IEND)');
  };
  whole(at + 12);
  const end = at + 8 + bytes.readUInt32BE(at);
  const type = bytes.toString('latin1', at + 4, at + 8);
  if (!/^[A-Za-z]{4}$/.test(type)) throw new Error(`it is damaged at byte ${at}`);
  whole(end + 4);
  if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end))
    throw new Error(`its chunk ${type} at byte ${at} is damaged: its checksum is another`);
  return { type, data: bytes.subarray(at + 8, end) };
}

function readHeader(data: Buffer): Header {
  if (data.length !== 13) throw new Error(`its header has ${data.length} bytes, not 13`);
  const [depth, colourType, compression, filter, interlace] = Array.from(data.subarray(8)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [channels, depths] = COLOUR_TYPES[colourType] ?? [0, []];
  if (!depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw new Error(`its header says what no PNG has (bytes ${[...data.subarray(8)].join(' ')})`);
  return {
    width: data.readUInt32BE(0),
    height: data.readUInt32BE(4),
    ...{ colourType, channels, depth },
    interlaced: interlace === 1,
  };
}

/** A palette, or the one transparent colour; transparency of a palette is pngjs's to check. */
function checkColours(type: 'PLTE' | 'tRNS', data: Buffer, { colourType, channels, depth }: Header): void {
  if (type === 'PLTE' && (data.length === 0 || data.length % 3 > 0))
    throw new Error(`its palette has ${data.length} bytes, not three a colour`);
  if (type === 'PLTE' || (colourType !== 0 && colourType !== 2)) return;
  const isColour = data.length === 2 * channels;
  if (!isColour || data.some((byte, i) => byte << (i % 2 ? 0 : 8) >= 2 ** depth))
    throw new Error('its transparent colour (tRNS) is none of its colours');
}
