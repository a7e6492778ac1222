import type { Leaf, MatrixName, Node, Program, Shape } from './program.js';

/** No node: an absent scalar, which counts as zero. */
export const NONE = -1;
/** The 1 that stands in place of a vector in a row, a column or a number. */
export const UNIT = -2;

/**
 * The nodes of a program under construction. Equal nodes are made once (hash-consing), so that terms share their work,
 * and a few identities bring equal expressions to one form: constants are folded, W y_pre is z, p'(W x) is (W'p)'x (B
 * likewise) and (W'p)'y_pre is p'z.
 */
export class NodeTable {
  readonly #nodes: Node[] = [];
  readonly #index = new Map<string, number>();

  constant(value: number): number {
    return this.#add({ op: 'const', shape: 'scalar', value });
  }

  theta(index: number): number {
    return this.#add({ op: 'theta', shape: 'scalar', index });
  }

  leaf(leaf: Leaf, shape: Shape): number {
    return this.#add({ op: 'leaf', shape, leaf });
  }

  /** x + y of one shape; NONE counts as zero. */
  sum(x: number, y: number): number {
    if (x === NONE || this.isZero(x)) return y;
    if (y === NONE || this.isZero(y)) return x;
    const p = this.#constantOf(x);
    const q = this.#constantOf(y);
    if (p !== undefined && q !== undefined) return this.constant(p + q);
    const [a, b] = x < y ? [x, y] : [y, x];
    return this.#add({ op: 'add', shape: this.#nodes[a]!.shape, a, b });
  }

  /** Product of two scalars, of a scalar and a vector, or of two vectors element by element. */
  multiply(x: number, y: number): number {
    const scalarFirst = this.#nodes[y]!.shape === 'scalar' && this.#nodes[x]!.shape !== 'scalar';
    const mixed = this.#nodes[x]!.shape !== this.#nodes[y]!.shape;
    let [a, b] = mixed ? (scalarFirst ? [y, x] : [x, y]) : x < y ? [x, y] : [y, x];
    // A constant factor comes first, and there is at most one.
    if (this.#constantOf(b) !== undefined) [a, b] = [b, a];
    const c = this.#constantOf(a);
    const right = this.#nodes[b]!;
    if (c !== undefined) {
      if (c === 1) return b;
      if (right.shape === 'scalar') {
        const d = this.#constantOf(b);
        if (d !== undefined) return this.constant(c * d);
        if (c === 0) return a;
        if (right.op === 'mul') {
          const inner = this.#constantOf(right.a);
          if (inner !== undefined) return this.multiply(this.constant(c * inner), right.b);
        }
      }
    }
    if (this.#isOnes(a)) return b;
    if (this.#isOnes(b) && !mixed) return a;
    return this.#add({ op: 'mul', shape: right.shape, a, b });
  }

  /** x'y. */
  dot(x: number, y: number): number {
    if (x === UNIT) return this.constant(1);
    for (const [p, q] of [
      [x, y],
      [y, x],
    ] as const) {
      const node = this.#nodes[q]!;
      if (node.op === 'Wx') return this.dot(this.backward('W', p), node.a);
      if (node.op === 'Bx') return this.dot(this.backward('B', p), node.a);
      if (node.op === 'Wtp' && this.isInput(p)) return this.dot(node.a, this.leaf('z', 'post'));
    }
    const [a, b] = x < y ? [x, y] : [y, x];
    return this.#add({ op: 'dot', shape: 'scalar', a, b });
  }

  /** M x, x pre-synaptic. */
  forward(matrix: MatrixName, x: number): number {
    if (matrix === 'W' && this.isInput(x)) return this.leaf('z', 'post');
    return this.#add({ op: `${matrix}x`, shape: 'post', a: x });
  }

  /** M'p, p post-synaptic. */
  backward(matrix: MatrixName, p: number): number {
    return this.#add({ op: `${matrix}tp`, shape: 'pre', a: p });
  }

  /** Is x the layer's input y_pre, whose image under W is already known? */
  isInput(x: number): boolean {
    const node = this.#nodes[x];
    return node?.op === 'leaf' && node.leaf === 'y_pre';
  }

  isZero(x: number): boolean {
    return this.#constantOf(x) === 0;
  }

  /** The program of an update sum C_uv u v' + a W + b B, holding only the nodes that it needs, in order. */
  program(
    pieces: readonly { s: number; u: number; v: number }[],
    { W: a, B: b }: Readonly<Record<MatrixName, number>>,
  ): Program {
    const U = [...new Set(pieces.map(({ u }) => u))];
    const V = [...new Set(pieces.map(({ v }) => v))];
    const needed = new Set<number>();
    const need = (i: number): void => {
      if (i === NONE || needed.has(i)) return;
      needed.add(i);
      const node = this.#nodes[i]!;
      if ('a' in node) need(node.a);
      if ('b' in node) need(node.b);
    };
    for (const { s, u, v } of pieces) [s, u, v].forEach(need);
    [a, b].forEach(need);
    const order = [...needed].sort((x, y) => x - y);
    const renumbered = new Map(order.map((old, index) => [old, index]));
    const at = (i: number): number => renumbered.get(i) ?? NONE;
    const C = U.map((u) => V.map((v) => at(pieces.find((piece) => piece.u === u && piece.v === v)?.s ?? NONE)));
    const nodes = order.map((i): Node => {
      const node = this.#nodes[i]!;
      if ('b' in node) return { ...node, a: at(node.a), b: at(node.b) };
      return 'a' in node ? { ...node, a: at(node.a) } : node;
    });
    return { nodes, U: U.map(at), V: V.map(at), C, a: at(a), b: at(b) };
  }

  #constantOf(x: number): number | undefined {
    const node = this.#nodes[x];
    return node?.op === 'const' ? node.value : undefined;
  }

  #isOnes(x: number): boolean {
    const node = this.#nodes[x]!;
    return node.op === 'leaf' && (node.leaf === 'one' || node.leaf === 'one_pre');
  }

  #add(node: Node): number {
    const key = JSON.stringify(node);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.#nodes.length);
    return this.#nodes.push(node) - 1;
  }
}
