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
  /** Terms that have the coefficient of another, and what layers keep from image to image; absent: none. */
  readonly tied?: readonly RecordedTie[];
  readonly states?: readonly string[];
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

export type RecordedTie = Pick<Term, 'name' | 'formula'> & { readonly to: string };

/** The entries of a rule's coefficients, but for their numbers. */
export function recordedCoefficients({
  terms,
  coefficients,
}: Rule): Pick<RecordedCoefficient, 'name' | 'formula' | 'layers'>[] {
  return coefficients.map((name) => {
    const term = terms.find((term) => term.name === name);
    // A formula first: the order is part of what a run's journal is chained to.
    return term ? { formula: term.formula, name, ...(term.layers && { layers: term.layers }) } : { name };
  });
}

/** What a rule has beside coefficients, where it has it. */
export function recordedExtras({ terms, coefficients, states }: Rule): Pick<RunFile, 'tied' | 'states'> {
  const tied = terms.flatMap(({ name, formula, coefficient }) =>
    coefficients.includes(name) ? [] : [{ name, formula, to: coefficients[coefficient]! }],
  );
  return {
    ...(tied.length > 0 && { tied }),
    ...(states.length > 0 && { states: states.map(({ name, formula }) => `${name} = ${formula}`) }),
  };
}

/** The rule in a run's file. */
export function recordedRule({
  rule,
  tied = [],
  states = [],
  layers,
}: Pick<RunFile, 'rule' | 'tied' | 'states' | 'layers'>): Rule {
  const terms = [...rule, ...tied].flatMap(({ name, formula }) =>
    formula === undefined ? [] : [`${name} = ${formula}`],
  );
  return parseRule(terms, {
    states,
    constants: rule.flatMap(({ name, formula }) => (formula === undefined ? [name] : [])),
    tied: Object.fromEntries(tied.map(({ name, to }) => [name, to])),
    layerCount: layers.length - 1,
  });
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
