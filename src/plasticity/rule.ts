/** The user's words -> a rule: names of the pool and formulas, compiled together into a program for each layer. */
import { evaluate } from './algebra.js';
import { parseFormula, RuleError } from './grammar.js';
import { NONE, NodeTable } from './nodes.js';
import { expandPlacement, parsePlacement } from './placement.js';
import { findPoolTerm, POOL } from './pool.js';
import type { Program } from './program.js';

/** One term of a rule: a formula with a coefficient theta of its own. */
export interface Term {
  /** Names the coefficient: `F2` or `F2@1,3` for the pool; the user's name, placed likewise, otherwise. */
  readonly name: string;
  /** Formula in the grammar, e.g. `-e e_pre'`. */
  readonly formula: string;
  /** The layers it applies in, counted from 1 in ascending order; absent: in all. */
  readonly layers?: readonly number[];
}

/** A plasticity rule: its terms, compiled together. Coefficients come in the terms' order. */
export interface Rule {
  readonly terms: readonly Term[];
  /** The program of every layer that `placed` does not tell of: the terms that apply everywhere. */
  readonly program: Program;
  /**
   * `placed[l - 1]` is layer l's program; it goes up to the last layer that a term names, and is absent where all terms
   * apply everywhere. Layers with the same terms share one program, which is empty where no term applies.
   */
  readonly placed?: readonly Program[];
}

/** The programs of a network's layers 1 .. L. */
export function layerPrograms({ program, placed = [] }: Rule, layerCount: number): Program[] {
  return Array.from({ length: layerCount }, (_, l) => placed[l] ?? program);
}

/**
 * A rule from its terms, each the name or alias of a pool term (`F0`, `oja`) or `name = formula` (`own = y e_pre'`). A
 * name may say where the term applies: `F2@2`, `F2@1,3` (one coefficient), `F2@each` (one coefficient a layer). The update
 * of a layer is the sum of theta_r term_r over the terms that apply there (paper's Eq. 5).
 *
 * @param layerCount the network's number of layers; `@each` needs it, and layers above it are then refused here already.
 * @throws RuleError, a one-sentence message, for an unknown name, a name used twice in a layer, a formula that cannot be
 *   read, or one that is not post x pre.
 */
export function parseRule(terms: readonly string[], layerCount?: number): Rule {
  const parsed = terms.flatMap((text) => parseTerm(text, layerCount));
  parsed.forEach((term, i) => {
    for (const other of parsed.slice(0, i)) refuseOverlap(other, term);
  });
  const last = Math.max(0, ...parsed.flatMap(({ layers = [] }) => layers));
  const programs = new Map<string, Program>();
  const programOf = (layer: number): Program => {
    const key = JSON.stringify(parsed.map((term) => appliesIn(term, layer)));
    const program = programs.get(key) ?? compile(parsed, layer);
    programs.set(key, program);
    return program;
  };
  const program = programOf(last + 1);
  const placed = Array.from({ length: last }, (_, l) => programOf(l + 1));
  return { terms: parsed, program, ...(last > 0 && { placed }) };
}

const appliesIn = ({ layers }: Term, layer: number): boolean => layers?.includes(layer) ?? true;

function refuseOverlap(a: Term, b: Term): void {
  const { name } = parsePlacement(a.name);
  if (name.toLowerCase() !== parsePlacement(b.name).name.toLowerCase()) return;
  const [narrow, wide] = a.layers ? [a, b] : [b, a];
  if (!narrow.layers) throw new RuleError(`the term '${name}' is given twice`);
  const common = narrow.layers.find((layer) => appliesIn(wide, layer));
  if (common !== undefined) throw new RuleError(`the term '${name}' is given twice in layer ${common}`);
}

function parseTerm(text: string, layerCount: number | undefined): Term[] {
  const equals = text.indexOf('=');
  const placed = parsePlacement(equals < 0 ? text : text.slice(0, equals));
  const { name, formula } = equals < 0 ? poolTerm(placed.name) : userTerm(placed.name, text.slice(equals + 1).trim());
  return expandPlacement({ ...placed, name }, layerCount).map((where) => ({ formula, ...where }));
}

function poolTerm(name: string): Term {
  const known = findPoolTerm(name);
  if (known) return known;
  const valid = POOL.map(({ name, alias }) => (alias ? `${name} (${alias})` : name)).join(', ');
  throw new RuleError(`unknown term '${name}' (valid: ${valid}, or 'name = formula')`);
}

function userTerm(name: string, formula: string): Term {
  if (!/^[A-Za-z]\w*$/.test(name))
    throw new RuleError(`'${name}' cannot name a term (valid: a letter, then letters, digits and _)`);
  const known = findPoolTerm(name);
  // A pool term with its own formula is what resuming a run writes; with another formula the name would lie.
  if (known && (known.name !== name || known.formula !== formula))
    throw new RuleError(`the name '${name}' belongs to the pool's ${known.name}; choose another for your term`);
  return { name, formula };
}

/** The program of a layer: of the terms that apply in it. */
function compile(terms: readonly Term[], layer: number): Program {
  const nodes = new NodeTable();
  const update = new Map<string, { s: number; u: number; v: number }>();
  let a = NONE;
  terms.forEach((term, index) => {
    const theta = nodes.theta(index);
    // Where it does not apply it is read all the same: a wrong formula is refused whatever its layers.
    const { pieces, a: decay } = meaning(term.name, term.formula, nodes);
    if (!appliesIn(term, layer)) return;
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
