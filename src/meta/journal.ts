/**
 * The journal's text: one record a line as JSON, in full precision (the shortest decimal that reads back as the same
 * double). JSON has no NaN or infinity: they are written as the strings "NaN", "Infinity" and "-Infinity".
 */
import type { AdamState, EpisodeRecord } from './record.js';

export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** One line, its newline included; of an episode, or any other object of numbers. */
export function encodeRecord(record: EpisodeRecord | Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(record, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))}\n`;
}

/**
 * The records of a journal. A last line without its newline was being written when the process died: it is left out.
 * @throws JournalError where any other line is not the record of the episode that is due there, with `terms` coefficients.
 */
export function decodeJournal(text: string, terms: number): EpisodeRecord[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  lines.pop();
  return lines.map((line, i) => {
    try {
      return decodeRecord(JSON.parse(line), i + 1, terms);
    } catch (error) {
      throw new JournalError(`Line ${i + 1} of the journal is damaged (${(error as Error).message}).`);
    }
  });
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

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} is not an object`);
  return value as Record<string, unknown>;
}

function numbers(value: unknown, name: string, length?: number): number[] {
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  if (length !== undefined && value.length !== length) throw new Error(`${name} should hold ${length} numbers`);
  return value.map((item) => number(item, name));
}

/** A run never goes on from a state that is not finite. */
function finite(value: unknown, name: string, length: number): number[] {
  const list = numbers(value, name, length);
  if (!list.every(Number.isFinite)) throw new Error(`${name} is not finite`);
  return list;
}

function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw new Error(`${name} is not a number`);
}
