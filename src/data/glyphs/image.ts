/** One image of the `glyphs` data set; it can be drawn anywhere, in a page too. */
import { stream } from '../../random/stream.js';
import { BALANCED as CLASSES } from '../characters.js';
import { drawGlyph } from './draw.js';
import type { Drawings } from './strokes.js';

/** The capitals whose class also holds the small letter, as in EMNIST Balanced. */
const MERGED = new Set('CIJKLMOPSUVWXYZ');

export interface GlyphPlace {
  readonly label: number;
  /** Among the images of its class. */
  readonly index: number;
  readonly dim: number;
  /** Of the data set, 0 for everybody's. */
  readonly seed: number | string;
}

/** `dim * dim` bytes, upright; it follows from the place alone. */
export function glyphImage(
  drawings: ReadonlyMap<string, Drawings>,
  { label, index, dim, seed }: GlyphPlace,
): Uint8Array {
  const random = stream(`${seed}/glyphs/${label}/${index}`);
  const capital = CLASSES[label]!;
  const character = MERGED.has(capital) && random() < 0.5 ? capital.toLowerCase() : capital;
  const choice = drawings.get(character)!;
  return drawGlyph(choice[Math.floor(random() * choice.length)]!, dim, random);
}
