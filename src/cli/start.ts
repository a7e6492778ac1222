/** A run's beginning: a new folder, or the one that is resumed. */
import { join } from 'node:path';
import { coefficientNames, type Rule } from '../plasticity/rule.js';
import { writeArgs } from '../report/text-logs.js';
import { lockFolder } from '../results/lock.js';
import { openRunLog, type RunLog } from '../results/run.js';
import {
  describeData,
  describeMachine,
  type RunFile,
  readRunFile,
  recordedRule,
  writeRunFile,
} from '../results/run-file.js';
import { createRunFolder } from '../results/run-folder.js';
import { runOptions, type Settings } from './options.js';
import { evaluate, type Given, readObject } from './parse.js';
import type { Experiment } from './prepare.js';
import { refuseResults } from './results-folder.js';
import { UsageError } from './usage-error.js';
import { packageVersion } from './version.js';

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
  await writeRunFile(folder, {
    version: packageVersion(),
    node: process.version,
    started: now.toISOString(),
    settings,
    rule: coefficientNames(rule).map((name, i) => ({
      ...(rule.terms[i] ?? { name }),
      initial: theta[i]!,
      ...(scale[i] !== 1 && { scale: scale[i]! }),
    })),
    layers,
    data: describeData(dataset),
    engine,
    machine: describeMachine(),
  });
  await writeArgs(folder, settings);
  return openStarted(folder, experiment, unlock);
}

/** A run to resume, as its folder describes it. */
export interface Recorded {
  readonly folder: string;
  readonly file: RunFile;
  /** As recorded, but for what may change: --episodes and --data_dir. */
  readonly settings: Settings;
}

/**
 * Reads a run's settings from its folder.
 * @throws UsageError where the folder is none of a run, or a flag says other than what is recorded.
 */
export async function readRun(folder: string, given: readonly Given[]): Promise<Recorded> {
  const file = await readRunFile(folder).catch((error: Error) => {
    throw new UsageError(`--resume must be the folder of a run, not '${folder}' (${error.message}).`);
  });
  const recorded = readObject(runOptions, file.settings, join(folder, 'run.json'));
  const before = evaluate(runOptions, [recorded]);
  const free = new Set(['episodes', 'data_dir']);
  for (const source of given) {
    for (const [name, { values, flag }] of source) {
      const option = Object.hasOwn(runOptions, name) ? runOptions[name as keyof Settings] : undefined;
      if (!option || free.has(name)) continue;
      const is = before[name as keyof Settings];
      if (JSON.stringify(option.parse(values, flag)) !== JSON.stringify(is)) {
        throw new UsageError(
          `${flag} must be left out or as recorded with --resume, ${JSON.stringify(is ?? 'none')} here, not '${values.join(' ')}'.`,
        );
      }
    }
  }
  const changes = given.map((source) => new Map([...source].filter(([name]) => free.has(name))));
  return { folder, file, settings: evaluate(runOptions, [...changes, recorded]) };
}

/**
 * Opens a run's folder to go on in it.
 * @throws Error where data or rule are not what they were; UsageError where it has more episodes than are asked for.
 */
export async function resumeRun({ folder, file }: Recorded, experiment: Experiment): Promise<Started> {
  const { dataset, rule, settings } = experiment;
  if (dataset.checksum !== file.data.checksum) {
    throw new Error(
      `The data is not that of the run in ${folder}: its checksum is ${dataset.checksum}, not ${file.data.checksum}.`,
    );
  }
  const words = ({ terms, constants = [] }: Pick<Rule, 'terms' | 'constants'>) =>
    [...terms.map(({ name, formula }) => `${name} = ${formula}`), ...constants].join('; ');
  const before = words(recordedRule(file));
  if (words(rule) !== before)
    throw new Error(`The rule is not that of the run in ${folder}: it is ${words(rule)}, not ${before}.`);
  const unlock = await lockFolder(folder);
  const started = await openStarted(folder, experiment, unlock);
  const done = started.log.records.length;
  if (done > settings.episodes) {
    await started.close();
    throw new UsageError(
      `--episodes must be at least ${done}, the episodes that the run has, not '${settings.episodes}'.`,
    );
  }
  await writeRunFile(folder, { ...file, settings });
  await writeArgs(folder, settings);
  return started;
}

async function openStarted(folder: string, experiment: Experiment, unlock: () => Promise<void>): Promise<Started> {
  try {
    const log = await openRunLog(folder, coefficientNames(experiment.rule).length);
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
