/**
 * Builds assets/glyphs/strokes.json: the pen strokes of 62 characters in some handwriting fonts.
 *
 *     mkdir /tmp/fonts && cd /tmp/fonts && npm install @fontsource/{caveat,kalam,…}   # the names in NOTICE.md
 *     node --import tsx scripts/glyphs/build.ts /tmp/fonts/node_modules/@fontsource
 *
 * Also prints the fonts' lines for NOTICE.md. Needed only when the choice of fonts changes.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import opentype from 'opentype.js';
import { rasterise } from './raster.js';
import { centreLines } from './skeleton.js';

/** Cells (and units of the asset's coordinates) to the height of a font's H. */
const CAPITAL = 100;
const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function strokes(font: opentype.Font, character: string): number[][] {
  const capital = font.getPath('H', 0, 0, 1000).getBoundingBox();
  const size = (1000 * CAPITAL) / (capital.y2 - capital.y1);
  return centreLines(rasterise(font.getPath(character, 0, 0, size)), 0.5).map((line) => line.flat().map(Math.round));
}

const folder = process.argv[2];
if (!folder) throw new Error('Give the folder of the installed @fontsource packages.');
const names = readdirSync(folder).sort();
const glyphs: Record<string, number[][][]> = Object.fromEntries([...CHARACTERS].map((character) => [character, []]));
for (const name of names) {
  const font = opentype.parse(readFileSync(join(folder, name, 'files', `${name}-latin-400-normal.woff`)).buffer);
  for (const character of CHARACTERS) glyphs[character]!.push(strokes(font, character));
  const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string };
  const [copyright] = readFileSync(join(folder, name, 'LICENSE'), 'utf8').split('\n');
  console.log(`- ${name} ${version}: ${copyright}`);
}
const lines = Object.entries(glyphs).map(([character, shapes]) => `"${character}":${JSON.stringify(shapes)}`);
writeFileSync(
  new URL('../../assets/glyphs/strokes.json', import.meta.url),
  `{"fonts":${JSON.stringify(names)},\n"glyphs":{\n${lines.join(',\n')}}}\n`,
);
