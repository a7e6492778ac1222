/** A run's beginning: a new folder, or the one that is resumed. */
import { isNamed } from '../data/open.js';
import { RuleError } from '../plasticity/grammar.js';
import type { Rule } from '../plasticity/rule.js';
import { writeArgs } from '../report/text-logs.js';
import { lockFolder } from '../results/lock.js';
import { openRunLog, type RunLog } from '../results/run.js';
import {
  describeData,
  describeMachine,
  type RunFile,
  readRunFile,
  recordedCoefficients,
  recordedExtras,
  recordedRule,
  writeRunFile,
} from '../results/run-file.js';
import { createRunFolder } from '../results/run-folder.js';
import { seal } from '../results/sealed.js';
import { decides, keyOf, trainingIdentity } from './identity.js';
import type { Option } from './option.js';
import { runOptions, type Settings } from './options.js';
import type { Given } from './parse.js';
import type { Experiment } from './prepare.js';
import { checkData, recordedSettings } from './recorded.js';
import { refuseResults } from './results-folder.js';
import { UsageError } from './usage-error.js';
import { codeVersion } from './version.js';

/** A run's folder, locked, with its log open. */
export interface Started {
  readonly folder: string;
  readonly log: RunLog;
  close(): Promise<void>;
}

/** Makes the folder of a new run. */
export async function startRun(experiment: Experiment, engine: string): Promise<Started> {
  const { settings, rule, theta, scale, layers, dataset } = experiment;
  const now = new Date();
  const { res, test_name } = settings;
  const folder = await createRunFolder(res, test_name, now).catch(refuseResults(res));
  const unlock = await lockFolder(folder);
  const file = seal({
    ...codeVersion(),
    node: process.version,
    started: now.toISOString(),
    settings,
    rule: recordedCoefficients(rule).map((coefficient, i) => ({
      ...coefficient,
      initial: theta[i]!,
      ...(scale[i] !== 1 && { scale: scale[i]! }),
    })),
    ...recordedExtras(rule),
    layers,
    data: describeData(dataset),
    engine,
    machine: describeMachine(),
  });
  await writeRunFile(folder, file);
  await writeArgs(folder, settings);
  return openStarted(folder, file, unlock);
}

/** A run to resume, as its folder describes it. */
export interface Recorded {
  readonly folder: string;
  readonly file: RunFile;
  /** As recorded, but for what may change. */
  readonly settings: Settings;
}

/**
 * Reads a run's settings from its folder. What may change is how far it goes and where its data lies.
 * @throws UsageError where the folder is none of a run, or a flag says other than what is recorded.
 */
export async function readRun(folder: string, given: readonly Given[]): Promise<Recorded> {
  const file = await readRunFile(folder).catch((error: Error) => {
    throw new UsageError(`--resume must be the folder of a run, not '${folder}' (${error.message}).`);
  });
  const before = recordedSettings({ file, folder });
  const changes: Partial<Record<keyof Settings, unknown>> = {};
  for (const [name, option] of Object.entries(runOptions) as [keyof Settings, Option<unknown>][]) {
    const { values, flag } = given.find((source) => source.has(name))?.get(name) ?? {};
    if (!values || flag === undefined) continue;
    const is = before[name];
    const now = option.parse(values, flag);
    const mayChange = name === 'database' ? !isNamed(`${is}`) && !isNamed(`${now}`) : FREE.has(name);
    if (mayChange) changes[name] = now;
    else if (JSON.stringify(now) !== JSON.stringify(is) && !comesToSame(before, name, now)) {
      throw new UsageError(
        `${flag} must be left out or as recorded with --resume, ${JSON.stringify(is ?? 'none')} here, not '${values.join(' ')}'.`,
      );
    }
  }
  return { folder, file, settings: { ...before, ...changes } as Settings };
}

const FREE: ReadonlySet<keyof Settings> = new Set(['episodes', 'data_dir']);

/** Whether another value of a flag says the same: `--vec F9 F2` is `--vec bio`. */
function comesToSame(settings: Settings, name: keyof Settings, value: unknown): boolean {
  const other = { ...settings, [name]: value } as Settings;
  return decides(name) && keyOf(trainingIdentity(other)) === keyOf(trainingIdentity(settings));
}

/**
 * Opens a run's folder to go on in it.
 * @throws Error where data or rule are not what they were; UsageError where it has more episodes than are asked for.
 */
export async function resumeRun({ folder, file }: Recorded, experiment: Experiment): Promise<Started> {
  const { dataset, rule, settings } = experiment;
  checkData(dataset, { folder, file });
  const words = ({ terms, states, constants }: Rule) =>
    [...[...terms, ...states].map(({ name, formula }) => `${name} = ${formula}`).sort(), ...constants].join('; ');
  const notThat = `The rule is not that of the run in ${folder}`;
  const before = readRule(file, notThat);
  if (words(rule) !== words(before)) throw new Error(`${notThat}: it is ${words(rule)}, not ${words(before)}.`);
  const unlock = await lockFolder(folder);
  const started = await openStarted(folder, file, unlock);
  try {
    const done = started.log.records.length;
    if (done > settings.episodes) {
      throw new UsageError(
        `--episodes must be at least ${done}, the episodes that the run has, not '${settings.episodes}'.`,
      );
    }
    const { episodes, data_dir, database } = settings;
    const changed = { ...file, settings: { ...file.settings, episodes, data_dir, database } };
    await writeRunFile(folder, file.check === undefined ? changed : seal(changed));
    await writeArgs(folder, settings);
  } catch (error) {
    await started.close();
    throw error;
  }
  return started;
}

/** @throws Error, which begins with these words, for a rule that nobody can have recorded. */
function readRule(file: RunFile, words: string): Rule {
  try {
    return recordedRule(file);
  } catch (error) {
    if (error instanceof RuleError) throw new Error(`${words}: ${error.message}.`, { cause: error });
    throw error;
  }
}

async function openStarted(folder: string, file: RunFile, unlock: () => Promise<void>): Promise<Started> {
  try {
    const log = await openRunLog(folder, file);
    return {
      folder,
      log,
      async close() {
        log.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
