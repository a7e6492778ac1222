/** The user's words -> a rule: names of the pool and formulas, compiled together into a program for each layer. */

import { shortened } from '../text.js';
import { evaluate, NO_MATRIX, RESERVED } from './algebra.js';
import { ConstantError, checkLength, type Expression, parseFormula, RuleError } from './grammar.js';
import { NONE, NodeTable } from './nodes.js';
import { expandPlacement, parsePlacement } from './placement.js';
import { findPoolTerm, OF_FEEDBACK, POOL } from './pool.js';
import { type MatrixName, type Program, usesB } from './program.js';

/** So many coefficients are more than any rule needs. */
export const MOST_COEFFICIENTS = 1000;

/** One term of a rule: a formula with a coefficient theta of its own. */
export interface Term {
  /** Names the coefficient: `F2` or `F2@1,3` for the pool; the user's name, placed likewise, otherwise. `B.` before it: it changes B. */
  readonly name: string;
  /** Formula in the grammar, e.g. `-e e_pre'`. */
  readonly formula: string;
  /** The layers it applies in, counted from 1 in ascending order; absent: in all. */
  readonly layers?: readonly number[];
}

/** What changes the matrices of one kind. */
export interface Programs {
  /** The program of every layer that `placed` does not tell of: the terms that apply everywhere. */
  readonly program: Program;
  /**
   * `placed[l - 1]` is layer l's program; it goes up to the last layer that a term names, and is absent where all terms
   * apply everywhere. Layers with the same terms share one program, which is empty where no term applies.
   */
  readonly placed?: readonly Program[];
}

/** A plasticity rule: its terms, compiled together. What changes W is the rule itself. */
export interface Rule extends Programs {
  readonly terms: readonly Term[];
  /** Names of the constants of the formulas that are learned like the terms' coefficients; absent: none. */
  readonly constants?: readonly string[];
  /** What changes B; absent where no term does. */
  readonly feedback?: Programs;
}

/** Names of a rule's coefficients in their order: one for each term, then the constants. */
export function coefficientNames({ terms, constants = [] }: Pick<Rule, 'terms' | 'constants'>): string[] {
  return [...terms.map(({ name }) => name), ...constants];
}

/** The programs of a network's layers 1 .. L. */
export function layerPrograms({ program, placed = [] }: Programs, layerCount: number): Program[] {
  return Array.from({ length: layerCount }, (_, l) => placed[l] ?? program);
}

/** Whether it changes B or has B in a formula. */
export function ruleUsesB(rule: Rule): boolean {
  return rule.feedback !== undefined || allPrograms(rule).some(usesB);
}

/** The matrix that a term of that name changes. */
export function matrixOf({ name }: Pick<Term, 'name'>): MatrixName {
  return name.startsWith(OF_FEEDBACK) ? 'B' : 'W';
}

/**
 * A rule from its terms, each the name or alias of a pool term (`F0`, `oja`) or `name = formula` (`own = y e_pre'`). A
 * name may say where the term applies: `F2@2`, `F2@1,3` (one coefficient), `F2@each` (one coefficient a layer); with
 * `B.` before it the term changes B (`B.F0`, `B.own = -B`). The update of a layer's W, and of its B, is the sum of
 * theta_r term_r over the terms that apply there (paper's Eq. 5).
 *
 * @param layerCount the network's number of layers; `@each` needs it, and layers above it are then refused here already.
 * @param constants names that formulas may use for numbers that are learned too.
 * @throws RuleError, a one-sentence message, for an unknown name, a name used twice in a layer, a formula that cannot be
 *   read, one that is not post x pre, or a constant that has the name of another thing or changes nothing.
 */
export function parseRule(terms: readonly string[], layerCount?: number, constants: readonly string[] = []): Rule {
  const parsed = terms.flatMap((text) => parseTerm(text, layerCount));
  const count = parsed.length + constants.length;
  if (count > MOST_COEFFICIENTS)
    throw new RuleError(`a rule can have at most ${MOST_COEFFICIENTS} coefficients, not ${count}`);
  refuseOverlaps(parsed);
  constants.forEach((name, i) => {
    checkConstant(name, parsed, constants.slice(0, i));
  });
  const given = { terms: parsed, ...(constants.length > 0 && { constants }) };
  const read = parsed.map((term) => about(term, () => ({ term, expression: parseFormula(term.formula) })));
  const rule: Rule = {
    ...given,
    ...compileLayers(read, constants, 'W'),
    ...(parsed.some((term) => matrixOf(term) === 'B') && { feedback: compileLayers(read, constants, 'B') }),
  };
  const programs = allPrograms(rule);
  constants.forEach((name, i) => {
    const index = parsed.length + i;
    if (!programs.some(({ nodes }) => nodes.some((node) => node.op === 'theta' && node.index === index)))
      throw new ConstantError(`the constant '${name}' is in no formula, or changes nothing there`);
  });
  return rule;
}

const allPrograms = (rule: Rule): Program[] =>
  [rule, rule.feedback].flatMap((of) => (of ? [of.program, ...(of.placed ?? [])] : []));

interface ReadTerm {
  readonly term: Term;
  readonly expression: Expression;
}

/** The programs of all layers for one kind of matrix. */
function compileLayers(terms: readonly ReadTerm[], constants: readonly string[], matrix: MatrixName): Programs {
  const own = terms.flatMap(({ term }) => (matrixOf(term) === matrix ? [term] : []));
  const last = own.reduce((most, { layers = [] }) => Math.max(most, layers.at(-1) ?? 0), 0);
  const programs = new Map<string, Program>();
  const programOf = (layer: number): Program => {
    const key = JSON.stringify(own.map((term) => appliesIn(term, layer)));
    const program = programs.get(key) ?? compile(terms, constants, matrix, layer);
    programs.set(key, program);
    return program;
  };
  const program = programOf(last + 1);
  const placed = Array.from({ length: last }, (_, l) => programOf(l + 1));
  return { program, ...(last > 0 && { placed }) };
}

const appliesIn = ({ layers }: Term, layer: number): boolean => layers?.includes(layer) ?? true;

function refuseOverlaps(terms: readonly Term[]): void {
  const before = new Map<string, Term[]>();
  for (const term of terms) {
    const { name } = parsePlacement(term.name);
    const others = before.get(name.toLowerCase()) ?? [];
    for (const other of others) refuseOverlap(name, other, term);
    before.set(name.toLowerCase(), [...others, term]);
  }
}

/** Of two terms of one name. */
function refuseOverlap(name: string, a: Term, b: Term): void {
  const [narrow, wide] = a.layers ? [a, b] : [b, a];
  if (!narrow.layers) throw new RuleError(`the term '${name}' is given twice`);
  const common = narrow.layers.find((layer) => appliesIn(wide, layer));
  if (common !== undefined) throw new RuleError(`the term '${name}' is given twice in layer ${common}`);
}

const isName = (text: string): boolean => /^[A-Za-z]\w*$/.test(text);

function checkConstant(name: string, terms: readonly Term[], before: readonly string[]): void {
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  checkLength(name, ConstantError);
  if (!isName(name))
    throw new ConstantError(
      `'${shortened(name)}' cannot name a constant (valid: a letter, then letters, digits and _)`,
    );
  if (RESERVED.includes(name)) throw new ConstantError(`'${name}' cannot name a constant: formulas use it already`);
  if (findPoolTerm(name) || terms.some((term) => same(parsePlacement(term.name).name)))
    throw new ConstantError(`'${name}' cannot name a constant: a term has that name`);
  if (before.some(same)) throw new ConstantError(`the constant '${name}' is given twice`);
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
  throw new RuleError(`unknown term '${shortened(name)}' (valid: ${valid}, or 'name = formula')`);
}

function userTerm(name: string, formula: string): Term {
  const bare = name.startsWith(OF_FEEDBACK) ? name.slice(OF_FEEDBACK.length) : name;
  if (!isName(bare)) throw new RuleError(`'${name}' cannot name a term (valid: a letter, then letters, digits and _)`);
  if (RESERVED.includes(bare)) throw new RuleError(`'${bare}' cannot name a term: formulas use it already`);
  const known = findPoolTerm(name);
  // A pool term with its own formula is what resuming a run writes; with another formula the name would lie.
  if (known && (known.name !== name || known.formula !== formula))
    throw new RuleError(`the name '${name}' belongs to the pool's ${known.name}; choose another for your term`);
  return { name, formula };
}

/** The program of a layer's matrix: of the terms that change it there. */
function compile(terms: readonly ReadTerm[], constants: readonly string[], matrix: MatrixName, layer: number): Program {
  const nodes = new NodeTable();
  const known = new Map(constants.map((name, i) => [name, nodes.theta(terms.length + i)]));
  const update = new Map<string, { s: number; u: number; v: number }>();
  let { W: a, B: b } = NO_MATRIX;
  terms.forEach(({ term, expression }, index) => {
    if (matrixOf(term) !== matrix) return;
    const theta = nodes.theta(index);
    // Where it does not apply it is read all the same: the order of nodes, and so of sums, stays that of the terms.
    const { pieces, scales } = about(term, () => meaning(term, expression, nodes, known));
    if (!appliesIn(term, layer)) return;
    for (const { s, u, v } of pieces) {
      const key = `${u} ${v}`;
      update.set(key, { s: nodes.sum(update.get(key)?.s ?? NONE, nodes.multiply(theta, s)), u, v });
    }
    if (scales.W !== NONE) a = nodes.sum(a, nodes.multiply(theta, scales.W));
    if (scales.B !== NONE) b = nodes.sum(b, nodes.multiply(theta, scales.B));
  });
  return nodes.program([...update.values()], { W: a, B: b });
}

function meaning(
  term: Term,
  expression: Expression,
  nodes: NodeTable,
  constants: ReadonlyMap<string, number>,
): ReturnType<typeof evaluate> {
  const value = evaluate(expression, term.formula, nodes, constants);
  if (value.rows !== 'post' || value.columns !== 'pre')
    throw new RuleError(
      `"${shortened(term.formula)}" is ${value.rows} x ${value.columns}, but ${matrixOf(term)} is post x pre`,
    );
  return value;
}

/** What is wrong with a term's formula says whose it is. */
function about<T>({ name }: Term, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RuleError) error.message = `term '${name}': ${error.message}`;
    throw error;
  }
}
