/**
 * A compiled rule as TensorFlow.js operations: one per node of the program. No gradient is written here or anywhere in
 * this folder but of what this library differentiates otherwise at kinks; its automatic differentiation makes the rest.
 *
 * E episodes run at once along the leading axis: a matrix is E x n_l x n_{l-1}, a vector is a column E x n x 1, a scalar
 * E x 1 x 1 (or a number, which broadcasts).
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { FunctionName } from '../../plasticity/functions.js';
import type { Node, Part, Program } from '../../plasticity/program.js';
import type { TensorFlow } from './backend.js';

/** Named quantities of a layer. */
export type Table = Readonly<Record<string, Tensor>>;

type Operation<N extends Node> = (
  tf: TensorFlow,
  node: N,
  values: readonly Tensor[],
  table: Table,
  theta: readonly Tensor[],
) => Tensor;

/** Each with the derivatives that functions.ts says, also at kinks: tf.step and tf.sign have the derivative 0. */
const FUNCTIONS: Readonly<Record<FunctionName, (tf: TensorFlow, x: Tensor) => Tensor>> = {
  relu: (tf, x) => tf.mul(x, tf.step(x)),
  abs: (tf, x) => tf.mul(x, tf.sign(x)),
  sign: (tf, x) => tf.sign(x),
  step: (tf, x) => tf.step(x),
  tanh: (tf, x) => tf.tanh(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  exp: (tf, x) => tf.exp(x),
  log: (tf, x) => tf.log(x),
  // At 0, where the derivative would be infinite, that of a point beside it, times 0.
  sqrt: (tf, x) => {
    const isZero = equal(tf, x, tf.zerosLike(x));
    return tf.mul(tf.sqrt(tf.add(x, isZero)), tf.sub(1, isZero));
  },
  inv: (tf, x) => tf.div(1, x),
};

/** 1 where two are equal, else 0; its derivative is 0. */
function equal(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const difference = tf.sub(a, b);
  return tf.sub(1, tf.add(tf.step(difference), tf.step(tf.neg(difference))));
}

/** Of equal ones each gets half of the derivative. */
function extreme(tf: TensorFlow, op: 'max' | 'min', a: Tensor, b: Tensor): Tensor {
  const difference = op === 'max' ? tf.sub(a, b) : tf.sub(b, a);
  const half = tf.mul(equal(tf, a, b), 0.5);
  return tf.add(tf.mul(a, tf.add(tf.step(difference), half)), tf.mul(b, tf.add(tf.step(tf.neg(difference)), half)));
}

const OPERATIONS: { readonly [K in Node['op']]: Operation<Extract<Node, { op: K }>> } = {
  quantity: (_tf, { name }, _values, table) => table[name]!,
  theta: (_tf, { index }, _values, _table, theta) => theta[index]!,
  const: (tf, { value }) => tf.scalar(value),
  add: (tf, { a, b }, values) => tf.add(values[a]!, values[b]!),
  mul: (tf, { a, b }, values) => tf.mul(values[a]!, values[b]!),
  max: (tf, { a, b }, values) => extreme(tf, 'max', values[a]!, values[b]!),
  min: (tf, { a, b }, values) => extreme(tf, 'min', values[a]!, values[b]!),
  dot: (tf, { a, b }, values) => tf.matMul(values[a]!, values[b]!, true),
  apply: (tf, { f, a }, values) => FUNCTIONS[f](tf, values[a]!),
  times: (tf, { shape, N, a }, values, table) => tf.matMul(product(tf, N, table), values[a]!, shape === 'pre'),
};

const product = (tf: TensorFlow, N: readonly string[], table: Table): Tensor =>
  N.map((name) => table[name]!).reduce((a, b) => tf.mul(a, b));

/** What the quantities become that the program names. */
export function nextOf(tf: TensorFlow, { nodes, next }: Program, table: Table, theta: readonly Tensor[]): Table {
  const values: Tensor[] = [];
  for (const node of nodes) values.push((OPERATIONS[node.op] as Operation<Node>)(tf, node, values, table, theta));
  const shaped = (name: string, to: Tensor) => tf.add(to, tf.zerosLike(table[name]!));
  return Object.fromEntries(
    Object.entries(next).map(([name, to]) => [
      name,
      shaped(name, typeof to === 'number' ? values[to]! : sum(tf, to, values, table, table[name]!)),
    ]),
  );
}

/** sum over the parts of (U C V') .* P: the outer products are one matrix product of rank |U|. */
function sum(tf: TensorFlow, parts: readonly Part[], values: readonly Tensor[], table: Table, like: Tensor): Tensor {
  const S = ({ U, V, C }: Part) => {
    const R = C.map((row) => tf.addN(row.flatMap((c, v) => (c < 0 ? [] : [tf.mul(values[c]!, values[V[v]!]!)]))));
    return tf.matMul(tf.concat([...U.map((u) => values[u]!)], 2), tf.concat(R, 2), false, true);
  };
  const terms = parts.map((part) => (part.N.length === 0 ? S(part) : tf.mul(S(part), product(tf, part.N, table))));
  return terms.length === 0 ? tf.zerosLike(like) : terms.reduce((a, b) => tf.add(a, b));
}
