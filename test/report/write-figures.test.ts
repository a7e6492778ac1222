import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PNG } from 'pngjs';
import { drawFigures } from '#dist/report/figures.js';
import { svgToPng } from '#dist/report/png.js';
import { writeFigures } from '#dist/report/write-figures.js';
import { records } from './records.js';

const root = mkdtempSync(join(tmpdir(), 'figures-'));
after(() => rmSync(root, { recursive: true }));
const options = { avgWindow: 10, terms: ['F0'], M: 5 };
const names = ['meta_accuracy', 'meta_angle', 'meta_loss', 'meta_orthonormality', 'meta_params'];

const decode = (png: Uint8Array): PNG => PNG.sync.read(Buffer.from(png));
const dark = ({ data }: PNG): number => data.filter((value, i) => i % 4 === 0 && value < 100).length;

describe('svgToPng', () => {
  const { svg } = drawFigures(records(100), options)[0]!;

  test('is twice the size of the SVG, opaque on white', async () => {
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!;
    const png = decode(await svgToPng(svg));
    assert.deepEqual([png.width, png.height], [2 * Number(width), Math.ceil(2 * Number(height))]);
    assert.deepEqual([...png.data.subarray(0, 4)], [255, 255, 255, 255]);
  });

  test('text is drawn with the bundled font: much of the ink is gone without it', async () => {
    const without = svg.replaceAll(/<text.*?<\/text>/g, '');
    assert.ok(dark(decode(await svgToPng(svg))) > dark(decode(await svgToPng(without))) + 2000);
  });

  test('Greek letters are glyphs, not boxes for a missing one', async () => {
    const letter = async (text: string): Promise<string> => {
      const frame = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="5" y="30">${text}</text></svg>`;
      return Buffer.from(await svgToPng(frame)).toString('base64');
    };
    const missing = await letter('\u{10FFFD}');
    for (const text of ['θ', 'α', 'Δ', '−', '…']) assert.notEqual(await letter(text), missing, text);
    assert.notEqual(await letter('θ'), await letter('α'));
  });
});

describe('writeFigures', () => {
  test('writes each figure as SVG and PNG, again and again', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    for (const n of [1, 20]) {
      assert.deepEqual(await writeFigures(folder, records(n), options), {});
      assert.deepEqual(
        readdirSync(folder).sort(),
        names.flatMap((name) => [`${name}.png`, `${name}.svg`]),
      );
    }
    for (const { name, svg } of drawFigures(records(20), options)) {
      assert.equal(readFileSync(join(folder, `${name}.svg`), 'utf8'), svg);
      assert.deepEqual(readFileSync(join(folder, `${name}.png`)), Buffer.from(await svgToPng(svg)));
    }
  });

  test('without the PNG library the SVGs are written and the warning says so', () => {
    const folder = mkdtempSync(join(root, 'run-'));
    const hook = `export async function resolve(name, context, next) {
      if (name === '@resvg/resvg-js') throw new Error('no binary for this machine');
      return next(name, context);
    }`;
    const script = `
      import { register } from 'node:module';
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));
      const { writeFigures } = await import(${JSON.stringify(pathToFileURL('dist/report/write-figures.js'))});
      const run = ${JSON.stringify(records(3))};
      console.log(JSON.stringify(await writeFigures(${JSON.stringify(folder)}, run, ${JSON.stringify(options)})));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    assert.match(stdout, /written as SVG, but could not be as PNG: no binary for this machine/, stderr);
    assert.deepEqual(
      readdirSync(folder).sort(),
      names.map((name) => `${name}.svg`),
    );
  });

  test('writes what the style names beside SVG', async () => {
    const folder = mkdtempSync(join(root, 'run-'));
    const style = { format: ['pdf'], size: [400], fontSize: 13 } as const;
    assert.deepEqual(await writeFigures(folder, records(5), { ...options, style }), {});
    assert.deepEqual(
      readdirSync(folder).sort(),
      names.flatMap((name) => [`${name}.pdf`, `${name}.svg`]),
    );
    for (const name of names) assert.match(readFileSync(join(folder, `${name}.pdf`), 'latin1'), /^%PDF-/);
  });

  test('a folder that is not there is an error, not a warning', async () => {
    await assert.rejects(writeFigures(join(root, 'none'), records(3), options), /ENOENT/);
  });
});
