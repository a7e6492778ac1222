/**
 * The compiled form of a rule: a straight-line program that an engine runs, once per layer and step. A layer is a table of
 * named quantities; the program reads them as they are before the step and says what those that change become.
 */
import type { FunctionName } from './functions.js';

/** Matrices that terms may change, both n_l x n_{l-1}: the weights, and the feedback that gives e_{l-1} from e_l. */
export const MATRICES = ['W', 'B'] as const;
export type MatrixName = (typeof MATRICES)[number];

/** What a node holds: one number, a post-synaptic column (n_l) or a pre-synaptic column (n_{l-1}). */
export type Shape = 'scalar' | 'post' | 'pre';

/**
 * What every layer offers beside its matrices and the rule's states. `z` is the input current and `drive` is W y_pre, the
 * same but for noise; `g` the slope of the activation; `xi` standard normal noise; `r` 1 where the largest output is the
 * label, else 0; `p` the probability of the label and `loss` -log p, all three of the whole network.
 */
export const LEAVES = {
  y: 'post',
  e: 'post',
  z: 'post',
  g: 'post',
  xi: 'post',
  one: 'post',
  drive: 'post',
  y_pre: 'pre',
  e_pre: 'pre',
  g_pre: 'pre',
  one_pre: 'pre',
  r: 'scalar',
  p: 'scalar',
  loss: 'scalar',
} as const satisfies Readonly<Record<string, Shape>>;
export type Leaf = keyof typeof LEAVES;

export type Node =
  /** A leaf of the layer, or one of the rule's states that is no matrix. */
  | { readonly op: 'quantity'; readonly shape: Shape; readonly name: string }
  /** A coefficient: of terms, or a constant of the formulas. */
  | { readonly op: 'theta'; readonly shape: 'scalar'; readonly index: number }
  | { readonly op: 'const'; readonly shape: 'scalar'; readonly value: number }
  /** a + b, both of `shape`. */
  | { readonly op: 'add'; readonly shape: Shape; readonly a: number; readonly b: number }
  /** Element-wise product; where one factor of a vector is a scalar, it is `a`. */
  | { readonly op: 'mul'; readonly shape: Shape; readonly a: number; readonly b: number }
  /** The larger, or the smaller, of two, element by element; where one of a vector is a scalar, it is `a`. */
  | { readonly op: 'max' | 'min'; readonly shape: Shape; readonly a: number; readonly b: number }
  /** a'b of two vectors of one shape. */
  | { readonly op: 'dot'; readonly shape: 'scalar'; readonly a: number; readonly b: number }
  /** f(a), element by element. */
  | { readonly op: 'apply'; readonly shape: Shape; readonly f: FunctionName; readonly a: number }
  /** P a (`post`) or P'a (`pre`), P being the element-wise product of the matrices N. */
  | { readonly op: 'times'; readonly shape: 'post' | 'pre'; readonly N: readonly string[]; readonly a: number };

/** S .* P with S = sum_uv C_uv U_u V_v' and P the element-wise product of the matrices N, all ones where there is none. */
export interface Part {
  /** Sorted names, each as often as it occurs. */
  readonly N: readonly string[];
  /** Node indices of the distinct post-synaptic factors. */
  readonly U: readonly number[];
  /** Node indices of the distinct pre-synaptic factors. */
  readonly V: readonly number[];
  /** C[u][v]: node index of the scalar in front of U_u V_v', or -1 where there is none. */
  readonly C: readonly (readonly number[])[];
}

export interface Program {
  /** Node i only refers to nodes before it. */
  readonly nodes: readonly Node[];
  /**
   * What each quantity that changes becomes: a node for a number or a vector, a sum of parts for a matrix. Of W, it is W and
   * the sum of theta times term. What is not named stays as it is.
   */
  readonly next: Readonly<Record<string, number | readonly Part[]>>;
  /** The shapes of the states that the layer keeps. */
  readonly states: Readonly<Record<string, Shape | 'matrix'>>;
}

/** The parts of a matrix's next value. */
export function partsOf({ next }: Program, matrix: string): readonly Part[] | undefined {
  const parts = next[matrix];
  return typeof parts === 'object' ? parts : undefined;
}

/** The nodes that a node is made from. */
export function operands(node: Node): readonly number[] {
  return 'b' in node ? [node.a, node.b] : 'a' in node ? [node.a] : [];
}

/** Names of the quantities and matrices that a program reads. */
export function namesIn({ nodes, next }: Program): Set<string> {
  const ofNodes = nodes.flatMap((node) => (node.op === 'quantity' ? [node.name] : node.op === 'times' ? node.N : []));
  const ofParts = Object.entries(next).flatMap(([name, to]) =>
    typeof to === 'number'
      ? []
      : to.flatMap(({ N, ...part }) => (isScaling(part, nodes) && N.join() === name ? [] : N)),
  );
  return new Set([...ofNodes, ...ofParts]);
}

/** Is the part one number times the matrices N? */
export function isScaling({ U, V }: Pick<Part, 'U' | 'V'>, nodes: readonly Node[]): boolean {
  const isOnes = (i: number | undefined, name: Leaf) => {
    const node = nodes[i!];
    return node?.op === 'quantity' && node.name === name;
  };
  return U.length === 1 && V.length === 1 && isOnes(U[0], 'one') && isOnes(V[0], 'one_pre');
}

/** The part of a program that works out what some quantities become. */
export function only(program: Program, names: readonly string[]): Program {
  const next = Object.entries(program.next).filter(([name]) => names.includes(name));
  const needed = new Set<number>();
  const need = (i: number): void => {
    if (i < 0 || needed.has(i)) return;
    needed.add(i);
    operands(program.nodes[i]!).forEach(need);
  };
  for (const [, to] of next)
    if (typeof to === 'number') need(to);
    else for (const { U, V, C } of to) [...U, ...V, ...C.flat()].forEach(need);
  const order = [...needed].sort((a, b) => a - b);
  const at = (i: number): number => order.indexOf(i);
  const nodes = order.map((i): Node => {
    const node = program.nodes[i]!;
    return { ...node, ...('a' in node && { a: at(node.a) }), ...('b' in node && { b: at(node.b) }) } as Node;
  });
  const moved = ({ N, U, V, C }: Part): Part => ({ N, U: U.map(at), V: V.map(at), C: C.map((row) => row.map(at)) });
  return {
    nodes,
    next: Object.fromEntries(next.map(([name, to]) => [name, typeof to === 'number' ? at(to) : to.map(moved)])),
    states: program.states,
  };
}
