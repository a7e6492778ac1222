/** `meta-plasticity export`: a learned rule as a file to take away. */
import { existsSync } from 'node:fs';
import { EXPORT_TARGETS, exportRule } from '../export/export.js';
import { writeAtomically } from '../files.js';
import { readLearned } from '../results/learned.js';
import { list, oneOf, text } from './checks.js';
import { helpText } from './help.js';
import { exportManual } from './manual.js';
import { controlOptions, type Options, toggle, value } from './options.js';
import { evaluate, parseArguments } from './parse.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const exportOptions = {
  to: value('Export', undefined, `what to write: ${list(EXPORT_TARGETS)}`, oneOf(EXPORT_TARGETS)),
  theta: value(
    'Export',
    'last' as const,
    'coefficients: last, or mean of the last 50 episodes',
    oneOf(['last', 'mean']),
  ),
  out: value('Export', undefined, 'file to write', text, { initially: 'standard output' }),
  force: toggle('Export', 'overwrite the file'),
  quiet: controlOptions.quiet,
} satisfies Options;

/** Runs the command and returns its exit code. */
export async function exportCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, words, given } = parseArguments(exportOptions, argv);
  if (help) {
    io.stdout.write(helpText(exportOptions, exportManual));
    return 0;
  }
  const { to, theta, out, force, quiet } = evaluate(exportOptions, [given]);
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0)
    throw new UsageError(`export must be given one run's folder, not ${words.length === 0 ? 'none' : words.length}.`);
  if (to === undefined) throw new UsageError(`export needs --to: ${list(EXPORT_TARGETS)}.`);
  if (out !== undefined && existsSync(out) && !force)
    throw new UsageError(`--out must be a new file, not '${out}', or be given with --force.`);
  const learned = await readLearned(folder, theta).catch(({ message }: Error) => {
    throw new UsageError(`export must be given the folder of a run, not '${folder}' (${message}).`);
  });
  const content = exportRule(learned, to);
  if (out === undefined) {
    io.stdout.write(content);
    return 0;
  }
  await writeAtomically(out, content).catch(({ message }: Error) => {
    throw new UsageError(`--out must be a file that can be written, not '${out}' (${message}).`);
  });
  new Terminal(io, { quiet, verbose: false, json: false }).say(`Written: ${out}`);
  return 0;
}
