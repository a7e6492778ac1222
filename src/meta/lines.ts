/**
 * Files of one JSON object a line, numbers in full precision (the shortest decimal that reads back as the same double).
 * JSON has no NaN or infinity: they are written as the strings "NaN", "Infinity" and "-Infinity".
 */
import type { Chain } from './chain.js';

export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** One line, its newline included. */
export function encodeLine(object: object): string {
  return `${JSON.stringify(object, (_, value) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))}\n`;
}

export interface DecodeOptions {
  /** What messages call the journal. */
  readonly name?: string;
  /** What its lines must fit; without it checks are not looked at. */
  readonly chain?: Chain | undefined;
}

/**
 * What `decode` makes of each line's JSON; a last line without its newline is left out.
 * @throws JournalError where it throws, or a line is no JSON or does not fit the chain.
 */
export function decodeLines<T>(
  text: string,
  decode: (json: unknown, i: number) => T,
  { name = 'the journal', chain }: DecodeOptions = {},
): T[] {
  const lines = text.match(/[^\n]*\n/g) ?? [];
  return lines.map((line, i) => {
    try {
      return decode(JSON.parse(chain ? chain.open(line) : line), i);
    } catch (error) {
      throw new JournalError(`Line ${i + 1} of ${name} is damaged (${(error as Error).message}).`);
    }
  });
}

export function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${name} is not an object`);
  return value as Record<string, unknown>;
}

export function numbers(value: unknown, name: string, length?: number): number[] {
  if (!Array.isArray(value)) throw new Error(`${name} is not a list`);
  if (length !== undefined && value.length !== length) throw new Error(`${name} should hold ${length} numbers`);
  return value.map((item) => number(item, name));
}

export function number(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw new Error(`${name} is not a number`);
}
