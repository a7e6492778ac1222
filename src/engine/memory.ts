import type { Rule } from '../plasticity/rule.js';
import type { EngineName } from './create.js';
import type { EpisodeSize } from './wasm/preparation.js';

export type { EpisodeSize };

/** WebAssembly's address space. */
const MOST_WASM = 2 ** 32;

/** Bytes that an engine needs at least to run such an episode, told without making anything, and the most it can have. */
export async function episodeMemory(
  engine: EngineName,
  size: EpisodeSize,
  rule: Rule,
): Promise<{ readonly needed: number; readonly most: number }> {
  const { layers } = size.network;
  const images = size.train.labels.length + size.query.labels.length;
  const width = engine === 'reference' ? 8 : 4;
  const weights = layers.slice(1).reduce((sum, n, l) => sum + n * layers[l]!, 0);
  const units = layers.slice(1).reduce((sum, n) => sum + n);
  // Activities and errors of each step; W, and as much again for its adjoint.
  const least = width * (2 * units * images + 2 * weights);
  if (engine !== 'wasm') return { needed: least, most: Number.POSITIVE_INFINITY };
  // Far too much, or far from it: nothing need be counted.
  if (least > MOST_WASM || width * images * (images + weights) < MOST_WASM / 8)
    return { needed: least, most: MOST_WASM };
  const { stageBytes } = await import('./wasm/stage-bytes.js');
  // One slot for the episode that runs, one for the next.
  return { needed: stageBytes(size, rule, 2), most: MOST_WASM };
}
