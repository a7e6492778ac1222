/** What the user sees: text on stdout, and on stderr warnings, errors and one line of progress; nothing in it steers the terminal. */

import { printable, printableLines } from '../text.js';
import type { Keep } from './keep.js';

/** A stream to write to; the process's own, or a test's. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** What a command touches besides files. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** What other runs of this process left for this one, where it does several. */
  readonly keep?: Keep;
}

export interface Verbosity {
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Keeps stdout for the result. */
  readonly json: boolean;
}

/** At most 10 lines of progress a second. */
const PROGRESS_INTERVAL = 100;
const CLEAR_LINE = '\r\x1b[K';

export class Terminal {
  /** Whether each episode is to be a line of its own; else the bar shows it. */
  readonly showsEpisodes: boolean;
  readonly #text: Output;
  readonly #io: Io;
  readonly #quiet: boolean;
  #barShown = false;
  #barTime = Number.NEGATIVE_INFINITY;

  constructor(io: Io, { quiet, verbose, json }: Verbosity) {
    this.#io = io;
    this.#quiet = quiet;
    this.#text = json ? io.stderr : io.stdout;
    this.showsEpisodes = !quiet && (verbose || (!json && !io.stdout.isTTY));
  }

  /** A line of text for who looks on; none with --quiet. */
  say(text: string): void {
    if (this.#quiet) return;
    this.clear();
    this.#text.write(`${printableLines(text)}\n`);
  }

  warn(text: string): void {
    this.clear();
    this.#io.stderr.write(`Warning: ${printableLines(text)}\n`);
  }

  /** The result that --json asks for. */
  result(value: unknown): void {
    this.clear();
    this.#io.stdout.write(`${printable(JSON.stringify(value))}\n`);
  }

  /** Shows a line in place of the last one, on a terminal and not too often. */
  progress(line: () => string): void {
    const { stderr } = this.#io;
    if (this.#quiet || this.showsEpisodes || !stderr.isTTY) return;
    const now = performance.now();
    if (now - this.#barTime < PROGRESS_INTERVAL) return;
    this.#barTime = now;
    this.#barShown = true;
    stderr.write(CLEAR_LINE + [...printable(line())].slice(0, (stderr.columns ?? 80) - 1).join(''));
  }

  /** Takes the line of progress away. */
  clear(): void {
    if (this.#barShown) this.#io.stderr.write(CLEAR_LINE);
    this.#barShown = false;
  }
}

/** `[###-------]`, `fraction` of it full. */
export function bar(fraction: number, width = 10): string {
  const full = Math.floor(Math.min(1, fraction) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}

/** Seconds as 1:02:03 or 2:03. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  const minutes = Math.floor(s / 60);
  return s < 3600 ? `${minutes}:${two(s % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}
