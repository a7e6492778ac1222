/** The program as a function: from words and streams to an exit code. */
import { printable, printableLines } from '../text.js';
import { COMMANDS } from './commands.js';
import { nearest } from './suggest.js';
import type { Io } from './terminal.js';
import { UsageError } from './usage-error.js';

/**
 * Runs `meta-plasticity` with these arguments. Exit codes: 0 done, 1 something went wrong, 2 a wrong flag or value,
 * 130, 143 and 129 stopped by Ctrl-C, SIGTERM and SIGHUP.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { name, rest } = chooseCommand(argv);
    const [, load] = COMMANDS[name]!;
    return await (await load()).run(rest, io);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const wrong = error instanceof UsageError;
    io.stderr.write(`meta-plasticity: ${wrong ? printable(message) : printableLines(message)}\n`);
    if (wrong) return 2;
    if (argv.includes('--verbose')) io.stderr.write(`${printableLines(stack ?? '')}\n`);
    return 1;
  }
}

/** The command that the first word names, `train` if that is a flag, and what comes after it; `help export` is `export --help`. */
function chooseCommand(argv: readonly string[]): { name: string; rest: readonly string[] } {
  const [first = '', ...rest] = argv;
  if (first === 'help') return { name: chooseCommand(rest).name, rest: ['--help'] };
  if (Object.hasOwn(COMMANDS, first)) return { name: first, rest };
  if (argv.length === 0 || first.startsWith('-')) return { name: 'train', rest: argv };
  const names = [...Object.keys(COMMANDS), 'help'];
  const meant = nearest(first, names);
  throw new UsageError(
    `Unexpected '${first}': ${meant ? `did you mean the command ${meant}?` : `commands are ${names.join(', ')}, and all else are --flags.`}`,
  );
}
