import type { EpisodeRecord } from '../meta/record.js';

/** Whether an episode's outcome is left out of figures and means: its loss or gradient was not finite. */
export function diverged({ skipped, loss }: EpisodeRecord): boolean {
  return skipped || !Number.isFinite(loss);
}
