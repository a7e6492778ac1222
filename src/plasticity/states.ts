/** Quantities of a layer that persist from image to image: `m = 0.9 m + 0.1 y .* y`. */
import { shortened } from '../text.js';
import { type Dimension, evaluate, LATER, RESERVED } from './algebra.js';
import { checkLength, type Expression, parseFormula, RuleError } from './grammar.js';
import { NodeTable } from './nodes.js';
import { type Place, parsePlacement, placedName } from './placement.js';
import type { Shape } from './program.js';

/** What a state can be, by the dimensions of its formula. */
export const STATE_SHAPES: Readonly<Record<Shape | 'matrix', readonly [rows: Dimension, columns: Dimension]>> = {
  scalar: ['1', '1'],
  post: ['post', '1'],
  pre: ['pre', '1'],
  matrix: ['post', 'pre'],
};

export type StateShape = keyof typeof STATE_SHAPES;

/** In words. */
export const SHAPE_WORDS: Readonly<Record<StateShape, string>> = {
  scalar: 'a number of the layer',
  post: 'a vector, one number a neuron of the layer',
  pre: 'a vector, one number a neuron of the layer below',
  matrix: 'a matrix, one number a synapse',
};

/** A state of the layers that it is placed in; 0 at the start of an episode. */
export interface State extends Place {
  /** As formulas call it. */
  readonly bare: string;
  readonly formula: string;
  readonly shape: StateShape;
}

export interface ReadState extends State {
  readonly expression: Expression;
}

/** More than any rule needs. */
const MOST_STATES = 50;
/** Each of these can have four shapes. */
const MOST_TOGETHER = 5;

/** It is a state that is wrong, not a term. */
export class StateError extends RuleError {}

/**
 * Reads states, `name = formula` or `name@2 = formula`. A shape follows from the formulas: exactly one choice must give
 * every formula the shape of its state, in the smallest groups of states that need no others.
 * @param taken names of constants, which no state can have
 * @throws RuleError, one sentence, for what cannot be read, or fits no shape, or several.
 */
export function readStates(texts: readonly string[], taken: readonly string[], layerCount?: number): ReadState[] {
  if (texts.length > MOST_STATES) throw new StateError(`a rule can have at most ${MOST_STATES} states`);
  const read = texts.map((text) => readState(text, taken));
  read.forEach((state, i) => {
    for (const { layers } of read.slice(0, i).filter(({ bare }) => bare === state.bare))
      if (!layers || !state.layers || layers.some((layer) => state.layers!.includes(layer)))
        throw new StateError(`the state '${state.bare}' is given twice`);
    const above = layerCount === undefined ? undefined : state.layers?.find((layer) => layer > layerCount);
    if (above !== undefined)
      throw new StateError(`the state '${state.name}' is for layer ${above}, but the network has ${layerCount} layers`);
  });
  const shapes = new Map<string, StateShape>();
  for (const group of closedGroups(read))
    for (const [name, shape] of chooseShapes(group, shapes, taken)) shapes.set(name, shape);
  return read.map((state) => ({ ...state, shape: shapes.get(state.bare)! }));
}

type Unshaped = Omit<ReadState, 'shape'>;

function readState(text: string, taken: readonly string[]): Unshaped {
  const equals = text.indexOf('=');
  if (equals < 0) throw new StateError(`a state is 'name = formula', not '${shortened(text)}'`);
  const placed = parsePlacement(text.slice(0, equals));
  const { bare, matrix, layers } = placed;
  checkLength(bare);
  if (matrix !== 'W' || !/^[A-Za-z]\w*$/.test(bare))
    throw new StateError(`'${shortened(bare)}' cannot name a state (valid: a letter, then letters, digits and _)`);
  if ([...RESERVED, ...LATER, 'drive'].includes(bare))
    throw new StateError(`'${bare}' cannot name a state: formulas use it already`);
  if (taken.includes(bare)) throw new StateError(`'${bare}' cannot name a state: a constant has that name`);
  if (layers === 'each') throw new StateError(`the state '${bare}' is each layer's own anyway: leave out @each`);
  const formula = text.slice(equals + 1).trim();
  const expression = about(bare, () => parseFormula(formula, (name) => taken.includes(name)));
  return { name: placedName(placed), bare, formula, expression, ...(layers && { layers }) };
}

/** The names in an expression. */
function namesOf(at: Expression): string[] {
  switch (at.kind) {
    case 'number':
      return [];
    case 'name':
      return [at.name];
    case 'negate':
    case 'transpose':
    case 'power':
      return namesOf(at.of);
    case 'call':
      return at.args.flatMap(namesOf);
    case 'add':
    case 'elementwise':
    case 'divide':
      return [...namesOf(at.left), ...namesOf(at.right)];
    case 'product':
      return at.factors.flatMap(namesOf);
  }
}

/** States that depend on each other together, after those that they need. */
function closedGroups(states: readonly Unshaped[]): Unshaped[][] {
  const names = [...new Set(states.map(({ bare }) => bare))];
  const of = (name: string) => states.filter(({ bare }) => bare === name);
  const needs = new Map(
    names.map((name) => [name, new Set(of(name).flatMap(({ expression }) => namesOf(expression)))]),
  );
  const reach = (name: string, seen = new Set<string>()): Set<string> => {
    for (const other of names) if (needs.get(name)!.has(other) && !seen.has(other)) reach(other, seen.add(other));
    return seen;
  };
  const reached = new Map(names.map((name) => [name, reach(name)]));
  const isMutual = (a: string, b: string) => a === b || (reached.get(a)!.has(b) && reached.get(b)!.has(a));
  const groups: string[][] = [];
  for (const name of names)
    if (!groups.flat().includes(name)) groups.push(names.filter((other) => isMutual(name, other)));
  const size = (group: readonly string[]) => new Set(group.flatMap((name) => [name, ...reached.get(name)!])).size;
  return groups.sort((a, b) => size(a) - size(b)).map((group) => group.flatMap(of));
}

function chooseShapes(
  group: readonly Unshaped[],
  known: ReadonlyMap<string, StateShape>,
  taken: readonly string[],
): Map<string, StateShape> {
  const names = [...new Set(group.map(({ bare }) => bare))];
  const title = `the state${names.length > 1 ? 's' : ''} '${names.join("', '")}'`;
  if (names.length > MOST_TOGETHER) throw new StateError(`${title} depend on each other: at most ${MOST_TOGETHER} may`);
  const all = Object.keys(STATE_SHAPES) as StateShape[];
  const fitting: Map<string, StateShape>[] = [];
  const problems: Error[] = [];
  for (let n = 0; n < all.length ** names.length; n++) {
    const choice = new Map(names.map((name, i) => [name, all[Math.floor(n / all.length ** i) % all.length]!]));
    try {
      for (const state of group) checkShape(state, choice.get(state.bare)!, new Map([...known, ...choice]), taken);
      fitting.push(choice);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      problems.push(error);
    }
  }
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length === 0) {
    const own = namesOf(group[0]!.expression).includes(group[0]!.bare);
    // What a formula that does not hold the state itself comes to is said by its first problem; else as a vector.
    throw problems[own ? Math.min(1, problems.length - 1) : 0]!;
  }
  const shapes = fitting.map((choice) => choice.get(names[0]!)!);
  const found = [...new Set(shapes)].map((shape) => STATE_SHAPES[shape].join(' x ')).join(', ');
  throw new StateError(`${title} could be of several shapes (${found}): adding + 0 y to the formula makes it post x 1`);
}

function checkShape(
  { bare, formula, expression }: Unshaped,
  shape: StateShape,
  states: ReadonlyMap<string, StateShape>,
  taken: readonly string[],
): void {
  const nodes = new NodeTable();
  const constants = new Map(taken.map((name, i) => [name, nodes.theta(i)]));
  const { rows, columns } = about(bare, () => evaluate(expression, formula, nodes, { constants, states }));
  const [wantedRows, wantedColumns] = STATE_SHAPES[shape];
  if (rows === wantedRows && columns === wantedColumns) return;
  const fits = Object.values(STATE_SHAPES).some(([r, c]) => r === rows && c === columns);
  const why = fits
    ? `, but '${bare}' in it is taken as ${wantedRows} x ${wantedColumns}`
    : ', and no state can be that';
  throw new StateError(`state '${bare}': "${shortened(formula)}" is ${rows} x ${columns}${why}`);
}

/** What is wrong with a state's formula says whose it is. */
export function about<T>(name: string, read: () => T, what = 'state'): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RuleError) error.message = `${what} '${name}': ${error.message}`;
    throw error;
  }
}
