/**
 * One online step of E episodes at once, forward only. Layer l stands at index l - 1 of W, B and programs, and at index l of y, z, e.
 * Every column of y, z, e is an image: one while adapting, the whole batch for the query.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Program } from '../../plasticity/program.js';
import type { TensorFlow } from './backend.js';
import { updatedWeights } from './rule.js';

/** Images as columns, E x n_0 x q, and their classes as columns of zeros and a one, E x n_L x q. */
export interface Samples {
  readonly input: Tensor;
  readonly target: Tensor;
}

export interface Activity {
  /** y_0 .. y_L; y_L is the softmax. */
  readonly y: readonly Tensor[];
  /** z_1 .. z_L (z_0 is the input, which nobody asks for). */
  readonly z: readonly Tensor[];
  /** log y_L */
  readonly logOutput: Tensor;
}

/** z_l = W_l y_{l-1};  y_l = softplus(z_l), y_L = softmax(z_L)   (Eqs 1, 2) */
export function forward(tf: TensorFlow, beta: number, W: readonly Tensor[], input: Tensor): Activity {
  const y = [input];
  const z = [input];
  for (const [l, w] of W.entries()) {
    z.push(tf.matMul(w, y[l]!));
    if (l < W.length - 1) y.push(tf.div(tf.softplus(tf.mul(z[l + 1]!, beta)), beta));
  }
  const logOutput = tf.sub(z.at(-1)!, tf.logSumExp(z.at(-1)!, 1, true));
  y.push(tf.exp(logOutput));
  return { y, z, logOutput };
}

/** e_L = y_L - target;  e_{l-1} = (B_l'e_l) .* (1 - exp(-beta y_{l-1}))   (Eqs 3, 24) down to `lowest`; zeros below. */
export function errors(
  tf: TensorFlow,
  beta: number,
  B: readonly Tensor[],
  y: readonly Tensor[],
  target: Tensor,
  lowest = 0,
): Tensor[] {
  const L = B.length;
  const e = y.slice(0, lowest).map((values) => tf.zerosLike(values));
  e[L] = tf.sub(y[L]!, target);
  for (let l = L; l > lowest; l--) {
    const slope = tf.neg(tf.expm1(tf.mul(y[l - 1]!, -beta)));
    e[l - 1] = tf.mul(tf.matMul(B[l - 1]!, e[l]!, true), slope);
  }
  return e;
}

/** The weights after one image; `B` is absent where the weights themselves feed back. */
export function step(
  tf: TensorFlow,
  programs: readonly Program[],
  beta: number,
  W: readonly Tensor[],
  B: readonly Tensor[] | undefined,
  theta: readonly Tensor[],
  { input, target }: Samples,
): Tensor[] {
  const { y, z } = forward(tf, beta, W, input);
  // e_0, the error at the pixels, is only worked out where a term of layer 1 asks for e_pre.
  const lowest = programs[0]!.nodes.some((node) => node.op === 'leaf' && node.leaf === 'e_pre') ? 0 : 1;
  const e = errors(tf, beta, B ?? W, y, target, lowest);
  const one = y.map((values) => tf.onesLike(values));
  return W.map((w, l) => {
    const post = { y: y[l + 1]!, e: e[l + 1]!, z: z[l + 1]!, one: one[l + 1]! };
    const pre = { y_pre: y[l]!, e_pre: e[l]!, one_pre: one[l]! };
    return updatedWeights(tf, programs[l]!, { W: w, leaves: { ...post, ...pre }, theta });
  });
}
