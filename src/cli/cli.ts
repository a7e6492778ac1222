/** The program as a function: from words and streams to an exit code. */
import { COMMANDS } from './commands.js';
import type { Io } from './terminal.js';
import { UsageError } from './usage-error.js';

/**
 * Runs `meta-plasticity` with these arguments. Exit codes: 0 done, 1 something went wrong, 2 a wrong flag or value,
 * 130 and 143 stopped by Ctrl-C and SIGTERM.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const [first = '', ...rest] = argv;
    if (!Object.hasOwn(COMMANDS, first)) return await (await import('./train.js')).trainCommand(argv, io);
    const [, load] = COMMANDS[first]!;
    return await (await load())(rest, io);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    io.stderr.write(`meta-plasticity: ${message}\n`);
    if (error instanceof UsageError) return 2;
    if (argv.includes('--verbose')) io.stderr.write(`${stack}\n`);
    return 1;
  }
}
