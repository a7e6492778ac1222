/**
 * The rule at one layer: its program run once a step, dW = sum_u U_u R_u' + a W with R_u = sum_v C_uv V_v, and the
 * reverse. The same as the reference engine's update.ts, over rows in the kernels' memory.
 */
import type { Leaf, Node, Program } from '../../plasticity/program.js';
import type { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import type { Weights } from './weights.js';

/** Where a layer keeps what it offers to a rule, one row a step. */
export type LeafRows = Readonly<Record<Leaf, Rows>>;

/** Where the adjoints of a layer's leaves are added up within a step; 0 where nobody needs them. */
export type LeafBars = Readonly<Record<Leaf, number>>;

export class LayerRule {
  readonly #k: Kernels;
  readonly #program: Program;
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

  constructor(
    arena: Arena,
    kernels: Kernels,
    program: Program,
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
    nodes.forEach((node, i) => {
      if (node.shape === 'scalar') {
        this.#values.push(new Rows(0, 0));
        this.#bars.push(0);
      } else if (node.op === 'leaf') {
        this.#values.push(leaves[node.leaf]);
        this.#bars.push(leafBars[node.leaf]);
      } else {
        const n = weights.shape[node.shape];
        this.#values.push(factorRows(program, weights, i) ?? arena.rows(steps, n));
        this.#bars.push(this.#isVariable(node) ? arena.floats(padded(n)) : 0);
        this.#own.push(i);
      }
    });
  }

  /** Does a vector node depend on theta, on W or on a leaf whose adjoint is needed? */
  #isVariable(node: Node): boolean {
    if (node.op === 'Wx' || node.op === 'Wtp') return true;
    if (node.op !== 'add' && node.op !== 'mul') return false;
    return [node.a, node.b].some((i) => this.#program.nodes[i]!.shape === 'scalar' || this.#bars[i] !== 0);
  }

  #length(node: Node): number {
    const { now, shape } = this.#weights;
    if (node.shape === 'post') return shape.post;
    return shape.transposed ? now.rows : shape.pre;
  }

  /** Step t: evaluates the program and updates W. */
  forward(t: number, theta: Float64Array): void {
    const { nodes, V, C, a } = this.#program;
    const k = this.#k;
    const values = this.#values;
    const first = this.#scalars + t * nodes.length;
    const s = this.#arena.doubles;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]!;
      switch (node.op) {
        case 'leaf':
          break;
        case 'theta':
          s[first + i] = theta[node.index]!;
          break;
        case 'const':
          s[first + i] = node.value;
          break;
        case 'add':
          if (node.shape === 'scalar') s[first + i] = s[first + node.a]! + s[first + node.b]!;
          else k.add(values[i]!.at(t), values[node.a]!.at(t), values[node.b]!.at(t), this.#length(node));
          break;
        case 'mul':
          if (node.shape === 'scalar') s[first + i] = s[first + node.a]! * s[first + node.b]!;
          else if (nodes[node.a]!.shape === 'scalar')
            k.scale(values[i]!.at(t), values[node.b]!.at(t), s[first + node.a]!, this.#length(node));
          else k.multiply(values[i]!.at(t), values[node.a]!.at(t), values[node.b]!.at(t), this.#length(node), false);
          break;
        case 'dot':
          s[first + i] = k.dot(values[node.a]!.at(t), values[node.b]!.at(t), this.#length(nodes[node.a]!));
          break;
        case 'Wx':
          this.#weights.toPost(values[i]!.at(t), values[node.a]!.at(t), false);
          break;
        case 'Wtp':
          this.#weights.toPre(values[i]!.at(t), values[node.a]!.at(t), false);
          break;
      }
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
    this.#weights.update(t, a < 0 ? 1 : 1 + s[first + a]!);
  }

  /** Reverse of step t, for W before it: Lam, the leaves' adjoints and d loss / d theta. */
  reverse(t: number, thetaBar: Float64Array): void {
    const { nodes, U, V, C, a } = this.#program;
    const k = this.#k;
    const values = this.#values;
    const bars = this.#bars;
    const lam = this.#lam;
    const first = this.#scalars + t * nodes.length;
    const s = this.#arena.doubles;
    const sBar = this.#scalarBars.fill(0);
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
    if (a >= 0) {
      sBar[a]! += lam.inner();
      lam.scale(1 + s[first + a]!);
    }
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]!;
      const g = bars[i]!;
      if (node.shape !== 'scalar' && !g) continue;
      switch (node.op) {
        case 'leaf':
        case 'const':
          break;
        case 'theta':
          thetaBar[node.index]! += sBar[i]!;
          break;
        case 'add':
          if (node.shape === 'scalar') {
            sBar[node.a]! += sBar[i]!;
            sBar[node.b]! += sBar[i]!;
          } else {
            if (bars[node.a]) k.axpy(bars[node.a]!, g, 1, this.#length(node));
            if (bars[node.b]) k.axpy(bars[node.b]!, g, 1, this.#length(node));
          }
          break;
        case 'mul':
          if (node.shape === 'scalar') {
            sBar[node.a]! += s[first + node.b]! * sBar[i]!;
            sBar[node.b]! += s[first + node.a]! * sBar[i]!;
          } else if (nodes[node.a]!.shape === 'scalar') {
            sBar[node.a]! += k.dot(g, values[node.b]!.at(t), this.#length(node));
            if (bars[node.b]) k.axpy(bars[node.b]!, g, s[first + node.a]!, this.#length(node));
          } else {
            if (bars[node.a]) k.multiply(bars[node.a]!, g, values[node.b]!.at(t), this.#length(node), true);
            if (bars[node.b]) k.multiply(bars[node.b]!, g, values[node.a]!.at(t), this.#length(node), true);
          }
          break;
        case 'dot': {
          const n = this.#length(nodes[node.a]!);
          if (bars[node.a]) k.axpy(bars[node.a]!, values[node.b]!.at(t), sBar[i]!, n);
          if (bars[node.b]) k.axpy(bars[node.b]!, values[node.a]!.at(t), sBar[i]!, n);
          break;
        }
        case 'Wx':
          lam.reverseToPost(bars[node.a]!, g, values[node.a]!.at(t));
          break;
        case 'Wtp':
          lam.reverseToPre(bars[node.a]!, g, values[node.a]!.at(t));
          break;
      }
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
export function factorRows({ U }: Program, weights: Weights, i: number): Rows | undefined {
  const u = U.indexOf(i);
  return u < 0 ? undefined : new Rows(weights.U.at(u), weights.U.stride * U.length);
}
