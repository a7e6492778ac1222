/**
 * Syntax tree -> algebra. Every value of the grammar, from a number to a matrix, is of one form,
 *
 *     sum_i  s_i u_i v_i'  +  a W  +  b B          rows x columns, each 1, post or pre
 *
 * with scalars s, a, b and vectors u, v that are nodes of the program (UNIT stands for the 1 in a row, a column or a
 * number). Sums, products, transposes and element-wise products of such forms are such forms again, so nothing here
 * knows a term by name. W times W, or B, would not be of low rank and is refused. A constant is a scalar like theta.
 */
import { shortened } from '../text.js';
import { type Expression, errorAt, type Span, UnknownNameError } from './grammar.js';
import { NONE, type NodeTable, UNIT } from './nodes.js';
import { type Leaf, MATRICES, type MatrixName, type Shape } from './program.js';

export type Dimension = 'post' | 'pre' | '1';

export interface Value {
  readonly rows: Dimension;
  readonly columns: Dimension;
  /** The rank-one pieces s u v'. */
  readonly pieces: readonly Piece[];
  /** Scalar in front of each matrix (of its transpose where the value is pre x post), or NONE. */
  readonly scales: Scales;
}

export type Scales = Readonly<Record<MatrixName, number>>;

/** No matrix at all. */
export const NO_MATRIX: Scales = { W: NONE, B: NONE };

export interface Piece {
  readonly s: number;
  readonly u: number;
  readonly v: number;
}

const LEAVES: Readonly<Record<Leaf, Shape>> = {
  y: 'post',
  e: 'post',
  z: 'post',
  one: 'post',
  y_pre: 'pre',
  e_pre: 'pre',
  one_pre: 'pre',
};

/** Words that a formula reads as its own: no constant and no term can have such a name. */
export const RESERVED: readonly string[] = [...Object.keys(LEAVES), ...MATRICES, 'sum'];

/** So many rank-one pieces are more than any rule needs, and would take minutes an episode. */
const MOST_PIECES = 256;

/**
 * What the expression means, in nodes of `nodes`.
 * @param constants the nodes of learned constants, by name
 * @throws RuleError for unknown names, shapes that do not fit and W times W.
 */
export function evaluate(
  expression: Expression,
  text: string,
  nodes: NodeTable,
  constants: ReadonlyMap<string, number> = new Map(),
): Value {
  const fail = (at: Span, problem: string) => errorAt(text, at, problem);
  const quote = (at: Span, value: Value) =>
    `"${shortened(text.slice(at.start, at.end))}" (${value.rows} x ${value.columns})`;

  function visit(at: Expression): Value {
    switch (at.kind) {
      case 'number':
        return scalar(nodes.constant(at.value));
      case 'name': {
        const matrix = MATRICES.find((name) => name === at.name);
        if (matrix) {
          const scales = { ...NO_MATRIX, [matrix]: nodes.constant(1) };
          return { rows: 'post', columns: 'pre', pieces: [], scales };
        }
        const constant = constants.get(at.name);
        if (constant !== undefined) return scalar(constant);
        if (!Object.hasOwn(LEAVES, at.name)) {
          const valid = [...RESERVED, ...constants.keys()];
          const { message } = fail(
            at,
            `unknown name '${shortened(at.name)}' (valid: ${shortened(valid.join(', '), 1000)})`,
          );
          throw new UnknownNameError(message, at.name, valid);
        }
        const leaf = at.name as Leaf;
        const u = nodes.leaf(leaf, LEAVES[leaf]);
        return {
          rows: LEAVES[leaf] as Dimension,
          columns: '1',
          pieces: [{ s: nodes.constant(1), u, v: UNIT }],
          scales: NO_MATRIX,
        };
      }
      case 'negate':
        return scale(nodes.constant(-1), visit(at.of));
      case 'transpose':
        return transpose(visit(at.of));
      case 'sum': {
        const of = visit(at.of);
        return multiply(multiply(ones(of.rows, true), of), ones(of.columns, false));
      }
      case 'add': {
        const left = visit(at.left);
        const right = visit(at.right);
        if (left.rows !== right.rows || left.columns !== right.columns)
          throw fail(at.right, `cannot add ${quote(at.right, right)} to ${quote(at.left, left)}`);
        return check(
          at,
          merge(left.rows, left.columns, [...left.pieces, ...right.pieces], {
            W: nodes.sum(left.scales.W, right.scales.W),
            B: nodes.sum(left.scales.B, right.scales.B),
          }),
        );
      }
      case 'elementwise': {
        const left = visit(at.left);
        const right = visit(at.right);
        if (isScalar(left)) return scale(number(left), right);
        if (isScalar(right)) return scale(number(right), left);
        if (left.rows !== right.rows || left.columns !== right.columns)
          throw fail(
            at.right,
            `cannot multiply ${quote(at.left, left)} element by element by ${quote(at.right, right)}`,
          );
        const [matrix] = [...matricesOf(left), ...matricesOf(right)];
        if (matrix) throw fail(at, `${matrix} can be multiplied by a number or a matrix, but not element by element`);
        const pieces = left.pieces.flatMap((l) =>
          right.pieces.map((r) => ({ s: nodes.multiply(l.s, r.s), u: times(l.u, r.u), v: times(l.v, r.v) })),
        );
        return check(at, merge(left.rows, left.columns, pieces, NO_MATRIX));
      }
      case 'product':
        return chain(at, at.factors.map(visit));
    }
  }

  const matricesOf = ({ scales }: Value): MatrixName[] => MATRICES.filter((name) => scales[name] !== NONE);

  /** Matrix products may be bracketed either way: W W' y is W (W'y), though W W' alone is refused. */
  function chain(at: Expression & { kind: 'product' }, values: Value[]): Value {
    let refused = '';
    const fold = (left: Value, right: Value, leftAt: Span, rightAt: Span): Value | undefined => {
      if (!isScalar(left) && !isScalar(right)) {
        if (left.columns !== right.rows)
          throw fail(rightAt, `cannot multiply ${quote(leftAt, left)} by ${quote(rightAt, right)}`);
        const [[first], [second]] = [matricesOf(left), matricesOf(right)];
        if (first && second) {
          refused ||= `${first} times ${second}`;
          return undefined;
        }
      }
      return check(at, multiply(left, right));
    };
    const { factors } = at;
    const from = (i: number, j: number): Span => ({ start: factors[i]!.start, end: factors[j]!.end });
    const last = values.length - 1;
    let left: Value | undefined = values[0]!;
    for (let i = 1; i <= last && left; i++) left = fold(left, values[i]!, from(0, i - 1), factors[i]!);
    if (left) return left;
    let right: Value | undefined = values[last]!;
    for (let i = last - 1; i >= 0 && right; i--) right = fold(values[i]!, right, factors[i]!, from(i + 1, last));
    if (right) return right;
    throw fail(at, `${refused} is not supported (the update would not be of low rank)`);
  }

  function check(at: Span, value: Value): Value {
    if (value.pieces.length > MOST_PIECES)
      throw fail(at, `the formula expands into more than ${MOST_PIECES} products; write it with fewer sums`);
    return value;
  }

  // The algebra proper.

  const scalar = (s: number): Value => merge('1', '1', [{ s, u: UNIT, v: UNIT }], NO_MATRIX);
  const isScalar = (value: Value) => value.rows === '1' && value.columns === '1';
  /** The number that a 1 x 1 value is. */
  const number = (value: Value) => value.pieces[0]?.s ?? nodes.constant(0);

  function ones(dimension: Dimension, asRow: boolean): Value {
    if (dimension === '1') return scalar(nodes.constant(1));
    const u = nodes.leaf(dimension === 'post' ? 'one' : 'one_pre', dimension);
    const pieces = [{ s: nodes.constant(1), u, v: UNIT }];
    const column: Value = { rows: dimension, columns: '1', pieces, scales: NO_MATRIX };
    return asRow ? transpose(column) : column;
  }

  const transpose = ({ rows, columns, pieces, scales }: Value): Value => ({
    rows: columns,
    columns: rows,
    pieces: pieces.map(({ s, u, v }) => ({ s, u: v, v: u })),
    scales,
  });

  const scale = (by: number, { rows, columns, pieces, scales: { W, B } }: Value): Value =>
    merge(
      rows,
      columns,
      pieces.map(({ s, u, v }) => ({ s: nodes.multiply(by, s), u, v })),
      { W: W === NONE ? NONE : nodes.multiply(by, W), B: B === NONE ? NONE : nodes.multiply(by, B) },
    );

  const times = (x: number, y: number): number => (x === UNIT ? UNIT : nodes.multiply(x, y));

  function multiply(left: Value, right: Value): Value {
    if (isScalar(left)) return scale(number(left), right);
    if (isScalar(right)) return scale(number(right), left);
    const pieces: Piece[] = [];
    for (const l of left.pieces)
      for (const r of right.pieces)
        pieces.push({ s: nodes.multiply(nodes.multiply(l.s, r.s), nodes.dot(l.v, r.u)), u: l.u, v: r.v });
    for (const matrix of matricesOf(left)) pieces.push(...through(matrix, left, right.pieces));
    for (const matrix of matricesOf(right)) {
      // (u v') W = u (W'v)' is the transpose of W'(v u').
      const turned = through(matrix, transpose(right), transpose(left).pieces);
      pieces.push(...transpose({ ...left, pieces: turned }).pieces);
    }
    return merge(left.rows, right.columns, pieces, NO_MATRIX);
  }

  /** a M (or a M') times sum s u v': vectors that share v go through M together, in one pass; W y_pre is known. */
  function through(matrix: MatrixName, { rows, scales }: Value, pieces: readonly Piece[]): Piece[] {
    const a = scales[matrix];
    const apply = (x: number) => (rows === 'post' ? nodes.forward(matrix, x) : nodes.backward(matrix, x));
    const isKnown = ({ u }: Piece) => matrix === 'W' && nodes.isInput(u);
    return [...new Set(pieces.map(({ v }) => v))].flatMap((v) => {
      const group = pieces.filter((piece) => piece.v === v);
      const known = group.filter(isKnown);
      const rest = group.filter((piece) => !isKnown(piece));
      const single = rest.length === 1 ? [...known, ...rest] : known;
      const result = single.map(({ s, u }) => ({ s: nodes.multiply(a, s), u: apply(u), v }));
      if (rest.length < 2) return result;
      const x = rest.map(({ s, u }) => nodes.multiply(s, u)).reduce((sum, next) => nodes.sum(sum, next));
      return [...result, { s: a, u: apply(x), v }];
    });
  }

  /** Adds up the pieces of equal u and v and leaves out those that are zero. */
  function merge(rows: Dimension, columns: Dimension, pieces: readonly Piece[], scales: Scales): Value {
    const byVectors = new Map<string, Piece>();
    for (const { s, u, v } of pieces) {
      const key = `${u} ${v}`;
      byVectors.set(key, { s: nodes.sum(byVectors.get(key)?.s ?? NONE, s), u, v });
    }
    return {
      rows,
      columns,
      pieces: [...byVectors.values()].filter(({ s }) => !nodes.isZero(s)),
      scales: { W: nonZero(scales.W), B: nonZero(scales.B) },
    };
  }

  const nonZero = (scale: number): number => (scale !== NONE && nodes.isZero(scale) ? NONE : scale);

  return visit(expression);
}
