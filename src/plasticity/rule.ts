/** The user's words -> a rule: names of the pool and formulas, compiled together into a program for each layer. */

import { shortened } from '../text.js';
import { asNode, evaluate, type Names, RESERVED } from './algebra.js';
import { ConstantError, checkLength, type Expression, parseFormula, RuleError } from './grammar.js';
import { NONE, NodeTable, type Piece } from './nodes.js';
import { expandPlacement, type Place, type Placed, parsePlacement, unplacedName } from './placement.js';
import { findPoolTerm, POOL } from './pool.js';
import { MATRICES, type MatrixName, namesIn, type Program } from './program.js';
import { about, type ReadState, readStates, type State, StateError } from './states.js';

/** So many coefficients are more than any rule needs. */
export const MOST_COEFFICIENTS = 1000;

/** One term of a rule: a formula with a coefficient theta. */
export interface Term extends Place {
  /** Names the term: `F2` or `F2@1,3` for the pool; the user's name, placed likewise, otherwise. `B.` before it: it changes B. */
  readonly name: string;
  /** What it changes. */
  readonly matrix: MatrixName;
  /** Formula in the grammar, e.g. `-e e_pre'`. */
  readonly formula: string;
  /** The layers it applies in, counted from 1 in ascending order; absent: in all. */
  readonly layers?: readonly number[];
  /** Place of its coefficient among the rule's. */
  readonly coefficient: number;
}

/** The programs of a network's layers. */
export interface Programs {
  /** The program of every layer that `placed` does not tell of: the terms that apply everywhere. */
  readonly program: Program;
  /**
   * `placed[l - 1]` is layer l's program; it goes up to the last layer that a term or state names, and is absent where all
   * apply everywhere. Layers with the same terms and states share one program, which is empty where no term applies.
   */
  readonly placed?: readonly Program[];
}

/** A plasticity rule: its terms, compiled together. */
export interface Rule extends Programs {
  readonly terms: readonly Term[];
  /** Names of all coefficients in their order: of each term the name, unless it is tied to another, then the constants. */
  readonly coefficients: readonly string[];
  /** Names of the constants of the formulas that are learned like the terms' coefficients. */
  readonly constants: readonly string[];
  /** What layers keep from image to image. */
  readonly states: readonly State[];
}

/** What a rule may have beside terms. */
export interface RuleOptions {
  /** `name = formula`, see states.ts. */
  readonly states?: readonly string[] | undefined;
  /** Names that formulas may use for numbers that are learned too. */
  readonly constants?: readonly string[] | undefined;
  /** The network's number of layers; `@each` needs it, and layers above it are then refused here already. */
  readonly layerCount?: number | undefined;
  /** Terms that have no coefficient of their own but that of another: `{ 'B.F0': 'F0' }`. */
  readonly tied?: Readonly<Record<string, string>> | undefined;
}

/** The programs of a network's layers 1 .. L. */
export function layerPrograms({ program, placed = [] }: Programs, layerCount: number): Program[] {
  return Array.from({ length: layerCount }, (_, l) => placed[l] ?? program);
}

const allPrograms = ({ program, placed = [] }: Programs): readonly Program[] => [program, ...placed];

/** Whether it changes B. */
export function changesB({ terms }: Pick<Rule, 'terms'>): boolean {
  return terms.some(({ matrix }) => matrix === 'B');
}

/** Whether it changes B or has B in a formula. */
export function ruleUsesB(rule: Rule): boolean {
  return changesB(rule) || allPrograms(rule).some((program) => namesIn(program).has('B'));
}

/** Whether its formulas have a quantity of that name. */
export function ruleReads(rule: Programs, name: string): boolean {
  return allPrograms(rule).some((program) => namesIn(program).has(name));
}

/** Coefficients that are terms', not constants. */
export function termCoefficients({
  coefficients,
  constants,
}: Pick<Rule, 'coefficients' | 'constants'>): readonly string[] {
  return coefficients.slice(0, coefficients.length - constants.length);
}

/**
 * A rule from its terms, each the name or alias of a pool term (`F0`, `oja`) or `name = formula` (`own = y e_pre'`). A
 * name may say where the term applies: `F2@2`, `F2@1,3` (one coefficient), `F2@each` (one coefficient a layer); with
 * `B.` before it the term changes B (`B.F0`, `B.own = -B`). The update of a layer's W, and of its B, is the sum of
 * theta_r term_r over the terms that apply there (paper's Eq. 5).
 *
 * @throws RuleError, a one-sentence message, for an unknown name, a name used twice in a layer, a formula that cannot be
 *   read, one that is not post x pre, a constant that has the name of another thing or changes nothing, or a state that
 *   fits no shape, or several.
 */
export function parseRule(terms: readonly string[], options: RuleOptions = {}): Rule {
  const { states = [], constants = [], layerCount, tied = {} } = options;
  const placed = terms.flatMap((text) => parseTerm(text, layerCount));
  refuseOverlaps(placed);
  constants.forEach((name, i) => {
    checkConstant(name, placed, constants.slice(0, i));
  });
  const parsed = numbered(placed, tied);
  const coefficients = [...parsed.flatMap(({ name }) => (Object.hasOwn(tied, name) ? [] : [name])), ...constants];
  if (coefficients.length > MOST_COEFFICIENTS)
    throw new RuleError(`a rule can have at most ${MOST_COEFFICIENTS} coefficients, not ${coefficients.length}`);
  const read = parsed.map((term) => ({
    term,
    expression: aboutTerm(term, () => parseFormula(term.formula, (name) => constants.includes(name))),
  }));
  const readOnes = readStates(states, constants, layerCount);
  for (const { bare } of readOnes)
    if (placed.some((term) => term.bare === bare))
      throw new StateError(`'${bare}' cannot name a state: a term has that name`);
  const all = { terms: read, states: readOnes, coefficients, constants };
  const rule: Rule = {
    terms: parsed,
    coefficients,
    constants,
    states: readOnes.map(({ expression: _, ...state }) => state),
    ...compileLayers(all, layerCount),
  };
  constants.forEach((name, i) => {
    const index = coefficients.length - constants.length + i;
    if (!allPrograms(rule).some(({ nodes }) => nodes.some((node) => node.op === 'theta' && node.index === index)))
      throw new ConstantError(`the constant '${name}' is in no formula, or changes nothing there`);
  });
  return rule;
}

/** Gives each term the place of its coefficient. */
function numbered(terms: readonly PlacedTerm[], tied: Readonly<Record<string, string>>): Term[] {
  const own = terms.filter(({ name }) => !Object.hasOwn(tied, name)).map(({ name }) => name);
  for (const [name, to] of Object.entries(tied)) {
    if (!terms.some((term) => term.name === name))
      throw new RuleError(`there is no term '${shortened(name)}' to tie to '${shortened(to)}'`);
    if (!own.includes(to))
      throw new RuleError(
        `'${name}' cannot be tied to '${shortened(to)}': that is no term with a coefficient of its own`,
      );
  }
  const giver = (name: string) => (Object.hasOwn(tied, name) ? tied[name]! : name);
  return terms.map(({ bare: _, ...term }) => ({ ...term, coefficient: own.indexOf(giver(term.name)) }));
}

interface ReadTerm {
  readonly term: Term;
  readonly expression: Expression;
}

/** All that is compiled. */
interface Read {
  readonly terms: readonly ReadTerm[];
  readonly states: readonly ReadState[];
  readonly coefficients: readonly string[];
  readonly constants: readonly string[];
}

/** The programs of all layers. */
function compileLayers(read: Read, layerCount: number | undefined): Programs {
  const places: readonly Place[] = [...read.terms.map(({ term }) => term), ...read.states];
  const last = places.reduce((most, { layers = [] }) => Math.max(most, layers.at(-1) ?? 0), 0);
  const programs = new Map<string, Program>();
  const programOf = (layer: number): Program => {
    const key = JSON.stringify(places.map((place) => appliesIn(place, layer)));
    const program = programs.get(key) ?? compile(read, layer);
    programs.set(key, program);
    return program;
  };
  const placed = Array.from({ length: last }, (_, l) => programOf(l + 1));
  // No layer has the other program where the last one is named.
  const program = last > 0 && last === layerCount ? placed[last - 1]! : programOf(last + 1);
  return { program, ...(last > 0 && { placed }) };
}

const appliesIn = ({ layers }: Place, layer: number): boolean => layers?.includes(layer) ?? true;

function refuseOverlaps(terms: readonly PlacedTerm[]): void {
  const before = new Map<string, Place[]>();
  for (const term of terms) {
    const name = unplacedName(term);
    const others = before.get(name.toLowerCase()) ?? [];
    for (const other of others) refuseOverlap(name, other, term);
    before.set(name.toLowerCase(), [...others, term]);
  }
}

/** Of two terms of one name. */
function refuseOverlap(name: string, a: Place, b: Place): void {
  const [narrow, wide] = a.layers ? [a, b] : [b, a];
  if (!narrow.layers) throw new RuleError(`the term '${name}' is given twice`);
  const common = narrow.layers.find((layer) => appliesIn(wide, layer));
  if (common !== undefined) throw new RuleError(`the term '${name}' is given twice in layer ${common}`);
}

const isName = (text: string): boolean => /^[A-Za-z]\w*$/.test(text);

function checkConstant(name: string, terms: readonly PlacedTerm[], before: readonly string[]): void {
  const same = (other: string) => other.toLowerCase() === name.toLowerCase();
  checkLength(name, ConstantError);
  if (!isName(name))
    throw new ConstantError(
      `'${shortened(name)}' cannot name a constant (valid: a letter, then letters, digits and _)`,
    );
  if (RESERVED.includes(name)) throw new ConstantError(`'${name}' cannot name a constant: formulas use it already`);
  if (findPoolTerm({ bare: name, matrix: 'W' }) || terms.some((term) => same(unplacedName(term))))
    throw new ConstantError(`'${name}' cannot name a constant: a term has that name`);
  if (before.some(same)) throw new ConstantError(`the constant '${name}' is given twice`);
}

type PlacedTerm = Omit<Term, 'coefficient'> & Pick<Placed, 'bare'>;

function parseTerm(text: string, layerCount: number | undefined): PlacedTerm[] {
  const equals = text.indexOf('=');
  const placed = parsePlacement(equals < 0 ? text : text.slice(0, equals));
  const { bare, formula } = equals < 0 ? poolTerm(placed) : userTerm(placed, text.slice(equals + 1).trim());
  const { matrix } = placed;
  return expandPlacement({ ...placed, bare }, layerCount).map((where) => ({ ...where, bare, matrix, formula }));
}

function poolTerm(placed: Placed): { bare: string; formula: string } {
  const known = findPoolTerm(placed);
  if (known) return { bare: parsePlacement(known.name).bare, formula: known.formula };
  const valid = POOL.map(({ name, alias }) => (alias ? `${name} (${alias})` : name)).join(', ');
  const name = unplacedName(placed);
  throw new RuleError(`unknown term '${shortened(name)}' (valid: ${valid}, or 'name = formula')`);
}

function userTerm(placed: Placed, formula: string): { bare: string; formula: string } {
  const { bare } = placed;
  const name = unplacedName(placed);
  if (!isName(bare)) throw new RuleError(`'${name}' cannot name a term (valid: a letter, then letters, digits and _)`);
  if (RESERVED.includes(bare)) throw new RuleError(`'${bare}' cannot name a term: formulas use it already`);
  const known = findPoolTerm(placed);
  // A pool term with its own formula is what resuming a run writes; with another formula the name would lie.
  if (known && (known.name !== name || known.formula !== formula))
    throw new RuleError(`the name '${name}' belongs to the pool's ${known.name}; choose another for your term`);
  return { bare, formula };
}

/** The program of a layer: of the terms that change its matrices there, and of the states that these need. */
function compile({ terms, states, coefficients, constants }: Read, layer: number): Program {
  const nodes = new NodeTable();
  const first = coefficients.length - constants.length;
  const known = new Map(constants.map((name, i) => [name, nodes.theta(first + i)]));
  const shapesOf = (kept: readonly ReadState[]) => new Map(kept.map(({ bare, shape }) => [bare, shape]));
  const here = states.filter((state) => appliesIn(state, layer));
  const everywhere: Names = { constants: known, states: shapesOf(states) };
  const inLayer: Names = { constants: known, states: shapesOf(here) };
  const next = new Map<string, number | readonly Piece[]>();
  for (const matrix of MATRICES) {
    const update = new Map<string, Piece>();
    let isChanged = false;
    for (const { term, expression } of terms) {
      if (term.matrix !== matrix) continue;
      const theta = nodes.theta(term.coefficient);
      // Where it does not apply it is read all the same: the order of nodes, and so of sums, stays that of the terms.
      const applies = appliesIn(term, layer);
      const pieces = aboutTerm(term, () => meaning(term, expression, nodes, applies ? inLayer : everywhere));
      if (!applies) continue;
      isChanged = true;
      for (const { s, ...product } of pieces) {
        const key = `${product.u} ${product.v} ${product.N}`;
        update.set(key, { ...product, s: nodes.sum(update.get(key)?.s ?? NONE, nodes.multiply(theta, s)) });
      }
    }
    if (!isChanged) continue;
    // W becomes itself and the update.
    const itself = { u: nodes.leaf('one'), v: nodes.leaf('one_pre'), N: [matrix] };
    const key = `${itself.u} ${itself.v} ${itself.N}`;
    update.set(key, { ...itself, s: nodes.sum(nodes.constant(1), update.get(key)?.s ?? NONE) });
    next.set(matrix, [...update.values()]);
  }
  const shapes: Record<string, State['shape']> = {};
  for (;;) {
    const program = nodes.program(next, shapes);
    const needed = namesIn(program);
    const missing = here.filter(({ bare }) => needed.has(bare) && !next.has(bare));
    if (missing.length === 0) return program;
    for (const { bare, shape, formula, expression } of missing) {
      const value = about(bare, () => evaluate(expression, formula, nodes, inLayer));
      shapes[bare] = shape;
      next.set(bare, shape === 'matrix' ? value.pieces : asNode(value, nodes));
    }
  }
}

/** The products of a term. */
function meaning({ formula, matrix }: Term, expression: Expression, nodes: NodeTable, names: Names) {
  const value = evaluate(expression, formula, nodes, names);
  if (value.rows !== 'post' || value.columns !== 'pre')
    throw new RuleError(`"${shortened(formula)}" is ${value.rows} x ${value.columns}, but ${matrix} is post x pre`);
  return value.pieces;
}

/** What is wrong with a term's formula says whose it is. */
const aboutTerm = <T>({ name }: Pick<Term, 'name'>, read: () => T): T => about(name, read, 'term');
