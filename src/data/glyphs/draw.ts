import { bell, type Random, vary } from './hand.js';
import { boundingBox, type Point, type Stroke } from './strokes.js';

/** Side of EMNIST's images and the border it leaves around the ink, in pixels. */
const [SIDE, BORDER] = [28, 2];

/** A round pen: full ink within its radius less `soft`, none beyond its radius plus `soft`; in pixels. */
interface Pen {
  readonly radius: number;
  readonly soft: number;
}

/**
 * Draw a character as one random hand would, in EMNIST's format: the ink's bounding box fills the image but for a
 * border of 2 pixels in 28, centred, aspect kept, edges soft as after EMNIST's blur.
 *
 * Only IEEE additions, multiplications, divisions and square roots decide a pixel, here and in what varies the strokes
 * (`**` and the trigonometric functions may differ in the last bit): the same bytes on any machine.
 *
 * @param dim side of the image
 * @returns `dim * dim` bytes, row by row, upright, 255 is ink
 */
export function drawGlyph(strokes: readonly Stroke[], dim: number, random: Random): Uint8Array {
  const pixel = dim / SIDE;
  const pen = { radius: pixel * (1.42 + 1.05 * bell(random)), soft: pixel * 1.35 };
  const written = vary(strokes, random);
  const { left, top, width, height } = boundingBox(written);
  // Half of the soft edge is too faint to count as ink.
  const room = pixel * (SIDE - 2 * BORDER) - 2 * pen.radius - pen.soft;
  const scale = room / Math.max(width, height);
  const place = ([x, y]: Point): Point => [
    dim / 2 + scale * (x - left - width / 2),
    dim / 2 + scale * (y - top - height / 2),
  ];
  const image = new Uint8Array(dim * dim);
  for (const stroke of written) {
    const points = stroke.map(place);
    for (let i = 1; i < points.length; i++) ink(image, dim, points[i - 1]!, points[i]!, pen);
  }
  return image;
}

/** Ink one straight piece; where pieces overlap the darker ink stays. */
function ink(image: Uint8Array, dim: number, [ax, ay]: Point, [bx, by]: Point, { radius, soft }: Pen): void {
  const reach = radius + soft;
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const [firstX, endX] = [Math.max(0, Math.floor(Math.min(ax, bx) - reach)), Math.min(dim, Math.max(ax, bx) + reach)];
  const [firstY, endY] = [Math.max(0, Math.floor(Math.min(ay, by) - reach)), Math.min(dim, Math.max(ay, by) + reach)];
  for (let y = firstY; y < endY; y++)
    for (let x = firstX; x < endX; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = squared === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / squared, 0), 1);
      const [awayX, awayY] = [px - along * dx, py - along * dy];
      const distance = Math.sqrt(awayX * awayX + awayY * awayY);
      const level = Math.min(Math.max((reach - distance) / (2 * soft), 0), 1);
      const value = Math.round(255 * level * level * (3 - 2 * level));
      if (value > image[y * dim + x]!) image[y * dim + x] = value;
    }
}
