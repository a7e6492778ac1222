/**
 * A compiled rule as TensorFlow.js operations: one per node of the program. No gradient is written here or anywhere in
 * this folder; the library's automatic differentiation makes them all.
 *
 * E episodes run at once along the leading axis: a matrix is E x n_l x n_{l-1}, a vector is a column E x n x 1, a scalar
 * E x 1 x 1 (or a number, which broadcasts).
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Leaf, Node, Program } from '../../plasticity/program.js';
import type { TensorFlow } from './backend.js';

/** What a layer offers to a rule at one step. */
export interface Layer {
  /** The weights before the update. */
  readonly W: Tensor;
  readonly leaves: Readonly<Record<Leaf, Tensor>>;
  /** One scalar per term. */
  readonly theta: readonly Tensor[];
}

type Operation<N extends Node> = (tf: TensorFlow, node: N, values: readonly Tensor[], layer: Layer) => Tensor;

/** None with B: checkRun refuses such rules. */
const OPERATIONS: { readonly [K in Exclude<Node['op'], 'Bx' | 'Btp'>]: Operation<Extract<Node, { op: K }>> } = {
  leaf: (_tf, { leaf }, _values, { leaves }) => leaves[leaf],
  theta: (_tf, { index }, _values, { theta }) => theta[index]!,
  const: (tf, { value }) => tf.scalar(value),
  add: (tf, { a, b }, values) => tf.add(values[a]!, values[b]!),
  mul: (tf, { a, b }, values) => tf.mul(values[a]!, values[b]!),
  dot: (tf, { a, b }, values) => tf.matMul(values[a]!, values[b]!, true),
  Wx: (tf, { a }, values, { W }) => tf.matMul(W, values[a]!),
  Wtp: (tf, { a }, values, { W }) => tf.matMul(W, values[a]!, true),
};

/** (1 + a) W + sum_u U_u R_u' with R_u = sum_v C_uv V_v: the outer products are one matrix product of rank |U|. */
export function updatedWeights(tf: TensorFlow, { nodes, U, V, C, a }: Program, layer: Layer): Tensor {
  const values: Tensor[] = [];
  for (const node of nodes)
    values.push((OPERATIONS[node.op as keyof typeof OPERATIONS] as Operation<Node>)(tf, node, values, layer));
  const R = C.map((row) => tf.addN(row.flatMap((c, v) => (c < 0 ? [] : [tf.mul(values[c]!, values[V[v]!]!)]))));
  const kept = a < 0 ? layer.W : tf.mul(tf.add(values[a]!, 1), layer.W);
  if (U.length === 0) return kept;
  const columns = U.map((u) => values[u]!);
  return tf.add(kept, tf.matMul(tf.concat(columns, 2), tf.concat(R, 2), false, true));
}
