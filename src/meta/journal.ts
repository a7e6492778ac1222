/** The journal of meta-training: the lines of its episodes. */
import { type DecodeOptions, decodeLines, encodeLine, number, numbers, object } from './lines.js';
import type { AdamState, EpisodeRecord } from './record.js';

export { JournalError } from './lines.js';

/** The line of an episode, its newline included. */
export function encodeRecord(record: EpisodeRecord): string {
  return encodeLine(record);
}

/**
 * The records of a journal. A last line without its newline was being written when the process died: it is left out.
 * @throws JournalError where any other line is not the record of the episode that is due there, with `terms` coefficients.
 */
export function decodeJournal(text: string, terms: number, options: DecodeOptions = {}): EpisodeRecord[] {
  return decodeLines(text, (json, i) => decodeRecord(json, i + 1, terms), options);
}

function decodeRecord(json: unknown, episode: number, terms: number): EpisodeRecord {
  const line = object(json, 'the line');
  const skips = object(line.skips, 'skips');
  if (line.episode !== episode) throw new Error(`episode ${episode} expected`);
  if (typeof line.skipped !== 'boolean') throw new Error('skipped is neither true nor false');
  return {
    episode,
    loss: number(line.loss, 'loss'),
    accuracy: number(line.accuracy, 'accuracy'),
    theta: numbers(line.theta, 'theta', terms),
    gradient: numbers(line.gradient, 'gradient', terms),
    angles: numbers(line.angles, 'angles'),
    orthonormality: numbers(line.orthonormality, 'orthonormality'),
    ms: number(line.ms, 'ms'),
    skipped: line.skipped,
    skips: { total: number(skips.total, 'skips.total'), inARow: number(skips.inARow, 'skips.inARow') },
    next: decodeState(object(line.next, 'next'), terms),
  };
}

function decodeState(state: Record<string, unknown>, terms: number): AdamState {
  return {
    theta: finite(state.theta, 'next.theta', terms),
    m: finite(state.m, 'next.m', terms),
    v: finite(state.v, 'next.v', terms),
    step: number(state.step, 'next.step'),
  };
}

/** A run never goes on from a state that is not finite. */
function finite(value: unknown, name: string, length: number): number[] {
  const list = numbers(value, name, length);
  if (!list.every(Number.isFinite)) throw new Error(`${name} is not finite`);
  return list;
}
