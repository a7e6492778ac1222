/** What went wrong in a run that came to its end, told from its episodes alone. */
import type { EpisodeRecord } from '../meta/record.js';
import { diverged } from './diverged.js';

/** Episodes that are judged together; fewer are too noisy. */
const BLOCK = 50;

/**
 * Sentences, none for a sound run:
 * - steps were left out because loss or gradient was not finite;
 * - the last 100 episodes are no better than guessing among the M classes of a task (fixed feedback alone, FA, learns
 *   little in deep networks, but is above that: 0.22 for M = 5);
 * - the last 50 episodes fell far behind the best 50.
 *
 * @param M classes of a task; where it is not known, nothing is compared with guessing.
 */
export function findTrouble(records: readonly EpisodeRecord[], M?: number): string[] {
  const skipped = records.at(-1)?.skips.total ?? 0;
  const outcome = judgeEnd(records, M);
  return [
    ...(skipped > 0 ? [`Loss or gradient was not finite in ${skipped} of ${records.length} episodes.`] : []),
    ...(outcome ? [outcome.sentence] : []),
  ];
}

/** What a run that is not sound came to. */
export type Trouble = 'diverged' | 'stuck' | 'fell back';

/** The trouble of a run that was not stopped by divergence; undefined where it is sound, or too short to tell. */
export function troubleOf(records: readonly EpisodeRecord[], M?: number): Trouble | undefined {
  return judgeEnd(records, M)?.trouble;
}

function judgeEnd(records: readonly EpisodeRecord[], M?: number): { trouble: Trouble; sentence: string } | undefined {
  if (records.length < 2 * BLOCK) return undefined;
  const last = measure(records.slice(-2 * BLOCK));
  if (M !== undefined && !(last.accuracy > 1 / M + last.error)) {
    const accuracy = last.accuracy.toFixed(3);
    const sentence = `It is stuck: accuracy ${accuracy} is no better than guessing among ${M} classes.`;
    return { trouble: 'stuck', sentence };
  }
  const blocks = Array.from({ length: Math.floor(records.length / BLOCK) }, (_, i) =>
    measure(records.slice(records.length - (i + 1) * BLOCK, records.length - i * BLOCK)),
  );
  const end = blocks[0]!;
  const best = blocks.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  // Far: more than a tenth, and more than the noise of two means.
  if (best.accuracy - end.accuracy > Math.max(0.1, 5 * Math.hypot(best.error, end.error))) {
    const [from, to] = [best, end].map(({ accuracy }) => accuracy.toFixed(3));
    const sentence = `It fell back: accuracy went from ${from} at its best to ${to} in the last ${BLOCK} episodes.`;
    return { trouble: 'fell back', sentence };
  }
  return undefined;
}

/** Mean accuracy with its standard error; episodes that diverged count as wrong answers. */
function measure(records: readonly EpisodeRecord[]): { accuracy: number; error: number } {
  const accuracies = records.map((record) => (diverged(record) ? 0 : record.accuracy));
  const accuracy = mean(accuracies);
  const variance = mean(accuracies.map((value) => (value - accuracy) ** 2));
  return { accuracy, error: Math.sqrt(variance / records.length) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
