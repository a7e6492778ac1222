/**
 * The rule at one layer and step: the update dW = sum_u U_u R_u' + a W with R_u = sum_v C_uv V_v, and its reverse.
 * Every node's value is a vector; a scalar is a vector of length 1. Each operation's forward and reverse stand together.
 */
import type { Leaf, Node, Program } from '../../plasticity/program.js';
import { addProduct, addTo, dot, type Matrix } from './matrix.js';

/** What a layer offers to a rule at one step: values going forward, adjoints going back. */
export type Leaves = Readonly<Record<Leaf, Float64Array>>;

/** All that one layer's update keeps for the way back. */
export interface Update {
  /** Value of each node of the program. */
  readonly values: readonly Float64Array[];
  /** R_u, pre-synaptic, one per U. */
  readonly R: readonly Float64Array[];
  /** The decay a. */
  readonly a: number;
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

interface Forward {
  readonly W: Matrix;
  readonly leaves: Leaves;
  readonly theta: Float64Array;
}

interface Reverse {
  /** W before the update. */
  readonly W: Matrix;
  /** dLoss/dW, so far. */
  readonly Lam: Matrix;
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
  /** x = W c */
  Wx: {
    forward: ({ a }, x, values, { W }) => W.times(values[a]!, x),
    reverse({ a }, g, values, bars, { W, Lam }) {
      W.transposeTimes(g, bars[a]!);
      Lam.add(g, values[a]!);
    },
  },
  /** x = W'c */
  Wtp: {
    forward: ({ a }, x, values, { W }) => W.transposeTimes(values[a]!, x),
    reverse({ a }, g, values, bars, { W, Lam }) {
      W.times(g, bars[a]!);
      Lam.add(values[a]!, g);
    },
  },
};

const zeros = (values: readonly Float64Array[]) => values.map((value) => new Float64Array(value.length));

/** Evaluate the program on W, then W <- (1 + a) W + sum_u U_u R_u'. */
export function applyUpdate(program: Program, layer: Forward): Update {
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
  const a = program.a >= 0 ? values[program.a]![0]! : 0;
  changeWeights(program, W, { values, R, a });
  return { values, R, a };
}

/** W <- (1 + a) W + sum_u U_u R_u' from what was kept. */
export function changeWeights(program: Program, W: Matrix, { values, R, a }: Update): void {
  if (program.a >= 0) W.multiply(1 + a);
  for (const [i, u] of program.U.entries()) W.add(values[u]!, R[i]!);
}

/** Reverse of applyUpdate: turns Lam = dLoss/dW after the update into dLoss/dW before it, adding to the other adjoints. */
export function reverseUpdate(program: Program, { values, R, a }: Update, layer: Reverse): void {
  const { W, Lam } = layer;
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
  if (program.a >= 0) {
    bars[program.a]![0]! += Lam.inner(W);
    Lam.multiply(1 + a);
  }
  for (let i = program.nodes.length - 1; i >= 0; i--) {
    const node = program.nodes[i]!;
    (OPERATIONS[node.op] as Operation<Node>).reverse(node, bars[i]!, values, bars, layer);
  }
}
