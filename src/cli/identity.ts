/** What makes a run the experiment that it is: what its flags come to, however they were said. */
import { basename } from 'node:path';
import { HIDDEN_LAYERS } from '../network/layers.js';
import { parsePlacement } from '../plasticity/placement.js';
import { findPoolTerm } from '../plasticity/pool.js';
import { parseRule, type Rule, termCoefficients } from '../plasticity/rule.js';
import { CIRCUMSTANCES } from '../results/identity.js';
import type { RunFile } from '../results/run-file.js';
import { buildFixedRule } from './fixed-rule.js';
import type { LearnValues } from './learn.js';
import type { Settings } from './options.js';
import { chooseClip, layerCount } from './prepare.js';
import { buildRule } from './rule.js';

/** One thing in which two runs can differ: `is` is equal where they do not, `text` says it. */
export interface Trait {
  readonly is: unknown;
  readonly text: string;
}

/** Traits by name, in the names' order. */
export type Identity = ReadonlyMap<string, Trait>;

/** Settings that together come to a rule and what it starts from. */
const OF_THE_RULE: ReadonlySet<string> = new Set<keyof Settings | keyof LearnValues>([
  ...(['vec', 'term', 'fbk_term', 'state', 'learn', 'tie', 'a', 'init', 'theta'] as const),
]);

/** Whether a setting makes a run another experiment, not only another run of it. */
export function decides(name: string): boolean {
  return name !== 'seed' && !CIRCUMSTANCES.has(name);
}

/** Equal for runs that are alike but for their seeds. */
export function keyOf(identity: Identity): string {
  return JSON.stringify([...identity].map(([name, { is }]) => [name, is]));
}

/**
 * Of meta-training.
 * @param data as a run found it, which then counts by its checksum, not by its name or place.
 */
export function trainingIdentity(settings: Settings, data?: RunFile['data']): Identity {
  const { rule, theta, scale } = buildRule(settings, layerCount(settings));
  const scaled = scale === 'auto' ? (termCoefficients(rule).length > 1 ? scale : {}) : named(rule, scale, 1);
  return identityOf(settings, rule, data, {
    start: trait(named(rule, theta, 0)),
    term_scale: trait(scaled, 'none'),
    clip: trait(chooseClip(settings, rule)),
  });
}

/** Of a network that learns with given coefficients. */
export function learningIdentity(settings: LearnValues): Identity {
  const { rule, theta } = buildFixedRule(settings, layerCount(settings));
  return identityOf(settings, rule, undefined, { theta: trait(named(rule, theta, 0)) });
}

function identityOf(
  settings: Settings | LearnValues,
  rule: Rule,
  data: RunFile['data'] | undefined,
  resolved: Readonly<Record<string, Trait>>,
): Identity {
  const { database, ...others } = settings;
  const flags = Object.entries(others).filter(([name]) => decides(name) && !OF_THE_RULE.has(name));
  const found = data
    ? { data: { is: data.checksum, text: `${basename(data.name)} ${data.checksum.slice(0, 8)}` } }
    : { database: trait(database) };
  const traits: Record<string, Trait> = {
    ...Object.fromEntries(flags.map(([name, value]) => [name, trait(value)])),
    ...resolved,
    // The sizes of the first and the last follow from the images and the classes.
    layers: trait(settings.layers?.slice(1, -1) ?? HIDDEN_LAYERS),
    rule: ruleTrait(rule, layerCount(settings)),
    ...found,
  };
  return new Map(Object.entries(traits).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Terms are equal that compile to the same, in whatever order they stand. */
function ruleTrait({ terms, coefficients, constants, states }: Rule, layerCount: number): Trait {
  const texts = terms.map(({ name, formula }) => `${name} = ${formula}`).sort();
  const kept = states.map(({ name, formula }) => `${name} = ${formula}`).sort();
  const ties = terms.flatMap(({ name, coefficient }) =>
    coefficients[coefficient] === name ? [] : [[name, coefficients[coefficient]!] as const],
  );
  const options = { states: kept, constants: [...constants].sort(), layerCount, tied: Object.fromEntries(ties) };
  const { terms: _, states: __, ...compiled } = parseRule(texts, options);
  const names = terms.map(({ name, formula }) => (findPoolTerm(parsePlacement(name)) ? name : `${name} = ${formula}`));
  const tied = ties.map(([name, to]) => `${name} tied to ${to}`);
  return { is: [terms.map(({ name }) => name).sort(), compiled], text: [...names, ...kept, ...tied].join(' + ') };
}

/** Coefficients by name, in its order; without those that are as they are by themselves. */
function named(rule: Rule, values: readonly number[], ordinary: number): Record<string, number> {
  const pairs = rule.coefficients.map((name, i) => [name, values[i]!] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ordinary).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param empty says a list or record without entries. */
function trait(value: unknown, empty = ''): Trait {
  const is = value ?? null;
  if (typeof is !== 'object' || is === null) return { is, text: String(is) };
  const parts = Array.isArray(is) ? is.map(String) : Object.entries(is).map((pair) => pair.join('='));
  return { is, text: parts.join(' ') || empty };
}
