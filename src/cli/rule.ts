/** From `--vec`, `--term`, `--a` and `--init` to a rule and its initial coefficients. */

import { RuleError } from '../plasticity/grammar.js';
import { findPoolTerm, GROUPS, POOL } from '../plasticity/pool.js';
import { parseRule, type Rule } from '../plasticity/rule.js';
import { type Check, list, refuse } from './checks.js';
import type { Settings } from './options.js';
import { UsageError } from './usage-error.js';

/** The pool's names that one value of `--vec` stands for: a term, its alias or number in main.py, or a group. */
export const poolNames: Check<readonly string[]> = (given, flag) => {
  const name = given.toLowerCase();
  if (Object.hasOwn(GROUPS, name)) return GROUPS[name]!;
  const term = POOL.find(({ vec }) => vec === given) ?? findPoolTerm(given);
  return term ? [term.name] : refuse(flag, given, `one or more, separated by spaces, of ${validNames()}`);
};

function validNames(): string {
  const numbers = POOL.flatMap(({ vec, name, alias }) => (vec ? [`${vec} (${name} ${alias})`] : []));
  const aliases = POOL.flatMap(({ alias }) => alias ?? []);
  return list([...numbers, ...POOL.map(({ name }) => name), ...aliases, ...Object.keys(GROUPS)]);
}

/**
 * F0, the other terms of the pool that were asked for in its order, then the user's own.
 * @throws UsageError for a formula that is wrong, or an initial coefficient of a term that the rule does not have.
 */
export function buildRule({ vec, term, a, init }: Pick<Settings, 'vec' | 'term' | 'a' | 'init'>): {
  rule: Rule;
  theta: number[];
} {
  const chosen = new Set(['F0', ...vec]);
  const rule = parse([...POOL.map(({ name }) => name).filter((name) => chosen.has(name)), ...term]);
  const names = rule.terms.map(({ name }) => name);
  const theta = names.map((name) => (name === 'F0' ? a : 0));
  const named = new Set<string>();
  for (const [given, coefficient] of Object.entries(init)) {
    const name = names.includes(given) ? given : findPoolTerm(given)?.name;
    if (name === 'F0') throw new UsageError(`--init must not name F0, not '${given}': its initial value is --a.`);
    const i = names.indexOf(name ?? '');
    if (i < 0) refuse('--init', given, `about a term of the rule (${names.join(', ')})`);
    if (named.has(names[i]!))
      throw new UsageError(`--init must name a term once, not '${names[i]}' again as '${given}'.`);
    named.add(names[i]!);
    theta[i] = coefficient;
  }
  return { rule, theta };
}

function parse(terms: string[]): Rule {
  try {
    return parseRule(terms);
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(`--term: ${error.message}`);
    throw error;
  }
}
