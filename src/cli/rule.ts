/** From `--vec`, `--term`, `--fbk_term`, `--learn`, `--a` and `--init` to a rule and its initial coefficients. */
import { ConstantError, RuleError } from '../plasticity/grammar.js';
import { expandPlacement, parsePlacement, placedName } from '../plasticity/placement.js';
import { findPoolTerm, GROUPS, OF_FEEDBACK, POOL } from '../plasticity/pool.js';
import { coefficientNames, parseRule, type Rule } from '../plasticity/rule.js';
import { type Check, list, refuse } from './checks.js';
import type { Settings } from './options.js';
import { ruleFault } from './rule-fault.js';
import { UsageError } from './usage-error.js';

/** The terms that one value of `--vec` stands for, each with the layers it names: a pool term, of W or `B.` of B, its alias or number in main.py, or a group. */
export const poolNames: Check<readonly string[]> = (given, flag) => {
  const { name, ...where } = readAs(flag, () => parsePlacement(given));
  const group = name.toLowerCase();
  const term = POOL.find(({ vec }) => vec === name) ?? findPoolTerm(name);
  const names = Object.hasOwn(GROUPS, group) ? GROUPS[group]! : term ? [term.name] : [];
  if (names.length === 0) refuse(flag, given, `one or more, separated by spaces, of ${validNames()}`);
  return names.map((name) => placedName({ name, ...where }));
};

function validNames(): string {
  const numbers = POOL.flatMap(({ vec, name, alias }) => (vec ? [`${vec} (${name} ${alias})`] : []));
  const aliases = POOL.flatMap(({ alias }) => alias ?? []);
  return list([...numbers, ...POOL.map(({ name }) => name), ...aliases, `${OF_FEEDBACK}F0 …`, ...Object.keys(GROUPS)]);
}

/** Flags that say what a rule is. */
export type RuleSettings = Pick<Settings, 'vec' | 'term' | 'fbk_term' | 'learn' | 'a' | 'init' | 'term_scale'>;

/**
 * F0, the other terms of the pool that were asked for in its order, those for B after those for W, then the user's own;
 * with the coefficients they start from, and those of the constants, and their scales. F0 is in every layer unless --vec
 * places it.
 * @param layerCount of the network
 * @throws UsageError for a formula that is wrong, a layer that the network does not have, or a flag about a term that the
 *   rule does not have.
 */
export function buildRule(
  { vec, term, fbk_term, learn, a, init, term_scale }: RuleSettings,
  layerCount: number,
): {
  rule: Rule;
  theta: number[];
  scale: number[] | 'auto';
} {
  const asked = new Set(vec.some(isF0) ? vec : ['F0', ...vec]);
  const names = POOL.map(({ name }) => name);
  const order = [...names, ...names.map((name) => OF_FEEDBACK + name)];
  const pool = order.flatMap((name) => [...asked].filter((given) => parsePlacement(given).name === name));
  readAs('--vec', () => parseRule(pool, layerCount));
  const constants = Object.keys(learn);
  checkOwn('--term', term, layerCount, constants);
  checkOwn('--fbk_term', fbk_term, layerCount, constants);
  const rule = readAs('--term', () => parseRule([...pool, ...term, ...fbk_term], layerCount, constants));
  const terms = rule.terms.map(({ name }) => name);
  const initial = byName('--init', init, terms, layerCount);
  const ofF0 = initial.get('F0');
  if (ofF0) throw new UsageError(`--init must not name F0, not '${ofF0[0]}': its initial value is --a.`);
  const theta = terms.map((name) => initial.get(name)?.[1] ?? (isF0(name.replace(OF_FEEDBACK, '')) ? a : 0));
  const start = { rule, theta: [...theta, ...Object.values(learn)] };
  if (term_scale === 'auto') return { ...start, scale: 'auto' };
  const coefficients = coefficientNames(rule);
  const scales = byName('--term_scale', term_scale, coefficients, layerCount);
  return { ...start, scale: coefficients.map((name) => scales.get(name)?.[1] ?? 1) };
}

const isF0 = (name: string): boolean => parsePlacement(name).name === 'F0';

/** Refuses a term that is wrong by itself, as a word about its flag. */
function checkOwn(flag: string, terms: readonly string[], layerCount: number, constants: readonly string[]): void {
  for (const text of terms) {
    try {
      parseRule([text], layerCount, constants);
    } catch (error) {
      if (error instanceof ConstantError) continue; // Another term may use it.
      if (error instanceof RuleError) throw new UsageError(`${flag}: ${ruleFault(error)}`);
      throw error;
    }
  }
}

/** What a flag says about coefficients, by their names in the rule, with the name that was given (which may be an alias). */
function byName(flag: string, given: Readonly<Record<string, number>>, names: readonly string[], layerCount: number) {
  const found = new Map<string, readonly [given: string, number: number]>();
  for (const [called, number] of Object.entries(given)) {
    for (const name of fullNames(flag, called, names, layerCount)) {
      if (!names.includes(name)) refuse(flag, called, `about a term of the rule (${names.join(' ')})`);
      if (found.has(name)) throw new UsageError(`${flag} must name a term once, not '${name}' again as '${called}'.`);
      found.set(name, [called, number]);
    }
  }
  return found;
}

/** The full names of the terms that a flag means: `eHebb@3,1` is `F2@1,3`, `F2@each` is `F2@1` and so on. */
function fullNames(flag: string, given: string, names: readonly string[], layerCount: number): string[] {
  const placed = readAs(flag, () => parsePlacement(given));
  const known = names.some((name) => parsePlacement(name).name === placed.name);
  const name = known ? placed.name : (findPoolTerm(placed.name)?.name ?? placed.name);
  return readAs(flag, () => expandPlacement({ ...placed, name }, layerCount)).map(({ name }) => name);
}

/** What is wrong with a term, as a word about its flag; or with a constant, about --learn. */
function readAs<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConstantError) throw new UsageError(`--learn: ${error.message}`);
    if (error instanceof RuleError) throw new UsageError(`${flag}: ${ruleFault(error)}`);
    throw error;
  }
}
