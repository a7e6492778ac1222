import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { cannotWrite, writeAtomically } from '../files.js';
import type { EpisodeRecord } from '../meta/record.js';
import { printable } from '../text.js';

/** main.py's log files: name and how an episode is written as one line of it. */
const logs: readonly { readonly file: string; readonly line: (record: EpisodeRecord) => string }[] = [
  { file: 'params.txt', line: (record) => `${episodeLine(record)}\n` },
  { file: 'acc_meta.txt', line: ({ accuracy }) => row([accuracy]) },
  { file: 'loss_meta.txt', line: ({ loss }) => row([loss]) },
  { file: 'e_ang_meta.txt', line: ({ angles }) => row(angles) },
  { file: 'E1_meta.txt', line: ({ orthonormality }) => row(orthonormality) },
];

/** The line that main.py prints and logs after an episode; the coefficients are those the episode ran with. */
export function episodeLine({ episode, loss, accuracy, theta }: EpisodeRecord): string {
  return [
    `Train Episode: ${episode}`,
    `Loss: ${fixed(loss, 6)}`,
    `Accuracy: ${fixed(accuracy, 3)}`,
    ...theta.map((value, i) => `MetaParam_${i + 1}: ${fixed(value, 6)}`),
  ].join('\t');
}

/** Add an episode to the end of each of main.py's log files. */
export function appendTextLogs(folder: string, record: EpisodeRecord): void {
  for (const { file, line } of logs) {
    const path = join(folder, file);
    try {
      appendFileSync(path, line(record));
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }
}

/** Write main.py's log files anew from all episodes, as when a run is resumed from its journal. */
export async function rewriteTextLogs(folder: string, records: readonly EpisodeRecord[]): Promise<void> {
  await Promise.all(logs.map(({ file, line }) => writeAtomically(join(folder, file), records.map(line).join(''))));
}

/** `args.txt`: one `key : value` line per setting as main.py writes them, in the order given. Settings that are undefined are left out. */
export async function writeArgs(folder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const lines = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} : ${oneLine(value)}\n`);
  await writeAtomically(join(folder, 'args.txt'), lines.join(''));
}

/** Text as it is, all else as JSON; text that would break the line, or steer a terminal, too. */
function oneLine(value: unknown): string {
  return typeof value === 'string' && printable(value) === value ? value : printable(JSON.stringify(value));
}

/** What `numpy.savetxt(f, values, newline=' ', fmt='%0.6f')` and a line feed write: a space follows every value. */
function row(values: readonly number[]): string {
  return `${values.map((value) => `${fixed(value, 6)} `).join('')}\n`;
}

/**
 * C's `%.<digits>f`, except that every non-finite number is `nan`: main.py's own reader knows digits and `nan` only,
 * and one word it does not match would shift all numbers after it.
 */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return 'nan';
  // From 1e21 on, toFixed turns to exponents, which that reader does not know; such a number is whole.
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.${'0'.repeat(digits)}`;
  // Half-way between two decimals (only multiples of 2^-(digits + 1) can be) C rounds to even, toFixed away from zero.
  const halfWay = Math.abs((value * 2 ** digits) % 1) === 0.5;
  const text = value.toFixed(digits);
  return halfWay && Number(text.at(-1)) % 2 === 1 ? (value * (1 - Number.EPSILON)).toFixed(digits) : text;
}
