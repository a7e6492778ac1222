/** What a command is, and the one way in which all of them are run: words -> checked values -> call -> exit code. */
import { COMMANDS } from './commands.js';
import { readConfigFile } from './config-file.js';
import { helpText, type Manual } from './help.js';
import { helpOptions, type Options, type Values, verbosityOptions } from './option.js';
import { evaluate, type Given, parseArguments } from './parse.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { versionText } from './version.js';

/** What words a command takes beside flags, and how many. */
export interface Words {
  readonly what: string;
  readonly least: number;
  readonly most: number;
  /** The words, for completion; absent: none, or paths. */
  readonly values?: readonly string[];
}

/** A command as cli.ts runs it. */
export interface Command {
  readonly name: string;
  /** Its flags, those of all commands included. */
  readonly options: Options;
  readonly words: Words;
  /** Runs it with the words after its name, and returns its exit code. */
  run(argv: readonly string[], io: Io): Promise<number>;
}

/** A command as its file describes it. */
export interface CommandDescription<O extends Options> {
  readonly name: string;
  /** Its flags beside those that all have. */
  readonly options: O;
  /** Where --help is to leave some out: the others. */
  readonly shown?: Options;
  readonly manual: Manual;
  /** Absent: none. */
  readonly words?: Words;
  /** Does it. */
  readonly run: (call: Call<O>) => Promise<Done>;
}

/** What a command is called with. */
export interface Call<O extends Options> {
  readonly words: readonly string[];
  /** Flags as given: on the command line, then in the file of --config. */
  readonly sources: readonly Given[];
  readonly values: Values<O>;
  /** Whether stdout is for the result alone. */
  readonly json: boolean;
  readonly io: Io;
  readonly terminal: Terminal;
  /** The words that it was called with. */
  readonly argv: readonly string[];
}

/** A command's end: what --json prints, and the exit code where it is not 0. */
export interface Done {
  readonly result?: unknown;
  readonly exitCode?: number;
}

const NO_WORDS: Words = { what: 'no words', least: 0, most: 0 };

export function command<O extends Options>(description: CommandDescription<O>): Command {
  const { name, words: takes = NO_WORDS } = description;
  const options = { ...description.options, ...verbosityOptions };
  return {
    name,
    options: { ...options, ...helpOptions },
    words: takes,
    async run(argv, io) {
      const { given, words } = await parseArguments({ ...options, ...helpOptions }, argv, takes.most > 0);
      const { help, version } = evaluate(helpOptions, [given]);
      if (help || version) {
        const shown = { ...(description.shown ?? description.options), ...verbosityOptions, ...helpOptions };
        io.stdout.write(help ? helpText(shown, description.manual) : await versionText(given.has('verbose')));
        return 0;
      }
      if (words.length > takes.most) throw new UsageError(unexpected(name, words[takes.most]!, takes.what));
      if (words.length < takes.least) throw new UsageError(`${name} needs ${takes.what}${swallowed(options, given)}.`);
      const config = given.get('config')?.values[0];
      const sources = config === undefined ? [given] : [given, readConfigFile(options, config)];
      const values = evaluate(description.options, sources);
      const verbosity = evaluate(verbosityOptions, sources);
      const terminal = new Terminal(io, verbosity);
      const { json } = verbosity;
      const { result, exitCode = 0 } = await description.run({ words, sources, values, json, io, terminal, argv });
      if (json && result !== undefined) terminal.result(result);
      return exitCode;
    },
  };
}

function unexpected(name: string, word: string, what: string): string {
  const reason = Object.hasOwn(COMMANDS, word)
    ? 'the name of a command goes first.'
    : `${name} takes ${what}, and all else are --flags.`;
  return `Unexpected '${word}': ${reason}`;
}

/** A flag of several values may have taken what was meant for the command. */
function swallowed(options: Options, given: Given): string {
  const [, greedy] = [...given].find(([name, { values }]) => options[name]!.kind === 'list' && values.length > 1) ?? [];
  return greedy
    ? `; ${greedy.flag} took '${greedy.values.at(-1)}' for one of its values: words go before such a flag, or after --`
    : '';
}
