/**
 * The rule at one layer: its program run once a step, W <- scale W + sum_u U_u R_u' with R_u = sum_v C_uv V_v, and the
 * reverse. The same as the reference engine's rule.ts, over rows in the kernels' memory.
 */
import type { Leaf, Node } from '../../plasticity/program.js';
import type { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import type { LowRank } from './low-rank.js';
import type { Weights } from './weights.js';

/** The leaves that this engine has; `beyondEngine` refuses others. */
export type LayerLeaf = Extract<Leaf, 'y' | 'e' | 'z' | 'one' | 'y_pre' | 'e_pre' | 'one_pre'>;

/** Where a layer keeps what it offers to a rule, one row a step. */
export type LeafRows = Readonly<Record<LayerLeaf, Rows>>;

/** Where the adjoints of a layer's leaves are added up within a step; 0 where nobody needs them. */
export type LeafBars = Readonly<Record<LayerLeaf, number>>;

/** A rule's values and adjoints at one step, as its operations see them. One object for all of a layer's steps: one each costs half an episode. */
interface Step {
  readonly k: Kernels;
  readonly nodes: readonly Node[];
  readonly weights: Weights;
  readonly lam: Adjoint;
  /** Scalars: node i's value is s[first + i], its adjoint sBar[i]. */
  s: Float64Array;
  first: number;
  readonly sBar: Float64Array;
  /** Address of vector node i's value, and of its adjoint; 0 where nobody needs that. */
  at(i: number): number;
  readonly bars: readonly number[];
  theta: Float64Array;
  thetaBar: Float64Array;
  /** Elements of vector node i. */
  length(i: number): number;
}

interface Operation<N extends Node> {
  /** Is a vector node's adjoint needed, given whether that of each of its operands is (of scalars always)? */
  varies(node: N, operand: (i: number) => boolean): boolean;
  forward(node: N, i: number, step: Step): void;
  /** Only for nodes whose adjoint is needed. */
  reverse(node: N, i: number, step: Step): void;
}

/** Not of this engine's rules: `beyondEngine` refuses them, and whoever comes by it fails. */
const missing: Operation<Node> = {
  varies: () => true,
  forward: ({ op }) => refuse(op),
  reverse: ({ op }) => refuse(op),
};

function refuse(op: string): never {
  throw new Error(`the wasm engine has no operation ${op}: use the reference engine`);
}

const OPERATIONS: { readonly [K in Node['op']]: Operation<Extract<Node, { op: K }>> } = {
  /** Leaves are where the layer keeps them. */
  quantity: { varies: () => false, forward() {}, reverse() {} },
  theta: {
    varies: () => true,
    forward({ index }, i, { s, first, theta }) {
      s[first + i] = theta[index]!;
    },
    reverse({ index }, i, { sBar, thetaBar }) {
      thetaBar[index]! += sBar[i]!;
    },
  },
  const: {
    varies: () => false,
    forward({ value }, i, { s, first }) {
      s[first + i] = value;
    },
    reverse() {},
  },
  add: {
    varies: ({ a, b }, operand) => operand(a) || operand(b),
    forward({ shape, a, b }, i, { k, s, first, at, length }) {
      if (shape === 'scalar') s[first + i] = s[first + a]! + s[first + b]!;
      else k.add(at(i), at(a), at(b), length(i));
    },
    reverse({ shape, a, b }, i, { k, sBar, bars, length }) {
      for (const to of [a, b])
        if (shape === 'scalar') sBar[to]! += sBar[i]!;
        else if (bars[to]) k.axpy(bars[to]!, bars[i]!, 1, length(i));
    },
  },
  mul: {
    varies: ({ a, b }, operand) => operand(a) || operand(b),
    forward({ shape, a, b }, i, { k, nodes, s, first, at, length }) {
      if (shape === 'scalar') s[first + i] = s[first + a]! * s[first + b]!;
      else if (nodes[a]!.shape === 'scalar') k.scale(at(i), at(b), s[first + a]!, length(i));
      else k.multiply(at(i), at(a), at(b), length(i), false);
    },
    reverse({ shape, a, b }, i, { k, nodes, s, first, sBar, at, bars, length }) {
      if (shape === 'scalar') {
        sBar[a]! += s[first + b]! * sBar[i]!;
        sBar[b]! += s[first + a]! * sBar[i]!;
      } else if (nodes[a]!.shape === 'scalar') {
        sBar[a]! += k.dot(bars[i]!, at(b), length(i));
        if (bars[b]) k.axpy(bars[b]!, bars[i]!, s[first + a]!, length(i));
      } else {
        if (bars[a]) k.multiply(bars[a]!, bars[i]!, at(b), length(i), true);
        if (bars[b]) k.multiply(bars[b]!, bars[i]!, at(a), length(i), true);
      }
    },
  },
  dot: {
    varies: () => true,
    forward({ a, b }, i, { k, s, first, at, length }) {
      s[first + i] = k.dot(at(a), at(b), length(a));
    },
    reverse({ a, b }, i, { k, sBar, at, bars, length }) {
      if (bars[a]) k.axpy(bars[a]!, at(b), sBar[i]!, length(a));
      if (bars[b]) k.axpy(bars[b]!, at(a), sBar[i]!, length(a));
    },
  },
  times: {
    varies: () => true,
    forward({ shape, a }, i, { weights, at }) {
      if (shape === 'post') weights.toPost(at(i), at(a), false);
      else weights.toPre(at(i), at(a), false);
    },
    reverse({ shape, a }, i, { lam, at, bars }) {
      if (shape === 'post') lam.reverseToPost(bars[a]!, bars[i]!, at(a));
      else lam.reverseToPre(bars[a]!, bars[i]!, at(a));
    },
  },
  max: missing,
  min: missing,
  apply: missing,
};

export class LayerRule {
  readonly #k: Kernels;
  readonly #program: LowRank;
  readonly #weights: Weights;
  readonly #lam: Adjoint;
  /** Rows of each vector node's values, one a step, and the address of its adjoint (0: not needed). */
  readonly #values: Rows[];
  readonly #bars: number[];
  /** Vector nodes whose adjoints are this rule's own, to be cleared at each step. */
  readonly #own: number[] = [];
  /** Values of scalar nodes, one row a step, as float64 from this element of the memory on; and their adjoints. */
  readonly #arena: Arena;
  readonly #scalars: number;
  readonly #scalarBars: Float64Array;
  readonly #step: Step;
  #t = 0;

  constructor(
    arena: Arena,
    kernels: Kernels,
    program: LowRank,
    weights: Weights,
    lam: Adjoint,
    leaves: LeafRows,
    leafBars: LeafBars,
  ) {
    const { nodes } = program;
    const { steps } = weights.shape;
    this.#arena = arena;
    this.#k = kernels;
    this.#program = program;
    this.#weights = weights;
    this.#lam = lam;
    this.#scalars = arena.bytes(steps * nodes.length * 8) / 8;
    this.#scalarBars = new Float64Array(nodes.length);
    this.#values = [];
    this.#bars = [];
    const varies = (i: number) => nodes[i]!.shape === 'scalar' || this.#bars[i] !== 0;
    nodes.forEach((node, i) => {
      if (node.shape === 'scalar') {
        this.#values.push(new Rows(0, 0));
        this.#bars.push(0);
      } else if (node.op === 'quantity') {
        this.#values.push(leaves[node.name as LayerLeaf]);
        this.#bars.push(leafBars[node.name as LayerLeaf]);
      } else {
        const n = weights.shape[node.shape];
        this.#values.push(factorRows(program, weights, i) ?? arena.rows(steps, n));
        const isVariable = (OPERATIONS[node.op] as Operation<Node>).varies(node, varies);
        this.#bars.push(isVariable ? arena.floats(padded(n)) : 0);
        this.#own.push(i);
      }
    });
    const values = this.#values;
    const none = new Float64Array(0);
    this.#step = {
      k: kernels,
      nodes,
      weights,
      lam,
      s: none,
      first: 0,
      sBar: this.#scalarBars,
      at: (i) => values[i]!.at(this.#t),
      bars: this.#bars,
      theta: none,
      thetaBar: none,
      length: (i) => this.#length(nodes[i]!),
    };
  }

  #length(node: Node): number {
    const { now, shape } = this.#weights;
    if (node.shape === 'post') return shape.post;
    return shape.transposed ? now.rows : shape.pre;
  }

  #at(t: number, theta: Float64Array, thetaBar: Float64Array): Step {
    const step = this.#step;
    this.#t = t;
    // Memory that has grown is another array.
    step.s = this.#arena.doubles;
    step.first = this.#scalars + t * step.nodes.length;
    step.theta = theta;
    step.thetaBar = thetaBar;
    return step;
  }

  /** Step t: evaluates the program and updates W. */
  forward(t: number, theta: Float64Array): void {
    const { nodes, V, C, scale } = this.#program;
    const k = this.#k;
    const values = this.#values;
    const step = this.#at(t, theta, theta);
    const { s, first } = step;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      (OPERATIONS[node.op] as Operation<Node>).forward(node, i, step);
    }
    const { R, shape } = this.#weights;
    const pre = shape.transposed ? this.#weights.now.rows : shape.pre;
    for (let u = 0; u < C.length; u++) {
      const row = R.at(t * C.length + u);
      let started = false;
      for (let v = 0; v < V.length; v++) {
        const c = C[u]![v]!;
        if (c < 0) continue;
        const value = values[V[v]!]!.at(t);
        if (started) k.axpy(row, value, s[first + c]!, pre);
        else k.scale(row, value, s[first + c]!, pre);
        started = true;
      }
    }
    this.#weights.update(t, scale < 0 ? 1 : s[first + scale]!);
  }

  /** Reverse of step t, for W before it: Lam, the leaves' adjoints and d loss / d theta. */
  reverse(t: number, thetaBar: Float64Array): void {
    const { nodes, U, V, C, scale } = this.#program;
    const k = this.#k;
    const values = this.#values;
    const bars = this.#bars;
    const lam = this.#lam;
    const step = this.#at(t, thetaBar, thetaBar);
    const { s, first, sBar } = step;
    sBar.fill(0);
    const { shape, now } = this.#weights;
    const pre = shape.transposed ? now.rows : shape.pre;
    for (const i of this.#own) if (bars[i]) k.clear(bars[i]!, nodes[i]!.shape === 'post' ? shape.post : pre);

    lam.complete(t);
    for (let u = 0; u < U.length; u++) {
      const [barU, uBar] = [bars[U[u]!]!, lam.uBar(t, u)];
      if (lam.hasV(u)) {
        const c = C[u]!.find((c) => c >= 0)!;
        sBar[c]! += k.dot(uBar, values[U[u]!]!.at(t), shape.post);
        if (barU) k.axpy(barU, uBar, s[first + c]!, shape.post);
        continue;
      }
      if (barU) k.axpy(barU, uBar, 1, shape.post);
      const rBar = lam.rBar(t, u);
      for (let v = 0; v < V.length; v++) {
        const c = C[u]![v]!;
        if (c < 0) continue;
        sBar[c]! += k.dot(rBar, values[V[v]!]!.at(t), pre);
        if (bars[V[v]!]) k.axpy(bars[V[v]!]!, rBar, s[first + c]!, pre);
      }
    }
    if (scale >= 0) {
      sBar[scale]! += lam.inner();
      lam.scale(s[first + scale]!);
    }
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]!;
      if (node.shape !== 'scalar' && !bars[i]) continue;
      (OPERATIONS[node.op] as Operation<Node>).reverse(node, i, step);
    }
  }

  /** C_uv at step t; 0 where there is none. */
  coefficient(t: number, u: number, v: number): number {
    const { nodes, C } = this.#program;
    const c = C[u]![v]!;
    return c < 0 ? 0 : this.#arena.doubles[this.#scalars + t * nodes.length + c]!;
  }

  /** Address of vector node i's value at step t. */
  value(t: number, i: number): number {
    return this.#values[i]!.at(t);
  }
}

/** Where node i is one of the program's U, its values are the factors themselves, and so need no copying. */
export function factorRows({ U }: LowRank, weights: Weights, i: number): Rows | undefined {
  const u = U.indexOf(i);
  return u < 0 ? undefined : new Rows(weights.U.at(u), weights.U.stride * U.length);
}
