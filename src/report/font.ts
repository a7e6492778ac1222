/** Font files. */
import { createRequire } from 'node:module';
import type { Font as FontkitFont } from 'fontkit';

const require = createRequire(import.meta.url);

export interface Font {
  readonly path: string;
  readonly family: string;
}

/** Comes with the package: none need be installed. */
export const BUNDLED_FONT: Font = {
  path: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  family: 'DejaVu Sans',
};

/**
 * Reads which font a file holds.
 * @throws Error where it holds none, or several.
 */
export function readFont(path: string): Font {
  return { path, family: openFont(path).familyName };
}

/** Whether a font has a letter. */
export function glyphTest({ path }: Font): (codePoint: number) => boolean {
  const font = openFont(path);
  return (codePoint) => font.hasGlyphForCodePoint(codePoint);
}

function openFont(path: string): FontkitFont {
  // Loaded when a font is asked for, as it takes a while.
  const { openSync } = require('fontkit') as typeof import('fontkit');
  const font = openSync(path);
  if (!('familyName' in font) || !font.familyName) throw new Error('it holds not one font');
  return font;
}
