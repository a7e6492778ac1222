/** `run.json`: all that is needed to tell what a run did and to continue it. */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../data/dataset.js';
import { parseRule, type Rule, type Term } from '../plasticity/rule.js';
import { runFileFault } from './run-file-faults.js';
import { readJson, type Sealed, writeJson } from './sealed.js';

export const RUN_FILE = 'run.json';

export interface RunFile extends Sealed {
  readonly version: string;
  /** What of the program's history was built, where that is known. */
  readonly commit?: string;
  readonly node: string;
  /** ISO 8601. */
  readonly started: string;
  /** Every setting by its flag's name, defaults included. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** One entry for each coefficient: the rule's terms, then its constants, which have no formula. */
  readonly rule: readonly RecordedCoefficient[];
  readonly layers: readonly number[];
  readonly data: {
    readonly name: string;
    readonly classes: number;
    readonly images: number;
    readonly checksum: string;
  };
  readonly engine: string;
  readonly machine: {
    readonly host: string;
    readonly cpu: string;
    readonly cores: number;
    readonly memory: number;
    readonly platform: string;
  };
}

/** What a coefficient starts from, and, unless it is 1, the scale of phi = theta / scale, which Adam sees. */
export type RecordedCoefficient = Pick<Term, 'name' | 'layers'> &
  Partial<Pick<Term, 'formula'>> & { readonly initial: number; readonly scale?: number };

/** The terms and the names of the constants in a run's file. */
export function recordedRule({ rule }: Pick<RunFile, 'rule'>): { terms: Term[]; constants: string[] } {
  return {
    terms: rule.flatMap(({ name, formula, layers }) =>
      formula === undefined ? [] : [{ name, formula, ...(layers && { layers }) }],
    ),
    constants: rule.flatMap(({ name, formula }) => (formula === undefined ? [name] : [])),
  };
}

/** The same, compiled for the run's network. */
export function compiledRule({ rule, layers }: Pick<RunFile, 'rule' | 'layers'>): Rule {
  const { terms, constants } = recordedRule({ rule });
  const texts = terms.map(({ name, formula }) => `${name} = ${formula}`);
  return parseRule(texts, layers.length - 1, constants);
}

/** The parts of `run.json` that describe the data. */
export function describeData({ name, classes, labels, checksum }: Dataset): RunFile['data'] {
  return { name, classes: classes.length, images: labels.length, checksum };
}

/** The machine that this process runs on; `memory` in bytes. */
export function describeMachine(): RunFile['machine'] {
  return {
    host: hostname(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    platform: `${process.platform} ${process.arch}`,
  };
}

export function writeRunFile(folder: string, run: RunFile): Promise<void> {
  return writeJson(join(folder, RUN_FILE), run);
}

/**
 * Reads a run's `run.json`.
 * @throws Error in one sentence where it is missing, is not such a file, or was changed.
 */
export async function readRunFile(folder: string): Promise<RunFile> {
  const path = join(folder, RUN_FILE);
  if (!existsSync(path)) throw new Error(`${folder} is not a run's folder: it has no ${RUN_FILE}`);
  const run = await readJson(path);
  const fault = runFileFault(run);
  if (fault !== undefined) throw new Error(`${path} is not a run's file: ${fault}`);
  return run as RunFile;
}
