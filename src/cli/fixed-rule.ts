/** From `learn`'s --theta, --term and --fbk_term to a rule with fixed coefficients. */
import { RuleError } from '../plasticity/grammar.js';
import { parseRule, type Rule } from '../plasticity/rule.js';
import type { LearnValues } from './learn.js';
import { ruleFault } from './rule-fault.js';
import { UsageError } from './usage-error.js';

/**
 * The pool's terms that `theta` names, in that order, then the user's own terms; all of `F2@each` have its coefficient.
 * @throws UsageError for a formula that is wrong, an unknown name, or a term without a coefficient.
 */
export function buildFixedRule(
  { theta, term, fbk_term }: Pick<LearnValues, 'theta' | 'term' | 'fbk_term'>,
  layerCount: number,
): { rule: Rule; theta: number[] } {
  const ownTerms = [...term, ...fbk_term];
  const own = ownTerms.map((text) => text.split('=', 1)[0]!.trim());
  const pool = Object.keys(theta).filter((name) => !own.includes(name));
  const coefficients = [...pool, ...own].map((name) => {
    if (Object.hasOwn(theta, name)) return theta[name]!;
    throw new UsageError(`--theta must give every term a coefficient, but there is none for '${name}'.`);
  });
  if (coefficients.length === 0) throw new UsageError('learn needs a rule: --theta F0=0.0029, for example.');
  const texts = [...pool, ...ownTerms];
  const rule = parse(texts, layerCount);
  const places = texts.map((text) => parse([text], layerCount).terms.length);
  return { rule, theta: coefficients.flatMap((coefficient, i) => Array<number>(places[i]!).fill(coefficient)) };
}

function parse(terms: string[], layerCount: number): Rule {
  try {
    return parseRule(terms, layerCount);
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(`--theta and --term: ${ruleFault(error, false)}`);
    throw error;
  }
}
