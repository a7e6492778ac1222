/**
 * The compiled form of a rule: a straight-line program that an engine runs, once per layer and step.
 * Node i only refers to nodes before it. The update of W, or of B, is sum_uv C_uv U_u V_v' + a W + b B.
 */

/** A layer's matrices, both n_l x n_{l-1}: the weights, and the feedback that gives e_{l-1} from e_l. */
export const MATRICES = ['W', 'B'] as const;
export type MatrixName = (typeof MATRICES)[number];

/** What a node holds: one number, a post-synaptic column (n_l) or a pre-synaptic column (n_{l-1}). */
export type Shape = 'scalar' | 'post' | 'pre';

/** Quantities that a layer offers to a rule. `z` is W y_pre; `one` is the vector of ones. */
export type Leaf = 'y' | 'e' | 'z' | 'one' | 'y_pre' | 'e_pre' | 'one_pre';

export type Node =
  | { readonly op: 'leaf'; readonly shape: Shape; readonly leaf: Leaf }
  /** A coefficient: of a term, or a constant of the formulas. */
  | { readonly op: 'theta'; readonly shape: 'scalar'; readonly index: number }
  | { readonly op: 'const'; readonly shape: 'scalar'; readonly value: number }
  /** a + b, both of `shape`. */
  | { readonly op: 'add'; readonly shape: Shape; readonly a: number; readonly b: number }
  /** Element-wise product; where one factor of a vector is a scalar, it is `a`. */
  | { readonly op: 'mul'; readonly shape: Shape; readonly a: number; readonly b: number }
  /** a'b of two vectors of one shape. */
  | { readonly op: 'dot'; readonly shape: 'scalar'; readonly a: number; readonly b: number }
  /** W a or B a, a pre-synaptic. */
  | { readonly op: 'Wx'; readonly shape: 'post'; readonly a: number }
  | { readonly op: 'Bx'; readonly shape: 'post'; readonly a: number }
  /** W'a or B'a, a post-synaptic. */
  | { readonly op: 'Wtp'; readonly shape: 'pre'; readonly a: number }
  | { readonly op: 'Btp'; readonly shape: 'pre'; readonly a: number };

export interface Program {
  readonly nodes: readonly Node[];
  /** Node indices of the distinct post-synaptic factors. */
  readonly U: readonly number[];
  /** Node indices of the distinct pre-synaptic factors. */
  readonly V: readonly number[];
  /** C[u][v]: node index of the scalar in front of U_u V_v', or -1 where there is none. */
  readonly C: readonly (readonly number[])[];
  /** Node index of the scalar a in front of W, or -1. */
  readonly a: number;
  /** Node index of the scalar b in front of B, or -1. */
  readonly b: number;
}

/** Whether a program uses B, which not every engine can give it. */
export function usesB({ nodes, b }: Program): boolean {
  return b >= 0 || nodes.some(({ op }) => op === 'Bx' || op === 'Btp');
}
