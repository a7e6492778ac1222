/** `meta-plasticity`: meta-trains a rule. */
import { COMMANDS } from './commands.js';
import { readConfigFile } from './config-file.js';
import { helpText } from './help.js';
import { trainManual } from './manual.js';
import { trainOptions } from './options.js';
import { evaluateSettings } from './parity.js';
import { evaluate, parseArguments } from './parse.js';
import { prepare } from './prepare.js';
import { checkResults } from './results-folder.js';
import { nearest } from './suggest.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { versionText } from './version.js';

/** Runs the command and returns its exit code. */
export async function trainCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, version, words, given } = await parseArguments(trainOptions, argv);
  if (help || version) {
    io.stdout.write(help ? helpText(trainOptions, trainManual) : await versionText(given.has('verbose')));
    return 0;
  }
  if (words[0] !== undefined) throw new UsageError(unexpected(words[0]));
  const config = given.get('config')?.values[0];
  const sources = config === undefined ? [given] : [given, readConfigFile(trainOptions, config)];
  const values = evaluate(trainOptions, sources);

  const terminal = new Terminal(io, values);
  const recorded =
    values.resume === undefined ? undefined : await (await import('./start.js')).readRun(values.resume, sources);
  const settings = recorded?.settings ?? evaluateSettings(sources);
  if (!recorded) await checkResults(settings);
  const scales = recorded?.file.rule.map(({ scale }) => scale ?? 1);

  // While other threads read and unpack the data, this one loads what comes after.
  const preparing = prepare(settings, io, terminal, scales);
  const training = import('./training.js');
  const choosing = training.then(({ chooseEngine }) => chooseEngine(settings, values.workers));
  const [, chosen] = await Promise.allSettled([preparing, choosing]);
  try {
    // Of two reasons not to run, the data's is told.
    const [experiment, engine] = [await preparing, await choosing];
    const { runTraining } = await training;
    const { exitCode, result } = await runTraining(experiment, engine, recorded, terminal);
    if (values.json) terminal.result(result);
    return exitCode;
  } finally {
    if (chosen.status === 'fulfilled') await chosen.value.dispose();
  }
}

function unexpected(word: string): string {
  const meant = nearest(word, Object.keys(COMMANDS));
  const hint = meant
    ? `did you mean the command ${meant}?`
    : `commands are ${Object.keys(COMMANDS).join(', ')}, and all else are --flags.`;
  return `Unexpected '${word}': ${hint}`;
}
