/** The commands beside training, each in a file of its own that is loaded when it is asked for. */
import type { Io } from './terminal.js';

/** Runs a command with the words after its name, and returns its exit code. */
export type Command = (argv: readonly string[], io: Io) => Promise<number>;

/** By name: what --help says, and the command. */
export const COMMANDS: Readonly<Record<string, readonly [what: string, load: () => Promise<Command>]>> = {
  draw: ["draw a run's figures anew", async () => (await import('./draw.js')).drawCommand],
  data: ['data sets: fetch, list, verify, sheet', async () => (await import('./data.js')).dataCommand],
};
