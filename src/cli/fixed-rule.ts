/** From `learn`'s --theta, --term and --fbk_term to a rule with fixed coefficients. */
import { RuleError } from '../plasticity/grammar.js';
import { expandPlacement, parsePlacement } from '../plasticity/placement.js';
import { findPoolTerm } from '../plasticity/pool.js';
import { parseRule, type Rule, type RuleOptions } from '../plasticity/rule.js';
import type { LearnValues } from './learn.js';
import { ruleFault } from './rule-fault.js';
import { UsageError } from './usage-error.js';

/**
 * The pool's terms that `theta` names, in that order, then the user's own terms, then the constants of their formulas; all
 * of `F2@each` have its coefficient.
 * @throws UsageError for a formula that is wrong, an unknown name, or a term without a coefficient.
 */
export function buildFixedRule(
  { theta, term, fbk_term, state, tie }: Pick<LearnValues, 'theta' | 'term' | 'fbk_term' | 'state' | 'tie'>,
  layerCount: number,
): { rule: Rule; theta: number[] } {
  const ownTerms = [...term, ...fbk_term];
  const own = ownTerms.map((text) => text.split('=', 1)[0]!.trim());
  const others = Object.keys(theta).filter((name) => !own.includes(name));
  const constants = others.filter((name) => isConstant(name, [...ownTerms, ...state]));
  const pool = others.filter((name) => !constants.includes(name));
  const names = [...pool, ...own];
  const isTied = (name: string) => Object.hasOwn(tie, name);
  const missing = names.find((name) => !Object.hasOwn(theta, name) && !isTied(name));
  if (missing !== undefined)
    throw new UsageError(`--theta must give every term a coefficient, but there is none for '${missing}'.`);
  if (names.length === 0) throw new UsageError('learn needs a rule: --theta F0=0.0029, for example.');
  const poolTied = Object.keys(tie).filter((name) => !names.includes(name));
  const rule = parse([...pool, ...poolTied, ...ownTerms], { layerCount, constants, states: state, tied: tie });
  const coefficients = names
    .filter((name) => !isTied(name))
    .flatMap((name) => expandPlacement(parsePlacement(name), layerCount).map(() => theta[name]!));
  return { rule, theta: [...coefficients, ...constants.map((name) => theta[name]!)] };
}

/** Whether a name that --theta gives a number is none of a term, but stands in a formula. */
function isConstant(name: string, ownTerms: readonly string[]): boolean {
  const { bare, matrix, layers } = parsePlacement(name);
  if (layers || findPoolTerm({ bare, matrix })) return false;
  const words = ownTerms.flatMap((text) => text.slice(text.indexOf('=') + 1).match(/[A-Za-z]\w*/g) ?? []);
  return words.includes(name);
}

function parse(terms: readonly string[], options: RuleOptions): Rule {
  try {
    return parseRule(terms, options);
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(`--theta and --term: ${ruleFault(error, false)}`);
    throw error;
  }
}
