/** `meta-plasticity draw`: the figures of runs anew. */
import { drawRun } from '../results/draw.js';
import { text, wholeNumber } from './checks.js';
import { helpText } from './help.js';
import { controlOptions, type Options, value } from './options.js';
import { evaluate, parseArguments } from './parse.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const { quiet, verbose, json } = controlOptions;
const drawOptions = {
  avg_window: value('Figures', undefined, 'moving average, in episodes', wholeNumber(1), {
    initially: "the run's own",
  }),
  quiet,
  verbose,
  json,
} satisfies Options;

/** Runs the command and returns its exit code. */
export async function drawCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, words, given } = await parseArguments(drawOptions, argv);
  if (help) {
    const usage = [['meta-plasticity draw FOLDER…', 'draw the figures of runs anew, in their folders']] as const;
    const examples = [['meta-plasticity draw results/DIR --avg_window 50', 'smoother']] as const;
    io.stdout.write(helpText(drawOptions, { usage, examples }));
    return 0;
  }
  if (words.length === 0) throw new UsageError("draw must be given a run's folder.");
  const values = evaluate(drawOptions, [given]);
  const terminal = new Terminal(io, values);
  for (const folder of words.map((word) => text(word, 'The folder of draw'))) {
    const { warning } = await drawRun(folder, values.avg_window).catch(({ message }: Error) => {
      throw new UsageError(`draw must be given a run's folder, not '${folder}' (${message}).`);
    });
    if (warning) terminal.warn(warning);
    terminal.say(`Drawn: ${folder}`);
  }
  if (values.json) terminal.result({ folders: words });
  return 0;
}
