/** `meta-plasticity draw`: the figures of runs anew. */
import { drawRun } from '../results/draw.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { drawManual } from './manual.js';
import { value } from './option.js';
import { warnOfUnchecked } from './unchecked.js';
import { UsageError } from './usage-error.js';

export const drawCommand = command({
  name: 'draw',
  options: {
    avg_window: value('Figures', undefined, 'moving average, in episodes', wholeNumber(1), {
      initially: "the run's own",
    }),
  },
  manual: drawManual,
  words: { what: "at least one run's folder", least: 1, most: Number.POSITIVE_INFINITY },
  async run({ words, values, terminal }) {
    for (const folder of words.map((word) => text(word, 'The folder of draw'))) {
      const { warning } = await readRecordedRun(folder)
        .then((run) => {
          warnOfUnchecked([run], terminal);
          return drawRun(run, values.avg_window);
        })
        .catch(({ message }: Error) => {
          throw new UsageError(`draw must be given a run's folder, not '${folder}' (${message}).`);
        });
      if (warning) terminal.warn(warning);
      terminal.say(`Drawn: ${folder}`);
    }
    return { result: { folders: words } };
  },
});
