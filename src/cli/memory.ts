/** What does not fit in memory is refused before anything is made. */
import { totalmem } from 'node:os';
import { type EpisodeSize, episodeMemory } from '../engine/memory.js';
import type { Rule } from '../plasticity/rule.js';
import type { Settings } from './options.js';
import { UsageError } from './usage-error.js';

/**
 * @param images of training and query, as numbers.
 * @throws UsageError, which says what it would need, where the engine cannot run an episode of that size on this machine.
 */
export async function checkMemory(
  { engine, beta, fbk: feedback }: Pick<Settings, 'engine' | 'beta' | 'fbk'>,
  layers: readonly number[],
  images: { readonly train: number; readonly query: number },
  rule: Rule,
): Promise<void> {
  const size: EpisodeSize = {
    network: { layers, beta, feedback },
    train: { labels: { length: images.train } },
    query: { labels: { length: images.query } },
  };
  const { needed, most } = await episodeMemory(engine, size, rule);
  const there = Math.min(most, totalmem());
  if (needed <= there) return;
  const many = images.train.toLocaleString('en-US');
  throw new UsageError(
    `${many} training images at a time (of ${layers.join('-')}) need at least ${gibibytes(needed)} of memory with ` +
      `--engine ${engine}, which can have ${gibibytes(there)} here: fewer images or smaller --layers do.`,
  );
}

function gibibytes(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return `${gib < 10 ? gib.toFixed(1) : Math.round(gib).toLocaleString('en-US')} GiB`;
}
