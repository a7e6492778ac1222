/** The commands beside training, each in a file of its own that is loaded when it is asked for. */
import type { Io } from './terminal.js';

/** Runs a command with the words after its name, and returns its exit code. */
export type Command = (argv: readonly string[], io: Io) => Promise<number>;

/** By name: what --help says, and the command. */
export const COMMANDS: Readonly<Record<string, readonly [what: string, load: () => Promise<Command>]>> = {
  learn: ['one network learns online with a given rule', async () => (await import('./learn.js')).learnCommand],
  test: ['learned rules on held-out classes and other data', async () => (await import('./test.js')).testCommand],
  draw: ["draw a run's figures anew", async () => (await import('./draw.js')).drawCommand],
  reproduce: [
    "the paper's figures, or a study of your own",
    async () => (await import('./reproduce.js')).reproduceCommand,
  ],
  compare: ['runs side by side, with bands over seeds', async () => (await import('./compare.js')).compareCommand],
  data: ['data sets: fetch, list, verify, sheet', async () => (await import('./data.js')).dataCommand],
  rules: ['the terms of the pool and your own', async () => (await import('./rules.js')).rulesCommand],
  export: ['a learned rule as Python, LaTeX or JSON', async () => (await import('./export.js')).exportCommand],
};
