import type { Point, Stroke } from './strokes.js';

/** Uniform numbers in 0 … 1. */
export type Random = () => number;

/** Control points of the elastic distortion along each side of the unit square. */
const GRID = 3;

/** A bell-shaped number in -1 … 1, the scaled sum of three uniform ones: mostly small, never wild. */
export function bell(random: Random): number {
  return ((random() + random() + random()) * 2) / 3 - 1;
}

/**
 * Write a character as one random hand would: an elastic distortion, then proportions, slant (on average a little
 * forward) and tilt. The sizes are chosen so that simple classifiers find the glyphs about as hard as EMNIST.
 */
export function vary(strokes: readonly Stroke[], random: Random): Stroke[] {
  const stretch = 1.08 + 0.36 * bell(random);
  const slant = 0.12 + 0.52 * bell(random);
  const tilt = 0.22 * bell(random);
  const shiftX = elastic(random, 0.26);
  const shiftY = elastic(random, 0.26);
  return strokes.map((stroke) =>
    stroke.map(([u, v]): Point => {
      const y = v + shiftY(u, v);
      const x = stretch * (u + shiftX(u, v)) - slant * y;
      return [x - tilt * y, y + tilt * x];
    }),
  );
}

/** A smooth random function of the unit square: bell-shaped numbers on a grid, blended by quadratic B-splines. */
function elastic(random: Random, strength: number): (u: number, v: number) => number {
  const grid = Array.from({ length: GRID * GRID }, () => strength * bell(random));
  const clamp = (i: number) => Math.min(Math.max(i, 0), GRID - 1);
  const weights = (t: number) => [((0.5 - t) * (0.5 - t)) / 2, 0.75 - t * t, ((0.5 + t) * (0.5 + t)) / 2];
  return (u, v) => {
    const [i, j] = [Math.round(u * (GRID - 1)), Math.round(v * (GRID - 1))];
    const across = weights(u * (GRID - 1) - i);
    const down = weights(v * (GRID - 1) - j);
    let sum = 0;
    for (let b = 0; b < 3; b++)
      for (let a = 0; a < 3; a++) sum += across[a]! * down[b]! * grid[clamp(j + b - 1) * GRID + clamp(i + a - 1)]!;
    return sum;
  };
}
