import type { Stroke } from './strokes.js';

/** Control points of the elastic distortion along each side of the glyph's bounding box. */
const GRID = 3;
/** EMNIST leaves a border of 2 of its 28 pixels. */
const BORDER = 2 / 28;
/** Longest straight piece, in units of a hundredth of a capital's height, so that straight strokes can bend too. */
const PIECE = 12;

/** A coordinate range. */
function extent(values: readonly number[]): { low: number; size: number } {
  const low = Math.min(...values);
  return { low, size: Math.max(...values) - low };
}

function subdivide(stroke: Stroke): number[] {
  const [x, y] = [stroke[0]!, stroke[1]!];
  // A dot is a piece of no length.
  if (stroke.length === 2) return [x, y, x, y];
  const points = [x, y];
  for (let i = 2; i < stroke.length; i += 2) {
    const [fromX, fromY, toX, toY] = [stroke[i - 2]!, stroke[i - 1]!, stroke[i]!, stroke[i + 1]!];
    const pieces = Math.ceil(Math.sqrt((toX - fromX) ** 2 + (toY - fromY) ** 2) / PIECE);
    for (let k = 1; k <= pieces; k++)
      points.push(fromX + ((toX - fromX) * k) / pieces, fromY + ((toY - fromY) * k) / pieces);
  }
  return points;
}

/**
 * A smooth random displacement of the unit square: random values on a grid, blended by quadratic B-splines of the
 * nearest control points.
 */
function elastic(random: () => number, strength: number): (u: number, v: number) => number {
  const grid = Array.from({ length: GRID * GRID }, () => strength * bell(random));
  const at = (i: number, j: number) => grid[Math.min(Math.max(j, 0), GRID - 1) * GRID + Math.min(Math.max(i, 0), GRID - 1)]!;
  const weights = (t: number) => [(0.5 - t) ** 2 / 2, 0.75 - t * t, (0.5 + t) ** 2 / 2];
  return (u, v) => {
    const [x, y] = [u * (GRID - 1), v * (GRID - 1)];
    const [i, j] = [Math.round(x), Math.round(y)];
    const [wx, wy] = [weights(x - i), weights(y - j)];
    let sum = 0;
    for (let b = 0; b < 3; b++) for (let a = 0; a < 3; a++) sum += wx[a]! * wy[b]! * at(i + a - 1, j + b - 1);
    return sum;
  };
}

/** A bell-shaped number in -1 … 1 (the sum of three uniform ones): mostly small, never wild. */
function bell(random: () => number): number {
  return ((random() + random() + random()) * 2) / 3 - 1;
}

/** Write the strokes as another hand would: proportions, slant, tilt and an elastic distortion, all random. */
function vary(strokes: readonly Stroke[], random: () => number): number[][] {
  const lines = strokes.map(subdivide);
  const xs = lines.flatMap((line) => line.filter((_, i) => i % 2 === 0));
  const ys = lines.flatMap((line) => line.filter((_, i) => i % 2 === 1));
  const [across, down] = [extent(xs), extent(ys)];
  const size = Math.max(across.size, down.size, 1);
  const stretch = 1.08 + 0.38 * bell(random);
  const slant = 0.12 + 0.55 * bell(random);
  const tilt = 0.22 * bell(random);
  const moveX = elastic(random, 0.28);
  const moveY = elastic(random, 0.28);
  return lines.map((line) => {
    const moved: number[] = [];
    for (let i = 0; i < line.length; i += 2) {
      const u = (line[i]! - across.low) / size;
      const v = (line[i + 1]! - down.low) / size;
      const x = stretch * (u + moveX(u, v));
      const y = v + moveY(u, v);
      const slanted = x - slant * y;
      moved.push(slanted - tilt * y, y + tilt * slanted);
    }
    return moved;
  });
}

/**
 * Draw a character as one random hand would, in EMNIST's format: the ink's bounding box fills the picture but for a
 * border of 2/28, centred, aspect kept, edges soft as after EMNIST's blur; white (255) on black.
 *
 * Only additions, multiplications, divisions and square roots decide a pixel: the same bytes on every machine.
 *
 * @param random uniform numbers in 0 … 1
 * @returns `dim * dim` bytes, row by row, upright
 */
export function drawGlyph(strokes: readonly Stroke[], dim: number, random: () => number): Uint8Array {
  const lines = vary(strokes, random);
  const pixel = dim / 28;
  const radius = pixel * (1.42 + 1.05 * bell(random));
  const soft = pixel * 1.35;
  const across = extent(lines.flatMap((line) => line.filter((_, i) => i % 2 === 0)));
  const down = extent(lines.flatMap((line) => line.filter((_, i) => i % 2 === 1)));
  const room = dim * (1 - 2 * BORDER) - 2 * (radius + soft / 2);
  const scale = room / Math.max(across.size, down.size, 0.05);
  const left = dim / 2 - scale * (across.low + across.size / 2);
  const top = dim / 2 - scale * (down.low + down.size / 2);

  const image = new Uint8Array(dim * dim);
  for (const line of lines)
    for (let i = 2; i < line.length; i += 2)
      ink(
        image,
        dim,
        left + scale * line[i - 2]!,
        top + scale * line[i - 1]!,
        left + scale * line[i]!,
        top + scale * line[i + 1]!,
        radius,
        soft,
      );
  return image;
}

/** Ink one straight piece with a round pen whose edge fades from 255 to 0 over `2 * soft`; the darker ink wins. */
function ink(
  image: Uint8Array,
  dim: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  radius: number,
  soft: number,
): void {
  const reach = radius + soft;
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const [x0, x1] = [Math.max(0, Math.floor(Math.min(ax, bx) - reach)), Math.min(dim, Math.ceil(Math.max(ax, bx) + reach))];
  const [y0, y1] = [Math.max(0, Math.floor(Math.min(ay, by) - reach)), Math.min(dim, Math.ceil(Math.max(ay, by) + reach))];
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = squared === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / squared, 0), 1);
      const distance = Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2);
      const level = Math.min(Math.max((reach - distance) / (2 * soft), 0), 1);
      const value = Math.round(255 * level * level * (3 - 2 * level));
      if (value > image[y * dim + x]!) image[y * dim + x] = value;
    }
}
