/**
 * The rule at one layer and step: what each quantity becomes, all from the quantities as they were before; and its reverse.
 * Every node's value is a vector; a scalar is a vector of length 1. Each operation's forward and reverse stand together.
 *
 *     next M = sum over parts of  S .* P,    S = sum_u U_u R_u',  R_u = sum_v C_uv V_v,  P the product of the matrices N
 */
import { FUNCTIONS, larger, shareOfFirst } from '../../plasticity/functions.js';
import { isScaling, type Node, type Part, type Program, partsOf } from '../../plasticity/program.js';
import { addProduct, addTo, dot, Matrix } from './matrix.js';
import type { Table } from './table.js';

/** A layer's quantities before the step. */
interface Forward extends Table {
  readonly theta: Float64Array;
}

interface Reverse extends Table {
  /** Adjoints of the quantities before the step, so far; absent where a quantity is held constant. */
  readonly bars: Table;
  readonly thetaBar: Float64Array;
}

interface Operation<N extends Node> {
  /** Adds the node's value to `x` (zero before). */
  forward(node: N, x: Float64Array, values: readonly Float64Array[], layer: Forward): void;
  /** Given x and its adjoint g, adds to the adjoints of what it was made from. */
  reverse(
    node: N,
    g: Float64Array,
    x: Float64Array,
    values: readonly Float64Array[],
    bars: readonly Float64Array[],
    layer: Reverse,
  ): void;
}

/** An element of a vector, or the number that stands beside all of them. */
const element = (x: Float64Array, i: number): number => x[x.length === 1 ? 0 : i]!;
const addElement = (x: Float64Array, i: number, value: number): void => {
  x[x.length === 1 ? 0 : i]! += value;
};

const extreme: Operation<Node & { readonly op: 'max' | 'min' }> = {
  forward({ op, a, b }, x, values) {
    for (let i = 0; i < x.length; i++) x[i] = larger(op, element(values[a]!, i), element(values[b]!, i));
  },
  reverse({ op, a, b }, g, _x, values, bars) {
    for (let i = 0; i < g.length; i++) {
      const share = shareOfFirst(op, element(values[a]!, i), element(values[b]!, i));
      addElement(bars[a]!, i, share * g[i]!);
      addElement(bars[b]!, i, (1 - share) * g[i]!);
    }
  },
};

const OPERATIONS: { readonly [K in Node['op']]: Operation<Extract<Node, { op: K }>> } = {
  quantity: {
    forward: ({ name }, x, _values, { vectors }) => x.set(vectors[name]!),
    reverse: ({ name }, g, _x, _values, _bars, { bars }) => addTo(bars.vectors[name]!, 1, g),
  },
  theta: {
    forward: ({ index }, x, _values, { theta }) => x.fill(theta[index]!),
    reverse: ({ index }, g, _x, _values, _bars, { thetaBar }) => addTo(thetaBar.subarray(index, index + 1), 1, g),
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
    reverse({ a, b }, g, _x, _values, bars) {
      addTo(bars[a]!, 1, g);
      addTo(bars[b]!, 1, g);
    },
  },
  mul: {
    forward({ a, b }, x, values) {
      addProduct(x, values[a]!, values[b]!);
    },
    reverse({ a, b }, g, _x, values, bars) {
      if (bars[a]!.length === 1) bars[a]![0]! += dot(values[b]!, g);
      else addProduct(bars[a]!, values[b]!, g);
      addProduct(bars[b]!, values[a]!, g);
    },
  },
  max: extreme,
  min: extreme,
  dot: {
    forward({ a, b }, x, values) {
      x[0] = dot(values[a]!, values[b]!);
    },
    reverse({ a, b }, g, _x, values, bars) {
      addTo(bars[a]!, g[0]!, values[b]!);
      addTo(bars[b]!, g[0]!, values[a]!);
    },
  },
  apply: {
    forward({ f, a }, x, values) {
      for (let i = 0; i < x.length; i++) x[i] = FUNCTIONS[f].value(values[a]![i]!);
    },
    reverse({ f, a }, g, x, values, bars) {
      for (let i = 0; i < g.length; i++) bars[a]![i]! += FUNCTIONS[f].slope(values[a]![i]!, x[i]!) * g[i]!;
    },
  },
  /** x = P c, or P'c. */
  times: {
    forward({ shape, N, a }, x, values, { matrices }) {
      const P = product(N, matrices);
      if (shape === 'post') P.times(values[a]!, x);
      else P.transposeTimes(values[a]!, x);
    },
    reverse({ shape, N, a }, g, _x, values, bars, { matrices, bars: { matrices: Lam } }) {
      const P = product(N, matrices);
      if (shape === 'post') P.transposeTimes(g, bars[a]!);
      else P.times(g, bars[a]!);
      const [post, pre] = shape === 'post' ? [g, values[a]!] : [values[a]!, g];
      addToEach(N, matrices, Lam, (to) => to.add(post, pre));
    },
  },
};

/** The element-wise product of the matrices N: of one, itself. */
function product(N: readonly string[], matrices: Table['matrices']): Matrix {
  const [first, ...others] = N.map((name) => matrices[name]!);
  if (others.length === 0) return first!;
  const result = first!.copy();
  for (const other of others) result.multiplyEach(other);
  return result;
}

/** Lam_X += G .* (the product of N without one X), for each X in N that has an adjoint; `add` adds G to a matrix. */
function addToEach(
  N: readonly string[],
  matrices: Table['matrices'],
  Lam: Readonly<Partial<Table['matrices']>>,
  add: (to: Matrix) => void,
): void {
  for (const [i, name] of N.entries()) {
    const to = Lam[name];
    if (!to) continue;
    if (N.length === 1) add(to);
    else {
      const G = new Matrix(to.rows, to.columns);
      add(G);
      G.multiplyEach(product(N.toSpliced(i, 1), matrices));
      to.addScaled(1, G);
    }
  }
}

/** All that a layer's step keeps for the way back. */
export interface Kept {
  /** Value of each node of the program. */
  readonly values: readonly Float64Array[];
  /** R_u, pre-synaptic, one per U of each part of each matrix that changes. */
  readonly R: Readonly<Record<string, readonly (readonly Float64Array[])[]>>;
}

/** Works out what a program comes to; changes nothing. */
export function evaluate(program: Program, layer: Forward): Kept {
  const length = { scalar: 1, post: layer.vectors.one!.length, pre: layer.vectors.one_pre!.length };
  const values: Float64Array[] = [];
  for (const node of program.nodes) {
    const x = new Float64Array(length[node.shape]);
    (OPERATIONS[node.op] as Operation<Node>).forward(node, x, values, layer);
    values.push(x);
  }
  const rightSide = ({ C, V }: Part) =>
    C.map((row) => {
      const sum = new Float64Array(length.pre);
      for (const [v, c] of row.entries()) if (c >= 0) addTo(sum, values[c]![0]!, values[V[v]!]!);
      return sum;
    });
  const R = Object.keys(program.next).map((name) => [name, partsOf(program, name)?.map(rightSide) ?? []] as const);
  return { values, R: Object.fromEntries(R) };
}

/** The number that a part scales its matrix by; undefined where it is none of that. */
function scaleOf({ N, C, ...part }: Part, { nodes }: Program, values: readonly Float64Array[]): number | undefined {
  return N.length === 1 && isScaling(part, nodes) ? values[C[0]![0]!]![0]! : undefined;
}

/** S = sum_u U_u R_u', added to `to`. */
function addOuter(to: Matrix, { U }: Part, values: readonly Float64Array[], R: readonly Float64Array[]): void {
  for (const [i, u] of U.entries()) to.add(values[u]!, R[i]!);
}

/**
 * Fills `to` with what the quantities of `from` become, which the rule sees as `matrices`; what the program does not name
 * stays as it is.
 */
export function advance(
  program: Program,
  { values, R }: Kept,
  { matrices }: Pick<Table, 'matrices'>,
  from: Table,
  to: Table,
): void {
  for (const [name, vector] of Object.entries(to.vectors)) {
    const node = program.next[name];
    vector.set(typeof node === 'number' ? values[node]! : from.vectors[name]!);
  }
  for (const [name, M] of Object.entries(to.matrices)) {
    const parts = partsOf(program, name);
    if (!parts) {
      M.copyFrom(from.matrices[name]!);
      continue;
    }
    M.data.fill(0);
    for (const [p, part] of parts.entries()) {
      const scale = scaleOf(part, program, values);
      if (scale !== undefined) M.addScaled(scale, matrices[part.N[0]!]!);
      else if (part.N.length === 0) addOuter(M, part, values, R[name]![p]!);
      else {
        const S = new Matrix(M.rows, M.columns);
        addOuter(S, part, values, R[name]![p]!);
        S.multiplyEach(product(part.N, matrices));
        M.addScaled(1, S);
      }
    }
  }
}

/**
 * Reverse of `evaluate` and `advance`: from `after`, the adjoints of what quantities became, adds to the adjoints of the
 * quantities before. A quantity that the program does not name passes its adjoint on.
 */
export function reverse(program: Program, { values, R }: Kept, after: Table, layer: Reverse): void {
  const { nodes, next } = program;
  const bars = values.map(({ length }) => new Float64Array(length));
  for (const [name, bar] of Object.entries(after.vectors)) {
    const node = next[name];
    addTo(typeof node === 'number' ? bars[node]! : layer.bars.vectors[name]!, 1, bar);
  }
  for (const [name, Lam] of Object.entries(after.matrices)) {
    const parts = partsOf(program, name);
    if (!parts) layer.bars.matrices[name]?.addScaled(1, Lam);
    else for (const [p, part] of parts.entries()) reversePart(part, R[name]![p]!, Lam, program, values, bars, layer);
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    (OPERATIONS[node.op] as Operation<Node>).reverse(node, bars[i]!, values[i]!, values, bars, layer);
  }
}

/** Lam is the adjoint of the sum that the part belongs to. */
function reversePart(
  part: Part,
  R: readonly Float64Array[],
  Lam: Matrix,
  program: Program,
  values: readonly Float64Array[],
  bars: readonly Float64Array[],
  { matrices, bars: { matrices: LamOf } }: Reverse,
): void {
  const { N, U, V, C } = part;
  const scale = scaleOf(part, program, values);
  if (scale !== undefined) {
    bars[C[0]![0]!]![0]! += Lam.inner(matrices[N[0]!]!);
    LamOf[N[0]!]?.addScaled(scale, Lam);
    return;
  }
  let SBar = Lam;
  if (N.length > 0) {
    SBar = Lam.copy();
    SBar.multiplyEach(product(N, matrices));
    const S = new Matrix(Lam.rows, Lam.columns);
    addOuter(S, part, values, R);
    S.multiplyEach(Lam);
    addToEach(N, matrices, LamOf, (to) => to.addScaled(1, S));
  }
  const RBars = R.map(({ length }) => new Float64Array(length));
  for (const [i, u] of U.entries()) {
    SBar.times(R[i]!, bars[u]!);
    SBar.transposeTimes(values[u]!, RBars[i]!);
  }
  for (const [u, row] of C.entries())
    for (const [v, c] of row.entries()) {
      if (c < 0) continue;
      bars[c]![0]! += dot(RBars[u]!, values[V[v]!]!);
      addTo(bars[V[v]!]!, values[c]![0]!, RBars[u]!);
    }
}
