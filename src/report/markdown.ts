/** Tables as text. */
import { printable } from '../text.js';

/** A cell that leads somewhere. */
export interface Link {
  readonly text: string;
  readonly to: string;
}

/** A Markdown table, padded so that it also reads well in a terminal. */
export function markdownTable(header: readonly string[], rows: readonly (readonly (string | Link)[])[]): string {
  const cells = [header, ...rows].map((row) =>
    row.map((cell) =>
      typeof cell === 'string' ? markdownLine(cell) : `[${markdownLine(cell.text)}](${encodeURI(cell.to)})`,
    ),
  );
  const widths = header.map((_, i) => Math.max(3, ...cells.map((row) => [...(row[i] ?? '')].length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '') + ' '.repeat(width - [...(row[i] ?? '')].length)).join(' | ')} |`;
  const [first, ...rest] = cells;
  return [line(first!), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

/** Text of one cell that is neither its end, nor HTML or a link: each such mark is escaped, and so are backslashes before it. */
export function markdownLine(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' '));
  return line.replaceAll(/(\\*)(\||<(?=[A-Za-z/!?])|\](?=[([]))/g, '$1$1\\$2');
}

/** Rows of CSV (RFC 4180, with line feeds). */
export function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[header, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}
