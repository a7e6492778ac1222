/** From `learn`'s --theta, --term and --fbk_term to a rule with fixed coefficients. */
import { RuleError } from '../plasticity/grammar.js';
import { expandPlacement, parsePlacement } from '../plasticity/placement.js';
import { findPoolTerm } from '../plasticity/pool.js';
import { parseRule, type Rule } from '../plasticity/rule.js';
import type { LearnValues } from './learn.js';
import { ruleFault } from './rule-fault.js';
import { UsageError } from './usage-error.js';

/**
 * The pool's terms that `theta` names, in that order, then the user's own terms, then the constants of their formulas; all
 * of `F2@each` have its coefficient.
 * @throws UsageError for a formula that is wrong, an unknown name, or a term without a coefficient.
 */
export function buildFixedRule(
  { theta, term, fbk_term }: Pick<LearnValues, 'theta' | 'term' | 'fbk_term'>,
  layerCount: number,
): { rule: Rule; theta: number[] } {
  const ownTerms = [...term, ...fbk_term];
  const own = ownTerms.map((text) => text.split('=', 1)[0]!.trim());
  const others = Object.keys(theta).filter((name) => !own.includes(name));
  const constants = others.filter((name) => isConstant(name, ownTerms));
  const pool = others.filter((name) => !constants.includes(name));
  const names = [...pool, ...own];
  const missing = names.find((name) => !Object.hasOwn(theta, name));
  if (missing !== undefined)
    throw new UsageError(`--theta must give every term a coefficient, but there is none for '${missing}'.`);
  if (names.length === 0) throw new UsageError('learn needs a rule: --theta F0=0.0029, for example.');
  const rule = parse([...pool, ...ownTerms], layerCount, constants);
  const coefficients = names.flatMap((name) =>
    expandPlacement(parsePlacement(name), layerCount).map(() => theta[name]!),
  );
  return { rule, theta: [...coefficients, ...constants.map((name) => theta[name]!)] };
}

/** Whether a name that --theta gives a number is none of a term, but stands in a formula. */
function isConstant(name: string, ownTerms: readonly string[]): boolean {
  if (name.includes('@') || findPoolTerm(name)) return false;
  const words = ownTerms.flatMap((text) => text.slice(text.indexOf('=') + 1).match(/[A-Za-z]\w*/g) ?? []);
  return words.includes(name);
}

function parse(terms: string[], layerCount: number, constants: string[]): Rule {
  try {
    return parseRule(terms, layerCount, constants);
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(`--theta and --term: ${ruleFault(error, false)}`);
    throw error;
  }
}
