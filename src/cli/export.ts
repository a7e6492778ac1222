/** `meta-plasticity export`: a learned rule as a file to take away. */
import { EXPORT_TARGETS, exportRule } from '../export/export.js';
import { learnedRule } from '../results/learned.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { list, oneOf, text } from './checks.js';
import { command } from './command.js';
import { exportManual } from './manual.js';
import { value } from './option.js';
import { thetaOption } from './options.js';
import { checkFile, force, writeOut } from './out.js';
import { warnOfUnchecked } from './unchecked.js';
import { UsageError } from './usage-error.js';

export const exportCommand = command({
  name: 'export',
  options: {
    to: value('Export', undefined, `what to write: ${list(EXPORT_TARGETS)}`, oneOf(EXPORT_TARGETS)),
    theta: thetaOption,
    out: value('Results', undefined, 'file to write', text, { initially: 'standard output' }),
    force,
  },
  manual: exportManual,
  words: { what: "one run's folder", least: 1, most: 1 },
  async run({ words: [folder], values: { to, theta, out, force }, json, io, terminal }) {
    if (to === undefined) throw new UsageError(`export needs --to: ${list(EXPORT_TARGETS)}.`);
    if (out !== undefined) await checkFile({ out, force });
    const learned = await readRecordedRun(folder!)
      .then((run) => {
        warnOfUnchecked([run], terminal);
        return learnedRule(run, theta);
      })
      .catch(({ message }: Error) => {
        throw new UsageError(`export must be given the folder of a run, not '${folder}' (${message}).`);
      });
    const content = exportRule(learned, to);
    if (out === undefined) {
      if (!json) io.stdout.write(content);
      return { result: { to, content } };
    }
    await writeOut(out, content);
    terminal.say(`Written: ${out}`);
    return { result: { to, out } };
  },
});
