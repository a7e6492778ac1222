/**
 * The only way by which text and numbers get into exported code: whatever is given, what comes out is one comment, or one
 * literal, of the language.
 */
import { printable } from '../text.js';

/** Words of Python. */
export const PYTHON = {
  comment: (text: string): string => `# ${printable(text)}`,
  /** JSON's strings are Python's too. */
  string: (text: string): string => printable(JSON.stringify(text)),
  /** The shortest digits that read back as the same double. */
  number(value: number): string {
    if (!Number.isFinite(value)) return `float("${value}")`;
    const digits = String(value);
    return /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
  },
} as const;

/** Words of LaTeX, in mathematics. */
export const LATEX = {
  comment: (text: string): string => `% ${printable(text)}`,
  /** Upright; what is neither letter nor digit is set by its number. */
  word(text: string): string {
    const letters = text.replaceAll(/[^A-Za-z0-9]/gu, (c) => (c === '_' ? '\\_' : `\\char${c.codePointAt(0)} `));
    return `\\mathrm{${letters}}`;
  },
  number(value: number): string {
    const [digits, exponent] = String(value).split('e');
    return exponent === undefined ? digits! : `${digits} \\times 10^{${Number(exponent)}}`;
  },
} as const;
