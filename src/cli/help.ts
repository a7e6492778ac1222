/** The text of --help, from the table of options: at most 80 columns wide. */
import type { Option, Options } from './option.js';

/** What --help says beside the options. */
export interface Manual {
  /** Command and what it does. */
  readonly usage: readonly (readonly [command: string, what: string])[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly epilogue?: string;
}

const WIDTH = 80;
const INDENT = '  ';

export function helpText(options: Options, { usage, examples, epilogue }: Manual): string {
  const groups = new Map<string, [string, string][]>();
  for (const [name, option] of Object.entries(options)) {
    groups.set(option.group, [...(groups.get(option.group) ?? []), [`--${name}`, optionHelp(option)]]);
  }
  const sections = [...groups].map(([group, rows]) => `${group}:\n${table(rows, 15)}`);
  return [
    table(usage, 32),
    ...sections,
    `Examples:\n${table(examples, 42)}`,
    ...(epilogue ? [wrap(epilogue, WIDTH).join('\n')] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function optionHelp({ kind, help, initial, initially }: Option<unknown>): string {
  const start = initially ?? (initial === undefined || kind === 'switch' ? '' : String(initial));
  return start ? `${help} [${start}]` : help;
}

/** Two columns, the second wrapped; below the first where that is too long. */
function table(rows: readonly (readonly [string, string])[], width: number): string {
  const margin = ' '.repeat(INDENT.length + width);
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, WIDTH - margin.length).map((line) => margin + line);
      if (left.length >= width) return [INDENT + left, ...lines].join('\n');
      return [INDENT + left.padEnd(width) + lines[0]!.slice(margin.length), ...lines.slice(1)].join('\n');
    })
    .join('\n');
}

export function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!;
    if (last && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}
