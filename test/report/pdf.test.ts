import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import opentype from 'opentype.js';
import { drawFigures } from '#dist/report/figures.js';
import { readFont } from '#dist/report/font.js';
import { svgToPdf } from '#dist/report/pdf.js';
import { temporaryFolder } from '../cli/program.js';
import { records } from './records.js';

const serif = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSerif.ttf');
const frame = (inside: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48">${inside}</svg>`;

/** The file as text, its compressed streams opened. */
async function open(svg: string, font?: Parameters<typeof svgToPdf>[1]): Promise<string> {
  const pdf = Buffer.from(await svgToPdf(svg, font));
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/FlateDecode.*?stream\n/gs)].map(({ index, 0: { length } }) => {
    const start = index + length;
    return inflateSync(pdf.subarray(start, text.indexOf('\nendstream', start))).toString('latin1');
  });
  return [text, ...streams].join('\n');
}

describe('svgToPdf', () => {
  test('a figure is a page of its size with an embedded font, no picture, and the same bytes each time', async () => {
    const { svg } = drawFigures(records(100), { avgWindow: 10, terms: ['F0'], M: 5, title: 'θ' })[1]!;
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
    const pdf = await open(svg);
    const [, w, h] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf)!.map(Number);
    assert.ok(Math.abs(w! - 0.75 * width!) < 0.01 && Math.abs(h! - 0.75 * height!) < 0.01);
    assert.match(pdf, /\/FontFile2/);
    assert.match(pdf, /\+DejaVuSans\b/);
    assert.match(pdf, /<03b8>/); // the letter θ can be searched for
    assert.doesNotMatch(pdf, /\/Subtype \/Image/);
    assert.deepEqual(await svgToPdf(svg), await svgToPdf(svg));
  });

  test('lines are where they were, in their colours, dashes and strengths', async () => {
    const line = '<path d="M1,2L30,40" fill="none" stroke="#ff0000" stroke-width="2" stroke-dasharray="6,4" />';
    const pdf = await open(frame(`<g transform="translate(5,7)" stroke-opacity="0.5">${line}</g>`));
    assert.match(pdf, /\n1 0 0 1 5 7 cm\n.*\[6 4\] 0 d\n2 w\n.*\n1 0 0 SCN\n1 2 m\n30 40 l\nS\n/s);
    assert.match(pdf, /\/CA 0\.5/);
  });

  test('text ends, is centred or begins where it is anchored, and a tspan follows it lower', async () => {
    const at = async (anchor: string) => {
      const text = `<text x="50" y="20" font-size="10" text-anchor="${anchor}">ab<tspan dy="3">ab</tspan></text>`;
      const pdf = await open(frame(text));
      return [...pdf.matchAll(/1 0 0 1 ([\d.]+) ([\d.-]+) Tm/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    };
    const [start, middle, end] = [await at('start'), await at('middle'), await at('end')];
    const width = 2 * (start[1]![0] - start[0]![0]);
    assert.ok(width > 20 && width < 30);
    assert.ok(Math.abs(start[0]![0] - 50) < 1e-3);
    assert.ok(Math.abs(middle[0]![0] - (50 - width / 2)) < 1e-3);
    assert.ok(Math.abs(end[0]![0] - (50 - width)) < 1e-3);
    assert.ok(Math.abs(Math.abs(start[1]![1] - start[0]![1]) - 3) < 1e-3);
  });

  test('another font is embedded, and letters that it lacks are of the one that comes with the package', async () => {
    const svg = frame('<text x="5" y="20" font-size="10">Aθ</text>');
    const alone = await open(svg, readFont(serif));
    assert.match(alone, /\+DejaVuSerif\b/);
    assert.doesNotMatch(alone, /\+DejaVuSans\b/);

    const path = join(temporaryFolder(), 'tiny.otf');
    const glyph = (name: string, unicode?: number) =>
      new opentype.Glyph({ name, ...(unicode && { unicode }), advanceWidth: 600, path: new opentype.Path() });
    const options = { familyName: 'Tiny', styleName: 'Regular', unitsPerEm: 1000, ascender: 800, descender: -200 };
    const tiny = new opentype.Font({ ...options, glyphs: [glyph('.notdef'), glyph('A', 65)] });
    writeFileSync(path, Buffer.from(tiny.toArrayBuffer()));
    assert.deepEqual(readFont(path), { path, family: 'Tiny' });
    assert.match(await open(svg, readFont(path)), /\+DejaVuSans\b/);
  });

  test('what it does not know is refused, not left out', async () => {
    for (const unknown of ['<image />', '<path transform="skewX(3)" />', '<rect fill="url(#a)" />'])
      await assert.rejects(svgToPdf(frame(unknown)), RangeError, unknown);
  });
});

test('a file that holds no font is not one', () => {
  const path = join(temporaryFolder(), 'words.ttf');
  writeFileSync(path, 'words');
  assert.throws(() => readFont(path));
});
