import { readFileSync } from 'node:fs';

/** A pen's path as a polyline `x0, y0, x1, y1, …` (y down; the height of a capital is 100); one point is a dot. */
export type Stroke = readonly number[];

interface Asset {
  /** The handwriting fonts the strokes were traced from; NOTICE.md has their licence. */
  readonly fonts: readonly string[];
  /** For each character one drawing per font. */
  readonly glyphs: Readonly<Record<string, readonly (readonly Stroke[])[]>>;
}

let asset: Asset | undefined;

/** The embedded pen strokes, built by scripts/glyphs; read once. */
export function handwriting(): Asset {
  const url = new URL('../../../assets/glyphs/strokes.json', import.meta.url);
  asset ??= JSON.parse(readFileSync(url, 'utf8')) as Asset;
  return asset;
}
