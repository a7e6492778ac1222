/**
 * The rule at one layer and step: the update dM = sum_u U_u R_u' + a W + b B with R_u = sum_v C_uv V_v of each matrix M
 * that learns, W and perhaps B, all from W and B as they were before; and its reverse.
 * Every node's value is a vector; a scalar is a vector of length 1. Each operation's forward and reverse stand together.
 */
import type { Leaf, MatrixName, Node, Program } from '../../plasticity/program.js';
import { addProduct, addTo, dot, type Matrix } from './matrix.js';

/** What a layer offers to a rule at one step: values going forward, adjoints going back. */
export type Leaves = Readonly<Record<Leaf, Float64Array>>;

/** Something of a layer's W, and of its B where it has such a thing. */
export type PerMatrix<T> = { readonly W: T; readonly B?: T | undefined };

/** All that the update of one matrix keeps for the way back. */
export interface Update {
  /** Value of each node of the program. */
  readonly values: readonly Float64Array[];
  /** R_u, pre-synaptic, one per U. */
  readonly R: readonly Float64Array[];
  /** a and b, the numbers in front of W and B; absent where there is none. */
  readonly scales: Readonly<Partial<Record<MatrixName, number>>>;
}

interface Operation<N extends Node> {
  /** Adds the node's value to `x` (zero before). */
  forward(node: N, x: Float64Array, values: readonly Float64Array[], layer: Forward): void;
  /** Given g, the adjoint of the node's value, adds to the adjoints of what it was made from. */
  reverse(
    node: N,
    g: Float64Array,
    values: readonly Float64Array[],
    bars: readonly Float64Array[],
    layer: Reverse,
  ): void;
}

/** B is absent where the feedback is no matrix of W's shape. */
interface Forward extends PerMatrix<Matrix> {
  readonly leaves: Leaves;
  readonly theta: Float64Array;
}

/** W and B are those before the update. */
interface Reverse extends PerMatrix<Matrix> {
  /** dLoss/dW and dLoss/dB, so far. B's is absent where B is held constant, and W's own where B is W. */
  readonly Lam: PerMatrix<Matrix>;
  /** Adjoints of the leaves; what is added to `one` and `one_pre` is of no use to anybody. */
  readonly leafBars: Leaves;
  readonly thetaBar: Float64Array;
}

const OPERATIONS: { readonly [K in Node['op']]: Operation<Extract<Node, { op: K }>> } = {
  leaf: {
    forward: ({ leaf }, x, _values, { leaves }) => x.set(leaves[leaf]),
    reverse: ({ leaf }, g, _values, _bars, { leafBars }) => addTo(leafBars[leaf], 1, g),
  },
  theta: {
    forward: ({ index }, x, _values, { theta }) => x.fill(theta[index]!),
    reverse: ({ index }, g, _values, _bars, { thetaBar }) => addTo(thetaBar.subarray(index, index + 1), 1, g),
  },
  const: {
    forward: ({ value }, x) => x.fill(value),
    reverse: () => {},
  },
  add: {
    forward({ a, b }, x, values) {
      addTo(x, 1, values[a]!);
      addTo(x, 1, values[b]!);
    },
    reverse({ a, b }, g, _values, bars) {
      addTo(bars[a]!, 1, g);
      addTo(bars[b]!, 1, g);
    },
  },
  mul: {
    forward({ a, b }, x, values) {
      addProduct(x, values[a]!, values[b]!);
    },
    reverse({ a, b }, g, values, bars) {
      if (bars[a]!.length === 1) bars[a]![0]! += dot(values[b]!, g);
      else addProduct(bars[a]!, values[b]!, g);
      addProduct(bars[b]!, values[a]!, g);
    },
  },
  dot: {
    forward({ a, b }, x, values) {
      x[0] = dot(values[a]!, values[b]!);
    },
    reverse({ a, b }, g, values, bars) {
      addTo(bars[a]!, g[0]!, values[b]!);
      addTo(bars[b]!, g[0]!, values[a]!);
    },
  },
  Wx: times('W'),
  Bx: times('B'),
  Wtp: transposeTimes('W'),
  Btp: transposeTimes('B'),
};

/** x = M c */
function times(name: MatrixName): Operation<Node & { readonly op: 'Wx' | 'Bx' }> {
  return {
    forward: ({ a }, x, values, layer) => layer[name]!.times(values[a]!, x),
    reverse({ a }, g, values, bars, { [name]: M, Lam }) {
      M!.transposeTimes(g, bars[a]!);
      Lam[name]?.add(g, values[a]!);
    },
  };
}

/** x = M'c */
function transposeTimes(name: MatrixName): Operation<Node & { readonly op: 'Wtp' | 'Btp' }> {
  return {
    forward: ({ a }, x, values, layer) => layer[name]!.transposeTimes(values[a]!, x),
    reverse({ a }, g, values, bars, { [name]: M, Lam }) {
      M!.times(g, bars[a]!);
      Lam[name]?.add(values[a]!, g);
    },
  };
}

const zeros = (values: readonly Float64Array[]) => values.map((value) => new Float64Array(value.length));

const OTHER = { W: 'B', B: 'W' } as const;

function each<T, R>({ W, B }: PerMatrix<T>, make: (of: T, name: MatrixName) => R): PerMatrix<R> {
  return B === undefined ? { W: make(W, 'W') } : { W: make(W, 'W'), B: make(B, 'B') };
}

/** Does a matrix change by a share of the other one, so that it matters which is changed first? */
const crosses = ({ W, B }: PerMatrix<Program>): boolean => W.b >= 0 || (B !== undefined && B.a >= 0);

/** Works out what the programs come to on W and B, then changes the matrices that have one. */
export function applyUpdates(programs: PerMatrix<Program>, layer: Forward): PerMatrix<Update> {
  const updates = each(programs, (program) => evaluate(program, layer));
  changeMatrices(programs, layer, updates, crosses(programs) ? each<Matrix, Matrix>(layer, (M) => M.copy()) : layer);
  return updates;
}

function evaluate(program: Program, layer: Forward): Update {
  const { W } = layer;
  const length = { scalar: 1, post: W.rows, pre: W.columns };
  const values: Float64Array[] = [];
  for (const node of program.nodes) {
    const x = new Float64Array(length[node.shape]);
    (OPERATIONS[node.op] as Operation<Node>).forward(node, x, values, layer);
    values.push(x);
  }
  const R = program.C.map((row) => {
    const sum = new Float64Array(W.columns);
    for (const [v, c] of row.entries()) if (c >= 0) addTo(sum, values[c]![0]!, values[program.V[v]!]!);
    return sum;
  });
  const { a, b } = program;
  return { values, R, scales: { ...(a >= 0 && { W: values[a]![0]! }), ...(b >= 0 && { B: values[b]![0]! }) } };
}

/** M <- M + a W + b B + sum_u U_u R_u' from what was kept; `before` are W and B before the update. */
export function changeMatrices(
  programs: PerMatrix<Program>,
  layer: PerMatrix<Matrix>,
  updates: PerMatrix<Update>,
  before: PerMatrix<Matrix>,
): void {
  each(programs, ({ U }, name) => {
    const M = layer[name]!;
    const { values, R, scales } = updates[name]!;
    const { [name]: own, [OTHER[name]]: cross } = scales;
    if (own !== undefined) M.multiply(1 + own);
    if (cross !== undefined) M.addScaled(cross, before[OTHER[name]]!);
    for (const [i, u] of U.entries()) M.add(values[u]!, R[i]!);
  });
}

/**
 * Reverse of applyUpdates: turns Lam, dLoss/dW and dLoss/dB after the update, into those before it, adding to the other
 * adjoints.
 */
export function reverseUpdates(programs: PerMatrix<Program>, updates: PerMatrix<Update>, layer: Reverse): void {
  const { Lam } = layer;
  const bars = each(programs, (program, name) => factorBars(program, updates[name]!, layer, Lam[name]!));
  const after = crosses(programs) ? each(Lam, (M) => M.copy()) : Lam;
  each(updates, ({ scales }, name) => {
    if (scales[name] !== undefined) Lam[name]!.multiply(1 + scales[name]);
  });
  each(updates, ({ scales }, name) => {
    const cross = scales[OTHER[name]];
    if (cross !== undefined) Lam[OTHER[name]]?.addScaled(cross, after[name]!);
  });
  each(programs, ({ nodes }, name) => {
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]!;
      const operation = OPERATIONS[node.op] as Operation<Node>;
      operation.reverse(node, bars[name]![i]!, updates[name]!.values, bars[name]!, layer);
    }
  });
}

/** Adjoints of the nodes that the update of M is made from; Lam is dLoss/dM after it. */
function factorBars(program: Program, { values, R }: Update, { W, B }: Reverse, Lam: Matrix): Float64Array[] {
  const bars = zeros(values);
  const RBars = zeros(R);
  program.U.forEach((u, i) => {
    Lam.times(R[i]!, bars[u]!);
    Lam.transposeTimes(values[u]!, RBars[i]!);
  });
  for (const [u, row] of program.C.entries())
    for (const [v, c] of row.entries()) {
      if (c < 0) continue;
      bars[c]![0]! += dot(RBars[u]!, values[program.V[v]!]!);
      addTo(bars[program.V[v]!]!, values[c]![0]!, RBars[u]!);
    }
  if (program.a >= 0) bars[program.a]![0]! += Lam.inner(W);
  if (program.b >= 0) bars[program.b]![0]! += Lam.inner(B!);
  return bars;
}
