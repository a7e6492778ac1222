/** `meta-plasticity draw`: the figures of runs anew. */
import { join } from 'node:path';
import { drawRun } from '../results/draw.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { text } from './checks.js';
import { command } from './command.js';
import { figureOptions, lookOf } from './figure-options.js';
import { drawManual } from './manual.js';
import { warnOfUnchecked } from './unchecked.js';
import { UsageError } from './usage-error.js';

export const drawCommand = command({
  name: 'draw',
  options: figureOptions,
  manual: drawManual,
  words: { what: "at least one run's folder", least: 1, most: Number.POSITIVE_INFINITY },
  async run({ words, sources: [given], terminal }) {
    for (const folder of words.map((word) => text(word, 'The folder of draw'))) {
      const run = await readRecordedRun(folder).catch(({ message }: Error) => {
        throw new UsageError(`draw must be given a run's folder, not '${folder}' (${message}).`);
      });
      warnOfUnchecked([run], terminal);
      const { warning } = await drawRun(run, lookOf(run.file.settings, join(folder, 'run.json'), given));
      if (warning) terminal.warn(warning);
      terminal.say(`Drawn: ${folder}`);
    }
    return { result: { folders: words } };
  },
});
