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
 * F0, the other terms of the pool that were asked for in its order, then the user's own; with the coefficients they
 * start from and their scales.
 * @throws UsageError for a formula that is wrong, or a flag about a term that the rule does not have.
 */
export function buildRule({
  vec,
  term,
  a,
  init,
  term_scale,
}: Pick<Settings, 'vec' | 'term' | 'a' | 'init' | 'term_scale'>): {
  rule: Rule;
  theta: number[];
  scale: number[] | 'auto';
} {
  const chosen = new Set(['F0', ...vec]);
  const rule = parse([...POOL.map(({ name }) => name).filter((name) => chosen.has(name)), ...term]);
  const initial = byTerm('--init', init, rule);
  if (initial.F0) throw new UsageError(`--init must not name F0, not '${initial.F0[0]}': its initial value is --a.`);
  const theta = rule.terms.map(({ name }) => (name === 'F0' ? a : (initial[name]?.[1] ?? 0)));
  if (term_scale === 'auto') return { rule, theta, scale: 'auto' };
  const scales = byTerm('--term_scale', term_scale, rule);
  return { rule, theta, scale: rule.terms.map(({ name }) => scales[name]?.[1] ?? 1) };
}

/** What a flag says about terms, by their names in the rule, with the name that was given (which may be an alias). */
function byTerm(flag: string, given: Readonly<Record<string, number>>, { terms }: Rule) {
  const names = terms.map(({ name }) => name);
  const found: Record<string, readonly [given: string, number: number]> = {};
  for (const [called, number] of Object.entries(given)) {
    const name = names.find((name) => name === called) ?? findPoolTerm(called)?.name;
    if (!name || !names.includes(name)) refuse(flag, called, `about a term of the rule (${names.join(', ')})`);
    if (Object.hasOwn(found, name))
      throw new UsageError(`${flag} must name a term once, not '${name}' again as '${called}'.`);
    found[name] = [called, number];
  }
  return found;
}

function parse(terms: string[]): Rule {
  try {
    return parseRule(terms);
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(`--term: ${error.message}`);
    throw error;
  }
}
