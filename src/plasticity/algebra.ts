/**
 * Syntax tree -> algebra. Every value of the grammar, from a number to a matrix, is of one form,
 *
 *     sum_i  (s_i u_i v_i') .* N_i          rows x columns, each 1, post or pre
 *
 * with scalars s and vectors u, v that are nodes of the program (UNIT stands for the 1 in a row, a column or a number) and
 * N the element-wise product of matrices of the layer, of ones where there is none (of their transposes where the value is
 * pre x post). Sums, products, transposes and element-wise products of such forms are such forms again, so nothing here
 * knows a term, or a matrix, by name. A constant is a scalar like theta.
 */
import { shortened } from '../text.js';
import { CALLS, type FunctionName } from './functions.js';
import { type Expression, errorAt, RuleError, type Span, UnknownNameError } from './grammar.js';
import { NONE, type NodeTable, type Piece, UNIT } from './nodes.js';
import { LEAVES, MATRICES, type Shape } from './program.js';

export type Dimension = 'post' | 'pre' | '1';

export interface Value {
  readonly rows: Dimension;
  readonly columns: Dimension;
  readonly pieces: readonly Piece[];
}

/** What the names of a formula mean beside the leaves: nodes of learned constants, and the shapes of states. */
export interface Names {
  readonly constants: ReadonlyMap<string, number>;
  readonly states: ReadonlyMap<string, Shape | 'matrix'>;
}

/** Words that every formula reads as its own: no constant and no term can have such a name. */
export const RESERVED: readonly string[] = [...['y', 'e', 'z', 'one', 'y_pre', 'e_pre', 'one_pre'], ...MATRICES, 'sum'];

/** Words that came later: constants and terms of older runs have some of them, and hide them. */
export const LATER: readonly string[] = [...Object.keys(LEAVES), ...Object.keys(CALLS)].filter(
  (name) => !RESERVED.includes(name) && name !== 'drive',
);

/** So many products are more than any rule needs, and would take minutes an episode. */
const MOST_PIECES = 256;

/** Largest power: more is better said with functions. */
const MOST_POWER = 9;

/** Factors of a product whose brackets are all tried. */
const MOST_FACTORS = 16;

/** An operation on two. */
type Binary = Span & { readonly left: Expression; readonly right: Expression };

/** A product of matrices that another bracketing may do without. */
class RefusedProduct extends RuleError {}

/**
 * What the expression means, in nodes of `nodes`.
 * @throws RuleError for unknown names, shapes that do not fit and products of matrices that are not of low rank.
 */
export function evaluate(expression: Expression, text: string, nodes: NodeTable, names: Names): Value {
  const { constants, states } = names;
  const fail = (at: Span, problem: string) => errorAt(text, at, problem);
  const quote = (at: Span, value: Value) =>
    `"${shortened(text.slice(at.start, at.end))}" (${value.rows} x ${value.columns})`;

  function visit(at: Expression): Value {
    switch (at.kind) {
      case 'number':
        return scalar(nodes.constant(at.value));
      case 'name':
        return named(at);
      case 'negate':
        return scale(nodes.constant(-1), visit(at.of));
      case 'transpose':
        return transpose(visit(at.of));
      case 'call':
        return call(at, at.args.map(visit));
      case 'power':
        return power(at, visit(at.of), at.exponent);
      case 'add': {
        const left = visit(at.left);
        const right = visit(at.right);
        if (left.rows !== right.rows || left.columns !== right.columns) {
          const isNumber = isScalar(left) !== isScalar(right);
          const hint = isNumber ? `; a number is added as ${onesLike(isScalar(left) ? right : left)} times it` : '';
          throw fail(at.right, `cannot add ${quote(at.right, right)} to ${quote(at.left, left)}${hint}`);
        }
        return check(at, merge(left.rows, left.columns, [...left.pieces, ...right.pieces]));
      }
      case 'elementwise':
        return elementwise(at, visit(at.left), visit(at.right));
      case 'divide':
        return divide(at, visit(at.left), visit(at.right));
      case 'product':
        return chain(at);
    }
  }

  function named(at: Expression & { kind: 'name' }): Value {
    const { name } = at;
    const constant = constants.get(name);
    if (constant !== undefined) return scalar(constant);
    const state = states.get(name);
    if (state === 'matrix' || MATRICES.some((matrix) => matrix === name)) {
      const piece = { s: nodes.constant(1), u: nodes.leaf('one'), v: nodes.leaf('one_pre'), N: [name] };
      return { rows: 'post', columns: 'pre', pieces: [piece] };
    }
    const shape = state ?? (name !== 'drive' && Object.hasOwn(LEAVES, name) ? LEAVES[name as 'y'] : undefined);
    if (shape === undefined) throw unknown(at);
    const node = nodes.quantity(name, shape as Shape);
    return (shape as Shape) === 'scalar' ? scalar(node) : vector(node, shape as 'post' | 'pre');
  }

  function unknown(at: Expression & { kind: 'name' }): UnknownNameError {
    const own = [...states.keys(), ...constants.keys()];
    const names = [...RESERVED, ...LATER.filter((name) => !Object.hasOwn(CALLS, name)), ...own];
    const valid = [...names, ...LATER.filter((name) => Object.hasOwn(CALLS, name))];
    const problem = `unknown name '${shortened(at.name)}' (valid: ${shortened(names.join(', '), 1000)}, and functions)`;
    return new UnknownNameError(fail(at, problem).message, at.name, valid);
  }

  function elementwise(at: Binary, left: Value, right: Value): Value {
    if (isScalar(left)) return scale(number(left), right);
    if (isScalar(right)) return scale(number(right), left);
    if (left.rows !== right.rows || left.columns !== right.columns)
      throw fail(
        at.right,
        `cannot multiply ${quote(at.left, left)} element by element by ${quote(at.right, right)}${precedence(at)}`,
      );
    return check(at, pairwise(left, right));
  }

  /** What follows an operation that does not fit, where brackets may be what is missing. */
  function precedence(at: Binary): string {
    const from = text.slice(at.right.start);
    const rest = /^[^)+-]*/.exec(from)![0].trim();
    return /^\s*['*\w(]/.test(text.slice(at.right.end)) && rest.length < 60
      ? `; products are read from left to right, so bracket what belongs together, as in (${rest})`
      : '';
  }

  function divide(at: Binary & { readonly each: boolean }, left: Value, right: Value): Value {
    if (isScalar(right)) return scale(nodes.apply('inv', number(right)), left);
    if (!at.each)
      throw fail(at.right, `cannot divide by ${quote(at.right, right)}: / takes a number, ./ goes element by element`);
    if (!isVector(right))
      throw fail(at.right, `cannot divide by the matrix ${quote(at.right, right)}: only by numbers and vectors`);
    const inverse = map(right, (x) => nodes.apply('inv', x));
    if (isScalar(left)) return scale(number(left), inverse);
    if (left.rows !== right.rows || left.columns !== right.columns)
      throw fail(
        at.right,
        `cannot divide ${quote(at.left, left)} element by element by ${quote(at.right, right)}${precedence(at)}`,
      );
    return pairwise(left, inverse);
  }

  function power(at: Expression, of: Value, exponent: number): Value {
    if (!Number.isInteger(exponent) || Math.abs(exponent) > MOST_POWER)
      throw fail(at, `the exponent of .^ must be a whole number from -${MOST_POWER} to ${MOST_POWER}, not ${exponent}`);
    if (exponent < 0) {
      if (isMatrix(of)) throw fail(at, 'a matrix can be raised to powers from 1 up only');
      return map(power(at, of, -exponent), (x) => nodes.apply('inv', x));
    }
    if (exponent === 0) return multiply(ones(of.rows), transpose(ones(of.columns)));
    const base = isMatrix(of) ? of : map(of, (x) => x);
    let result = base;
    for (let n = 1; n < exponent; n++) result = check(at, pairwise(result, base));
    return result;
  }

  function call(at: Expression & { kind: 'call' }, [x, second]: readonly Value[]): Value {
    const of = x!;
    switch (at.name) {
      case 'sum':
        return sum(of);
      case 'mean':
        return scale(nodes.apply('inv', number(sum(power(at, of, 0)))), sum(of));
      case 'norm':
        return map(sum(power(at, of, 2)), (s) => nodes.apply('sqrt', s));
      case 'square':
        return power(at, of, 2);
      case 'max':
      case 'min': {
        const [left, right] = [of, second!];
        if (isMatrix(left) || isMatrix(right)) throw fail(at, `${at.name}() takes numbers and vectors, no matrices`);
        const like = isScalar(left) ? right : left;
        if (!isScalar(left) && !isScalar(right) && (left.rows !== right.rows || left.columns !== right.columns))
          throw fail(
            at.args[1]!,
            `${at.name}() cannot compare ${quote(at.args[0]!, left)} with ${quote(at.args[1]!, right)}`,
          );
        const node = nodes.extreme(at.name, asNode(left, nodes), asNode(right, nodes));
        return isScalar(like) ? scalar(node) : map(like, () => node);
      }
      default:
        if (isMatrix(of))
          throw fail(at, `${at.name}() takes a number or a vector, no matrix (${of.rows} x ${of.columns})`);
        return map(of, (x) => nodes.apply(at.name as FunctionName, x));
    }
  }

  /** Matrix products may be bracketed either way: W W' y is W (W'y), though W W' alone is refused. */
  function chain(at: Expression & { kind: 'product' }): Value {
    try {
      return fold(at, at.factors, at.factors.map(visit));
    } catch (error) {
      if (!(error instanceof RefusedProduct)) throw error;
      const factors = flat(at);
      return bracketed(factors, factors.map(visit)) ?? raise(error);
    }
  }

  const flat = (at: Expression): readonly Expression[] => (at.kind === 'product' ? at.factors.flatMap(flat) : [at]);

  /** From the left, else from the right. */
  function fold(at: Span, factors: readonly Expression[], values: readonly Value[]): Value {
    const from = (i: number, j: number): Span => ({ start: factors[i]!.start, end: factors[j]!.end });
    const last = values.length - 1;
    const join = (left: Value, right: Value, leftAt: Span, rightAt: Span): Value => {
      if (!isScalar(left) && !isScalar(right) && left.columns !== right.rows)
        throw fail(rightAt, `cannot multiply ${quote(leftAt, left)} by ${quote(rightAt, right)}`);
      const matrices = matricesTimesMatrices(left, right);
      if (matrices)
        throw new RefusedProduct(
          fail(at, `${matrices} is not supported (the update would not be of low rank)`).message,
        );
      return check(at, multiply(left, right));
    };
    try {
      return values.reduce((left, right, i) => join(left, right, from(0, i - 1), factors[i]!));
    } catch (error) {
      if (!(error instanceof RefusedProduct)) throw error;
      try {
        return values.reduceRight((right, left, i) => join(left, right, factors[i]!, from(i + 1, last)));
      } catch (other) {
        throw other instanceof RefusedProduct ? error : other;
      }
    }
  }

  /** By whatever brackets there are none refused with; undefined where there are none such. */
  function bracketed(factors: readonly Expression[], values: readonly Value[]): Value | undefined {
    if (values.length > MOST_FACTORS) return undefined;
    const known = new Map<string, Value | undefined>();
    const of = (i: number, j: number): Value | undefined => {
      if (i === j) return values[i];
      const key = `${i} ${j}`;
      if (known.has(key)) return known.get(key);
      let found: Value | undefined;
      for (let k = i; k < j && !found; k++) {
        const [left, right] = [of(i, k), of(k + 1, j)];
        if (!left || !right || matricesTimesMatrices(left, right)) continue;
        if (!isScalar(left) && !isScalar(right) && left.columns !== right.rows) continue;
        found = check({ start: factors[i]!.start, end: factors[j]!.end }, multiply(left, right));
      }
      known.set(key, found);
      return found;
    };
    return of(0, values.length - 1);
  }

  /** `W times W` where a product of such values would need it. */
  function matricesTimesMatrices(left: Value, right: Value): string | undefined {
    if (isScalar(left) || isScalar(right)) return undefined;
    const matricesOf = ({ pieces }: Value) => pieces.find(({ N }) => N.length > 0)?.N.join(' .* ');
    const [first, second] = [matricesOf(left), matricesOf(right)];
    return first && second && `${first} times ${second}`;
  }

  function check(at: Span, value: Value): Value {
    if (value.pieces.length > MOST_PIECES)
      throw fail(at, `the formula expands into more than ${MOST_PIECES} products; write it with fewer sums`);
    return value;
  }

  // The algebra proper.

  const scalar = (s: number): Value => merge('1', '1', [{ s, u: UNIT, v: UNIT, N: [] }]);
  const isScalar = (value: Value) => value.rows === '1' && value.columns === '1';
  const isVector = (value: Value) => (value.rows === '1') !== (value.columns === '1');
  const isMatrix = (value: Value) => value.rows !== '1' && value.columns !== '1';
  /** The number that a 1 x 1 value is. */
  const number = (value: Value) => value.pieces[0]?.s ?? nodes.constant(0);

  const vector = (u: number, rows: Dimension): Value => ({
    rows,
    columns: '1',
    pieces: [{ s: nodes.constant(1), u, v: UNIT, N: [] }],
  });

  const ones = (dimension: Dimension): Value =>
    dimension === '1'
      ? scalar(nodes.constant(1))
      : vector(nodes.leaf(dimension === 'post' ? 'one' : 'one_pre'), dimension);

  const onesLike = ({ rows, columns }: Value) => {
    const names = { post: 'one', pre: 'one_pre', '1': '' };
    return columns === '1' ? names[rows] : `${names[rows]} ${names[columns]}'`.trim();
  };

  const sum = (of: Value): Value => multiply(multiply(transpose(ones(of.rows)), of), ones(of.columns));

  /** f of a number's or a vector's node, in its shape. */
  function map(of: Value, f: (x: number) => number): Value {
    const x = f(asNode(of, nodes));
    if (isScalar(of)) return scalar(x);
    return of.rows === '1' ? transpose(vector(x, of.columns)) : vector(x, of.rows);
  }

  const transpose = ({ rows, columns, pieces }: Value): Value => ({
    rows: columns,
    columns: rows,
    pieces: pieces.map(({ s, u, v, N }) => ({ s, u: v, v: u, N })),
  });

  const scale = (by: number, { rows, columns, pieces }: Value): Value =>
    merge(
      rows,
      columns,
      pieces.map((piece) => ({ ...piece, s: nodes.multiply(by, piece.s) })),
    );

  /** Element by element, of one shape. */
  const pairwise = (left: Value, right: Value): Value =>
    merge(
      left.rows,
      left.columns,
      left.pieces.flatMap((l) =>
        right.pieces.map((r) => ({
          s: nodes.multiply(l.s, r.s),
          u: nodes.multiply(l.u, r.u),
          v: nodes.multiply(l.v, r.v),
          N: [...l.N, ...r.N].sort(),
        })),
      ),
    );

  function multiply(left: Value, right: Value): Value {
    if (isScalar(left)) return scale(number(left), right);
    if (isScalar(right)) return scale(number(right), left);
    const [l0, r0] = [withoutMatrices(left), withoutMatrices(right)];
    const pieces: Piece[] = [];
    for (const l of l0)
      for (const r of r0)
        pieces.push({ s: nodes.multiply(nodes.multiply(l.s, r.s), nodes.dot(l.v, r.u)), u: l.u, v: r.v, N: [] });
    for (const l of left.pieces) if (l.N.length > 0) pieces.push(...through(l, left, r0));
    for (const r of right.pieces) {
      if (r.N.length === 0) continue;
      // (p q') M = (M'q p')', element-wise factors included.
      const [turned] = transpose({ ...right, pieces: [r] }).pieces;
      const result = through(turned!, transpose(right), transpose({ ...left, pieces: l0 }).pieces);
      pieces.push(...transpose({ ...left, pieces: result }).pieces);
    }
    return merge(left.rows, right.columns, pieces);
  }

  const withoutMatrices = ({ pieces }: Value) => pieces.filter(({ N }) => N.length === 0);

  /**
   * (s u v') .* N times sum t p q': each is (s t u .* N(v .* p)) q'. Vectors that share q go through N together, in one
   * pass; W y_pre is known.
   */
  function through({ s, u, v, N }: Piece, { rows }: Value, pieces: readonly Piece[]): Piece[] {
    const shape = rows as 'post' | 'pre';
    const apply = (x: number) => nodes.multiply(u, nodes.times(N, shape, nodes.multiply(v, x)));
    const isKnown = (piece: Piece) => shape === 'post' && nodes.isDrive(N, nodes.multiply(v, piece.u));
    return [...new Set(pieces.map(({ v }) => v))].flatMap((q) => {
      const group = pieces.filter((piece) => piece.v === q);
      const known = group.filter(isKnown);
      const rest = group.filter((piece) => !isKnown(piece));
      const single = rest.length === 1 ? [...known, ...rest] : known;
      const result = single.map((piece) => ({ s: nodes.multiply(s, piece.s), u: apply(piece.u), v: q, N: [] }));
      if (rest.length < 2) return result;
      const x = rest.map((piece) => nodes.multiply(piece.s, piece.u)).reduce((sum, next) => nodes.sum(sum, next));
      return [...result, { s, u: apply(x), v: q, N: [] }];
    });
  }

  /** Adds up the pieces of equal u, v and N and leaves out those that are zero. */
  function merge(rows: Dimension, columns: Dimension, pieces: readonly Piece[]): Value {
    const byVectors = new Map<string, Piece>();
    for (const { s, u, v, N } of pieces) {
      const key = `${u} ${v} ${N}`;
      byVectors.set(key, { s: nodes.sum(byVectors.get(key)?.s ?? NONE, s), u, v, N });
    }
    return { rows, columns, pieces: [...byVectors.values()].filter(({ s }) => !nodes.isZero(s)) };
  }

  return visit(expression);
}

/** A number or a vector as one node. */
export function asNode({ rows, columns, pieces }: Value, nodes: NodeTable): number {
  if (pieces.length === 0) {
    const dimension = rows === '1' ? columns : rows;
    const zero = nodes.constant(0);
    return dimension === '1' ? zero : nodes.multiply(zero, nodes.leaf(dimension === 'post' ? 'one' : 'one_pre'));
  }
  const terms = pieces.map(({ s, u, v }) => nodes.multiply(nodes.multiply(s, u), v));
  return terms.reduce((x, y) => nodes.sum(x, y));
}

function raise(error: Error): never {
  throw error;
}
