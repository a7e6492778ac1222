/** Named random streams: each purpose and episode has its own, so that any of them can be recomputed alone. */
import seedrandom from 'seedrandom';
import type { ThreefryKey } from './threefry.js';

/** Draws uniformly from [0, 1). */
export type Random = () => number;

/** The stream of that name, e.g. `1/episode/17/task` for the task of episode 17 under seed 1. */
export function stream(name: string): Random {
  return seedrandom(name);
}

/** The key of a counter-based generator for bulk draws, taken from the stream of that name. */
export function streamKey(name: string): ThreefryKey {
  const random = seedrandom(name);
  return [random.int32(), random.int32()];
}

/** Shuffles `items` in place (Fisher-Yates) and returns it. */
export function shuffle<T extends { [index: number]: number; readonly length: number }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  }
  return items;
}

/**
 * `k` distinct integers of 0..n-1 in random order, every ordered choice equally likely: the first k steps of a
 * Fisher-Yates shuffle.
 * @throws RangeError where k is not within 0..n.
 */
export function sampleWithoutReplacement(n: number, k: number, random: Random): number[] {
  if (!(k >= 0 && k <= n)) throw new RangeError(`Cannot draw ${k} distinct items out of ${n}.`);
  const items = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < k; i++) {
    const j = i + Math.floor(random() * (n - i));
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  }
  return items.slice(0, k);
}
