/** From `--vec`, `--term`, `--fbk_term`, `--state`, `--learn`, `--tie`, `--a` and `--init` to a rule and its initial coefficients. */
import { ConstantError, RuleError } from '../plasticity/grammar.js';
import { expandPlacement, OF_FEEDBACK, parsePlacement, placedName, unplacedName } from '../plasticity/placement.js';
import { findPoolTerm, GROUPS, POOL } from '../plasticity/pool.js';
import { findPreset, PRESETS } from '../plasticity/presets.js';
import { parseRule, type Rule, type RuleOptions, termCoefficients } from '../plasticity/rule.js';
import { readStates, StateError } from '../plasticity/states.js';
import { type Check, list, refuse } from './checks.js';
import type { Settings } from './options.js';
import { ruleFault } from './rule-fault.js';
import { UsageError } from './usage-error.js';

/**
 * What one value of `--vec` stands for: terms with the layers it names, each a pool term, of W or `B.` of B, by its name,
 * alias or number in main.py, or of a group; or a preset.
 */
export const poolNames: Check<readonly string[]> = (given, flag) => {
  const preset = findPreset(given);
  if (preset) return [preset.name];
  const placed = readAs(flag, () => parsePlacement(given));
  const name = unplacedName(placed);
  const group = name.toLowerCase();
  const term = POOL.find(({ vec }) => vec === name) ?? findPoolTerm(placed);
  const names = Object.hasOwn(GROUPS, group) ? GROUPS[group]! : term ? [term.name] : [];
  if (names.length === 0) refuse(flag, given, `one or more, separated by spaces, of ${validNames()}`);
  return names.map((name) =>
    placedName({ ...placed, ...parsePlacement(name), ...(placed.layers && { layers: placed.layers }) }),
  );
};

function validNames(): string {
  const numbers = POOL.flatMap(({ vec, name, alias }) => (vec ? [`${vec} (${name} ${alias})`] : []));
  const aliases = POOL.flatMap(({ alias }) => alias ?? []);
  const presets = PRESETS.map(({ name }) => name);
  return list([
    ...[...numbers, ...POOL.map(({ name }) => name), ...aliases, `${OF_FEEDBACK}F0 …`, ...Object.keys(GROUPS)],
    ...presets,
  ]);
}

/** Flags that say what a rule is. */
export type RuleSettings = Pick<
  Settings,
  'vec' | 'term' | 'fbk_term' | 'state' | 'learn' | 'tie' | 'a' | 'init' | 'term_scale'
>;

/**
 * F0, the other terms of the pool that were asked for in its order, those for B after those for W, then those of presets,
 * then the user's own; with the coefficients they start from, and those of the constants, and their scales. F0 is in every
 * layer unless --vec places it.
 * @param layerCount of the network
 * @throws UsageError for a formula that is wrong, a layer that the network does not have, or a flag about a term that the
 *   rule does not have.
 */
export function buildRule(
  { vec, term, fbk_term, state, learn, tie, a, init, term_scale }: RuleSettings,
  layerCount: number,
): {
  rule: Rule;
  theta: number[];
  scale: number[] | 'auto';
} {
  const presets = vec.flatMap((name) => findPreset(name) ?? []);
  const isFormula = (text: string) => text.includes('=');
  const named = [...vec.filter((name) => !findPreset(name)), ...presets.flatMap(({ terms }) => terms)];
  const asked = new Set(named.filter((text) => !isFormula(text)));
  if (![...asked].some((name) => isF0(name) && parsePlacement(name).matrix === 'W')) asked.add('F0');
  const names = POOL.map(({ name }) => name);
  const order = [...names, ...names.map((name) => OF_FEEDBACK + name)];
  const pool = order.flatMap((name) => [...asked].filter((given) => unplacedName(parsePlacement(given)) === name));
  readAs('--vec', () => parseRule(pool, { layerCount }));
  const constants = Object.keys(learn);
  const states = [...presets.flatMap(({ states = [] }) => states), ...state];
  checkStates(states, constants, layerCount);
  const options = { layerCount, constants, states };
  checkOwn('--term', term, options);
  checkOwn('--fbk_term', fbk_term, options);
  const own = [...named.filter(isFormula), ...term, ...fbk_term];
  const withoutTies = readAs('--term', () => parseRule([...pool, ...own], options));
  const tied = Object.assign({}, ...presets.map(({ tied = {} }) => tied), tie);
  const rule =
    Object.keys(tied).length === 0
      ? withoutTies
      : readAs('--tie', () => parseRule([...pool, ...own], { ...options, tied }));
  const terms = termCoefficients(rule);
  const initial = byName('--init', init, terms, layerCount);
  const ofF0 = initial.get('F0');
  if (ofF0) throw new UsageError(`--init must not name F0, not '${ofF0[0]}': its initial value is --a.`);
  const theta = terms.map((name) => initial.get(name)?.[1] ?? (isF0(name) ? a : 0));
  const start = { rule, theta: [...theta, ...Object.values(learn)] };
  if (term_scale === 'auto') return { ...start, scale: 'auto' };
  const scales = byName('--term_scale', term_scale, rule.coefficients, layerCount);
  return { ...start, scale: rule.coefficients.map((name) => scales.get(name)?.[1] ?? 1) };
}

/** F0 of W or of B, wherever it is. */
const isF0 = (name: string): boolean => parsePlacement(name).bare === 'F0';

/** Refuses a state that is wrong, as a word about its flag. */
function checkStates(states: readonly string[], constants: readonly string[], layerCount: number): void {
  // Without terms nothing else can be wrong.
  readAs('--state', () => readStates(states, constants, layerCount));
}

/** Refuses a term that is wrong by itself, as a word about its flag. */
function checkOwn(flag: string, terms: readonly string[], options: RuleOptions): void {
  for (const text of terms) {
    try {
      parseRule([text], options);
    } catch (error) {
      if (error instanceof ConstantError) continue; // Another term may use it.
      if (error instanceof StateError) throw new UsageError(`--state: ${ruleFault(error)}`);
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
  const known = names.some((name) => unplacedName(parsePlacement(name)) === unplacedName(placed));
  const term = known ? undefined : findPoolTerm(placed);
  const meant = term ? { ...placed, bare: parsePlacement(term.name).bare } : placed;
  return readAs(flag, () => expandPlacement(meant, layerCount)).map(({ name }) => name);
}

/** What is wrong with a term, as a word about its flag; with a constant, about --learn; with a state, about --state. */
function readAs<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConstantError) throw new UsageError(`--learn: ${error.message}`);
    if (error instanceof StateError) throw new UsageError(`--state: ${ruleFault(error)}`);
    if (error instanceof RuleError) throw new UsageError(`${flag}: ${ruleFault(error)}`);
    throw error;
  }
}
