/** The user's words -> a rule: names of the pool and formulas, compiled together into one program. */
import { evaluate } from './algebra.js';
import { parseFormula, RuleError } from './grammar.js';
import { NONE, NodeTable } from './nodes.js';
import { findPoolTerm, POOL } from './pool.js';
import type { Program } from './program.js';

/** One term of a rule: a formula with a coefficient theta of its own. */
export interface Term {
  /** `F2` for the pool; the user's name otherwise. */
  readonly name: string;
  /** Formula in the grammar, e.g. `-e e_pre'`. */
  readonly formula: string;
}

/** A plasticity rule: its terms and their one compiled program. Coefficients come in the terms' order. */
export interface Rule {
  readonly terms: readonly Term[];
  readonly program: Program;
}

/**
 * A rule from its terms, each the name or alias of a pool term (`F0`, `oja`) or `name = formula`
 * (`own = y e_pre'`). The update of every layer is sum_r theta_r term_r (paper's Eq. 5).
 *
 * @throws RuleError, a one-sentence message, for an unknown name, a name used twice, a formula that cannot be read, or
 *   one that is not post x pre.
 */
export function parseRule(terms: readonly string[]): Rule {
  const parsed = terms.map(parseTerm);
  const seen = new Set<string>();
  for (const { name } of parsed) {
    if (seen.has(name.toLowerCase())) throw new RuleError(`the term '${name}' is given twice`);
    seen.add(name.toLowerCase());
  }
  return { terms: parsed, program: compile(parsed) };
}

function parseTerm(text: string): Term {
  const equals = text.indexOf('=');
  if (equals < 0) {
    const known = findPoolTerm(text.trim());
    if (known) return { name: known.name, formula: known.formula };
    const valid = POOL.map(({ name, alias }) => (alias ? `${name} (${alias})` : name)).join(', ');
    throw new RuleError(`unknown term '${text}' (valid: ${valid}, or 'name = formula')`);
  }
  const name = text.slice(0, equals).trim();
  const formula = text.slice(equals + 1).trim();
  if (!/^[A-Za-z]\w*$/.test(name))
    throw new RuleError(`'${name}' cannot name a term (valid: a letter, then letters, digits and _)`);
  const known = findPoolTerm(name);
  // A pool term with its own formula is what resuming a run writes; with another formula the name would lie.
  if (known && (known.name !== name || known.formula !== formula))
    throw new RuleError(`the name '${name}' belongs to the pool's ${known.name}; choose another for your term`);
  return { name, formula };
}

function compile(terms: readonly Term[]): Program {
  const nodes = new NodeTable();
  const update = new Map<string, { s: number; u: number; v: number }>();
  let a = NONE;
  terms.forEach(({ name, formula }, index) => {
    const theta = nodes.theta(index);
    const { pieces, a: decay } = meaning(name, formula, nodes);
    for (const { s, u, v } of pieces) {
      const key = `${u} ${v}`;
      update.set(key, { s: nodes.sum(update.get(key)?.s ?? NONE, nodes.multiply(theta, s)), u, v });
    }
    if (decay !== NONE) a = nodes.sum(a, nodes.multiply(theta, decay));
  });
  return nodes.program([...update.values()], a);
}

function meaning(name: string, formula: string, nodes: NodeTable): ReturnType<typeof evaluate> {
  try {
    const value = evaluate(parseFormula(formula), formula, nodes);
    if (value.rows !== 'post' || value.columns !== 'pre')
      throw new RuleError(`"${formula}" is ${value.rows} x ${value.columns}, but W is post x pre`);
    return value;
  } catch (error) {
    if (error instanceof RuleError) throw new RuleError(`term '${name}': ${error.message}`);
    throw error;
  }
}
