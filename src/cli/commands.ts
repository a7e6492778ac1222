/** The commands by name, each in a file of its own that is loaded when it is asked for. */
import type { Command } from './command.js';

type Entry = readonly [what: string, load: () => Promise<Command>];

/** What --help says of each, and the command. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  train: ['meta-train a plasticity rule', async () => (await import('./train.js')).trainCommand],
  learn: ['one network learns online with a given rule', async () => (await import('./learn.js')).learnCommand],
  test: ['learned rules on held-out classes and other data', async () => (await import('./test.js')).testCommand],
  ablate: ['what each term of a learned rule gives', async () => (await import('./ablate.js')).ablateCommand],
  draw: ["draw a run's figures anew", async () => (await import('./draw.js')).drawCommand],
  reproduce: [
    "the paper's figures, or a study of your own",
    async () => (await import('./reproduce.js')).reproduceCommand,
  ],
  sweep: ['a grid of settings, many seeds', async () => (await import('./sweep.js')).sweepCommand],
  compare: ['runs side by side, with bands over seeds', async () => (await import('./compare.js')).compareCommand],
  collect: ['runs as one table: CSV, Parquet', async () => (await import('./collect.js')).collectCommand],
  report: ['runs as a page to look at, and to mail', async () => (await import('./report.js')).reportCommand],
  live: ['the report of runs that go on, in the browser', async () => (await import('./live.js')).liveCommand],
  play: ['a rule to turn by hand while a network learns with it', async () => (await import('./play.js')).playCommand],
  data: ['data sets: fetch, list, verify, sheet', async () => (await import('./data.js')).dataCommand],
  rules: ['the terms of the pool and your own', async () => (await import('./rules.js')).rulesCommand],
  export: ['a learned rule as Python, LaTeX or JSON', async () => (await import('./export.js')).exportCommand],
  doctor: ['what of this machine works', async () => (await import('./doctor.js')).doctorCommand],
  completion: ['tab completion for bash or zsh', async () => (await import('./completion.js')).completionCommand],
};
