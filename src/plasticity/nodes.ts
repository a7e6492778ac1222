import { FUNCTIONS, type FunctionName, larger } from './functions.js';
import { LEAVES, type Leaf, type Node, operands, type Part, type Program, type Shape } from './program.js';

/** No node: an absent scalar, which counts as zero. */
export const NONE = -1;
/** The 1 that stands in place of a vector in a row, a column or a number. */
export const UNIT = -2;

/** One product (s u v') .* N of a value; N is sorted. */
export interface Piece {
  readonly s: number;
  readonly u: number;
  readonly v: number;
  readonly N: readonly string[];
}

/**
 * The nodes of a program under construction. Equal nodes are made once (hash-consing), so that terms share their work,
 * and a few identities bring equal expressions to one form: constants are folded, W y_pre is `drive`, p'(M x) is (M'p)'x
 * and (W'p)'y_pre is p' drive.
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

  quantity(name: string, shape: Shape): number {
    return this.#add({ op: 'quantity', shape, name });
  }

  leaf(leaf: Leaf): number {
    return this.quantity(leaf, LEAVES[leaf]);
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

  /** Product of two scalars, of a scalar and a vector, or of two vectors element by element; UNIT stands for ones. */
  multiply(x: number, y: number): number {
    if (x === UNIT) return y;
    if (y === UNIT) return x;
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
      if (node.op !== 'times') continue;
      if (node.shape === 'post') return this.dot(this.times(node.N, 'pre', p), node.a);
      if (isW(node.N) && this.isInput(p)) return this.dot(node.a, this.leaf('drive'));
    }
    const [a, b] = x < y ? [x, y] : [y, x];
    return this.#add({ op: 'dot', shape: 'scalar', a, b });
  }

  /** P x, x pre-synaptic (`post`), or P'x (`pre`), P being the element-wise product of the matrices N. */
  times(N: readonly string[], shape: 'post' | 'pre', x: number): number {
    if (shape === 'post' && this.isDrive(N, x)) return this.leaf('drive');
    return this.#add({ op: 'times', shape, N, a: x });
  }

  /** Is P x W y_pre, which is already known? */
  isDrive(N: readonly string[], x: number): boolean {
    return isW(N) && this.isInput(x);
  }

  isInput(x: number): boolean {
    const node = this.#nodes[x];
    return node?.op === 'quantity' && node.name === 'y_pre';
  }

  /** f(x), element by element. */
  apply(f: FunctionName, x: number): number {
    const c = this.#constantOf(x);
    const value = c === undefined ? Number.NaN : FUNCTIONS[f].value(c);
    if (Number.isFinite(value)) return this.constant(value);
    return this.#add({ op: 'apply', shape: this.#nodes[x]!.shape, f, a: x });
  }

  /** The larger, or smaller, of two of one shape, or of a number and each element. */
  extreme(op: 'max' | 'min', x: number, y: number): number {
    const [p, q] = [this.#constantOf(x), this.#constantOf(y)];
    if (p !== undefined && q !== undefined) return this.constant(larger(op, p, q));
    if (x === y) return x;
    const scalar = (i: number) => this.#nodes[i]!.shape === 'scalar';
    const [a, b] = scalar(x) !== scalar(y) ? (scalar(x) ? [x, y] : [y, x]) : x < y ? [x, y] : [y, x];
    return this.#add({ op, shape: this.#nodes[b]!.shape, a, b });
  }

  isZero(x: number): boolean {
    return this.#constantOf(x) === 0;
  }

  /** A program of what the quantities become, holding only the nodes that it needs, in order. */
  program(next: ReadonlyMap<string, number | readonly Piece[]>, states: Program['states']): Program {
    const parts = [...next].map(([name, to]) => [name, typeof to === 'number' ? to : partsOf(to, name)] as const);
    const roots = parts.flatMap(([, to]) =>
      typeof to === 'number' ? [to] : to.flatMap(({ U, V, C }) => [...U, ...V, ...C.flat()]),
    );
    const needed = new Set<number>();
    const need = (i: number): void => {
      if (i === NONE || needed.has(i)) return;
      needed.add(i);
      operands(this.#nodes[i]!).forEach(need);
    };
    roots.forEach(need);
    const order = [...needed].sort((x, y) => x - y);
    const renumbered = new Map(order.map((old, index) => [old, index]));
    const at = (i: number): number => renumbered.get(i) ?? NONE;
    const moved = ({ N, U, V, C }: Part): Part => ({ N, U: U.map(at), V: V.map(at), C: C.map((row) => row.map(at)) });
    return {
      nodes: order.map((i): Node => {
        const node = this.#nodes[i]!;
        if ('b' in node) return { ...node, a: at(node.a), b: at(node.b) };
        return 'a' in node ? { ...node, a: at(node.a) } : node;
      }),
      next: Object.fromEntries(parts.map(([name, to]) => [name, typeof to === 'number' ? at(to) : to.map(moved)])),
      states,
    };
  }

  #constantOf(x: number): number | undefined {
    const node = this.#nodes[x];
    return node?.op === 'const' ? node.value : undefined;
  }

  #isOnes(x: number): boolean {
    const node = this.#nodes[x]!;
    return node.op === 'quantity' && (node.name === 'one' || node.name === 'one_pre');
  }

  #add(node: Node): number {
    const key = JSON.stringify(node);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.#nodes.length);
    return this.#nodes.push(node) - 1;
  }
}

const isW = (N: readonly string[]): boolean => N.length === 1 && N[0] === 'W';

/** Pieces by their N: that of the matrix itself first, that without matrices last. */
function partsOf(pieces: readonly Piece[], name: string): Part[] {
  const byN = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const key = piece.N.join();
    byN.set(key, [...(byN.get(key) ?? []), piece]);
  }
  const rank = (key: string) => (key === name ? 0 : key === '' ? 2 : 1);
  const keys = [...byN.keys()].sort((a, b) => rank(a) - rank(b));
  return keys.map((key) => {
    const own = byN.get(key)!;
    const U = [...new Set(own.map(({ u }) => u))];
    const V = [...new Set(own.map(({ v }) => v))];
    const C = U.map((u) => V.map((v) => own.find((piece) => piece.u === u && piece.v === v)?.s ?? NONE));
    return { N: own[0]!.N, U, V, C };
  });
}
