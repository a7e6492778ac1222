import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { readPng } from '#dist/data/png.js';
import { chunk, filtered, greyPng, headerChunk, KINDS, type Kind, pngFile, SIGNATURE } from './png-bytes.js';

/** A palette of `entries` colours, half of them half transparent. */
function paletteOf(entries: number) {
  const colours = Array.from({ length: entries }, (_, i) => [i, (i * 7) % 256, 255 - i, i % 2 ? 255 : 128]);
  const chunks = [
    chunk('PLTE', Buffer.from(colours.flatMap((colour) => colour.slice(0, 3)))),
    chunk('tRNS', Buffer.from(colours.map((colour) => colour[3]!))),
  ];
  return { colours, chunks };
}

/** A file of that kind, with numbers that depend on place and seed, and its pixels as grey by the definition. */
function fileOf(kind: Kind, side: number, seed: number) {
  const { colourType, channels, depth } = kind;
  const most = 2 ** depth - 1;
  const sample = (x: number, y: number) =>
    Array.from({ length: channels }, (_, channel) => ((seed + 7 * x + 31 * y + 101 * channel) * 40503) % (most + 1));
  const palette = paletteOf(2 ** Math.min(depth, 8));
  const grey = (x: number, y: number) => {
    const values = sample(x, y);
    const scaled = values.map((value) => Math.floor((value * 255) / most + 0.5));
    const [red, green, blue, alpha = 255] =
      colourType === 3 ? palette.colours[values[0]!]! : channels > 2 ? scaled : [0, 0, 0, 1].map((i) => scaled[i]);
    return { luma: 0.299 * red! + 0.587 * green! + 0.114 * blue!, alpha: alpha / 255 };
  };
  const places = Array.from({ length: side * side }, (_, i) => grey(i % side, Math.floor(i / side)));
  const deflated = deflateSync(filtered(side, side, kind, sample));
  return {
    bytes: pngFile(headerChunk(side, side, kind), deflated, colourType === 3 ? palette.chunks : []),
    grey: places.map(({ luma, alpha }) => Math.round(luma * alpha)),
    inverted: places.map(({ luma, alpha }) => Math.round((255 - luma) * alpha)),
  };
}

const nameOf = ({ colourType, depth, interlace }: Kind) =>
  `colour type ${colourType}, ${depth} bits${interlace ? ', interlaced' : ''}`;
const EIGHT: Kind = { colourType: 0, channels: 1, depth: 8, interlace: 0 };

/** Leaves other numbers in the memory that is handed out next. */
function disturbMemory(value: number) {
  for (let i = 0; i < 20; i++) Buffer.allocUnsafe(1000).fill(value);
}

describe('readPng', () => {
  for (const kind of KINDS)
    test(`reads ${nameOf(kind)}`, () => {
      for (const side of [1, 3, 8, 13]) {
        const { bytes, grey, inverted } = fileOf(kind, side, side);
        assert.deepEqual([...readPng(bytes).pixels], grey);
        assert.deepEqual([...readPng(bytes, true).pixels], inverted);
      }
    });

  test('transparency is ground, whatever the ink', () => {
    const kind = { colourType: 4, channels: 2, depth: 8, interlace: 0 };
    const ink = (value: number) =>
      pngFile(headerChunk(3, 1, kind), deflateSync(filtered(3, 1, kind, (x) => [value, [0, 51, 255][x]!])));
    assert.deepEqual([...readPng(ink(255)).pixels], [0, 51, 255]);
    assert.deepEqual([...readPng(ink(0), true).pixels], [0, 51, 255]);
  });

  test('no changed, lost or added byte goes unseen, in files of every kind', () => {
    const change = fc.record({
      kind: fc.constantFrom(...KINDS),
      seed: fc.nat(1000),
      place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      how: fc.constantFrom('flip', 'cut', 'lose', 'add'),
      by: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(change, ({ kind, seed, place, how, by }) => {
        const { bytes } = fileOf(kind, 5, seed);
        const at = Math.floor(place * bytes.length);
        const changed =
          how === 'cut'
            ? bytes.subarray(0, at)
            : Buffer.concat([
                bytes.subarray(0, at),
                Buffer.from(how === 'flip' ? [bytes[at]! ^ by] : how === 'add' ? [by, bytes[at]!] : []),
                bytes.subarray(at + 1),
              ]);
        assert.throws(() => readPng(changed), Error);
      }),
      { numRuns: 1000, seed: 17 },
    );
  });

  test('pixels that are missing, too many or unchecked are refused, though every chunk is whole', () => {
    const rows = (count: number) => filtered(28, count, EIGHT, (x, y) => [x + y]);
    const whole = deflateSync(rows(28));
    const wrong = {
      'incomplete: 783 of 812 bytes for 28 x 28 pixels': deflateSync(rows(27)),
      'incomplete: 0 of 812 bytes': deflateSync(Buffer.alloc(0)),
      'damaged or incomplete \\(unexpected end': whole.subarray(0, -9),
      'damaged or incomplete \\(unexpected end of file': whole.subarray(0, -1),
      'damaged or incomplete \\(incorrect data check': Buffer.concat([
        whole.subarray(0, -1),
        Buffer.of(whole.at(-1)! ^ 1),
      ]),
      'more than its 28 x 28 pixels take': deflateSync(rows(29)),
      'damaged: 4 bytes follow its end': Buffer.concat([whole, Buffer.from('more')]),
    };
    for (const [reason, deflated] of Object.entries(wrong))
      for (let repeat = 0; repeat < 5; repeat++) {
        disturbMemory(50 * repeat);
        assert.throws(
          () => readPng(pngFile(headerChunk(28, 28, EIGHT), deflated)),
          new RegExp(`its pixel data is ${reason}`),
        );
      }
  });

  test('says what else is wrong', () => {
    const header = headerChunk(2, 2, EIGHT);
    const pixels = chunk('IDAT', deflateSync(filtered(2, 2, EIGHT, () => [9])));
    const end = chunk('IEND');
    const file = (...chunks: Buffer[]) => Buffer.concat([SIGNATURE, ...chunks]);
    const odd = (change: Partial<Kind>) => file(headerChunk(2, 2, { ...EIGHT, ...change }), pixels, end);
    const text = chunk('tEXt', Buffer.from('a\0b'));
    text[9]! ^= 1;
    const palette = paletteOf(4).chunks;
    const huge = (width: number, height: number) =>
      file(headerChunk(width, height, { ...EIGHT, colourType: 6, depth: 16 }), pixels, end);
    const wrong: Record<string, Buffer> = {
      'it is empty': Buffer.alloc(0),
      'it does not begin like one': Buffer.from('hello'),
      'it is a JPEG image, whatever its name says: convert it': Buffer.from('ffd8ffe000104a464946', 'hex'),
      'it is a GIF image': Buffer.from('GIF89a'),
      'it does not begin with a header': file(pixels, end),
      'it has two headers': file(header, headerChunk(4000, 4000, EIGHT), pixels, end),
      'it has no pixel data': file(header, end),
      'its pixel data is interrupted': file(header, pixels, chunk('tEXt'), pixels, end),
      'it has two chunks PLTE': file(header, palette[0]!, palette[0]!, pixels, end),
      'its chunk tRNS follows its pixel data': file(header, pixels, palette[1]!, end),
      'its chunk tEXt at byte 33 is damaged': file(header, text, pixels, end),
      'its palette has 4 bytes': file(header, chunk('PLTE', Buffer.alloc(4)), pixels, end),
      'its transparent colour \\(tRNS\\) is none': file(header, chunk('tRNS', Buffer.of(1, 0)), pixels, end),
      'it is damaged \\(index 9 not in palette': file(
        headerChunk(2, 2, { ...EIGHT, colourType: 3 }),
        palette[0]!,
        pixels,
        end,
      ),
      'it is incomplete: it ends before its end chunk': file(header, pixels),
      'its header has 14 bytes': file(chunk('IHDR', Buffer.alloc(14)), pixels, end),
      'its header says what no PNG has \\(bytes 3 0 0 0 0\\)': odd({ depth: 3 }),
      'its header says what no PNG has \\(bytes 8 5 ': odd({ colourType: 5 }),
      'it is of 0 x 2 pixels': file(headerChunk(0, 2, EIGHT), pixels, end),
      'at most 16384 a side': huge(20000, 1),
      'and 33554432 in all': huge(8192, 8192),
      'its pixels take 134221824 bytes: at most 67108864': huge(4096, 4096),
    };
    for (const [reason, bytes] of Object.entries(wrong))
      assert.throws(() => readPng(bytes), new RegExp(reason), reason);
  });

  test('inflates no more than the header speaks of', () => {
    const bomb = deflateSync(Buffer.alloc(2 ** 22));
    for (const interlace of [0, 1]) {
      const file = pngFile(headerChunk(4, 4, { ...EIGHT, interlace }), bomb);
      // The cause is zlib's own word that it stopped at its bound.
      assert.throws(
        () => readPng(file),
        ({ message, cause }) =>
          /more than its 4 x 4 pixels take/.test(message) && cause.code === 'ERR_BUFFER_TOO_LARGE',
      );
    }
  });

  test('tells of bytes after the end', () => {
    const { extra, pixels } = readPng(Buffer.concat([greyPng([1, 2]), Buffer.from('more')]));
    assert.deepEqual([extra, ...pixels], [4, 1, 2]);
  });
});
