/**
 * One online step of E episodes at once, forward only. Layer l stands at index l - 1 of tables and programs, and at index l
 * of y, z, e. Every column of y, z, e is an image: one while adapting, the whole batch for the query.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Activation } from '../../network/activation.js';
import { FEEDBACK } from '../../network/feedback.js';
import type { Network } from '../../network/network.js';
import { namesIn, type Program } from '../../plasticity/program.js';
import type { TensorFlow } from './backend.js';
import { nextOf, type Table } from './rule.js';

/** Images as columns, E x n_0 x q, their classes as columns of zeros and a one, E x n_L x q, and noise for layers 1 .. L. */
export interface Samples {
  readonly input: Tensor;
  readonly target: Tensor;
  readonly xi?: readonly Tensor[];
}

export interface Activity {
  /** y_0 .. y_L; y_L is the softmax. */
  readonly y: readonly Tensor[];
  /** z_1 .. z_L (z_0 is the input, which nobody asks for), and what they are without noise. */
  readonly z: readonly Tensor[];
  readonly drive: readonly Tensor[];
  /** log y_L */
  readonly logOutput: Tensor;
}

const VALUE: Readonly<Record<Activation, (tf: TensorFlow, z: Tensor, beta: number) => Tensor>> = {
  softplus: (tf, z, beta) => tf.div(tf.softplus(tf.mul(z, beta)), beta),
  relu: (tf, z) => tf.mul(z, tf.step(z)),
  tanh: (tf, z) => tf.tanh(z),
  sigmoid: (tf, z) => tf.sigmoid(z),
  identity: (_tf, z) => z,
};

/** dy/dz written in y. */
const SLOPE: Readonly<Record<Activation, (tf: TensorFlow, y: Tensor, beta: number) => Tensor>> = {
  softplus: (tf, y, beta) => tf.neg(tf.expm1(tf.mul(y, -beta))),
  relu: (tf, y) => tf.step(y),
  tanh: (tf, y) => tf.sub(1, tf.square(y)),
  sigmoid: (tf, y) => tf.mul(y, tf.sub(1, y)),
  identity: (tf, y) => tf.onesLike(y),
};

/** z_l = W_l y_{l-1} + noise xi_l;  y_l = activation(z_l), y_L = softmax(z_L)   (Eqs 1, 2) */
export function forward(
  tf: TensorFlow,
  { beta, activation = 'softplus', noise = 0 }: Network,
  W: readonly Tensor[],
  { input, xi }: Pick<Samples, 'input' | 'xi'>,
): Activity {
  const y = [input];
  const z = [input];
  const drive = [input];
  for (const [l, w] of W.entries()) {
    drive.push(tf.matMul(w, y[l]!));
    z.push(xi && noise > 0 ? tf.add(drive[l + 1]!, tf.mul(xi[l]!, noise)) : drive[l + 1]!);
    if (l < W.length - 1) y.push(VALUE[activation](tf, z[l + 1]!, beta));
  }
  const logOutput = tf.sub(z.at(-1)!, tf.logSumExp(z.at(-1)!, 1, true));
  y.push(tf.exp(logOutput));
  return { y, z, drive, logOutput };
}

/** Slopes g_0 .. g_L: of the pixels the paper's (Eq. 24) with softplus, else 1; of the softmax 1. */
function slopes(tf: TensorFlow, { beta, activation = 'softplus' }: Network, y: readonly Tensor[]): Tensor[] {
  return y.map((values, l) =>
    l === y.length - 1 || (l === 0 && activation !== 'softplus')
      ? tf.onesLike(values)
      : SLOPE[activation](tf, values, beta),
  );
}

/** e_L = y_L - target;  e_{l-1} = (B_l'e_l) .* g_{l-1}   (Eqs 3, 24) down to `lowest`; zeros below. Direct: (B_l'e_L) .* g_{l-1}. */
export function errors(
  tf: TensorFlow,
  network: Network,
  B: readonly Tensor[],
  y: readonly Tensor[],
  target: Tensor,
  { lowest = 0, direct = false } = {},
): Tensor[] {
  const L = B.length;
  const g = slopes(tf, network, y);
  const e = y.slice(0, lowest).map((values) => tf.zerosLike(values));
  e[L] = tf.sub(y[L]!, target);
  for (let l = L; l > lowest; l--) e[l - 1] = tf.mul(tf.matMul(B[l - 1]!, e[direct ? L : l]!, true), g[l - 1]!);
  return e;
}

/** What feeds back: W itself, the tables' matrices, or these with the signs of W. */
export function feedbackOf(
  tf: TensorFlow,
  { feedback }: Pick<Network, 'feedback'>,
  tables: readonly Table[],
): Tensor[] {
  const { drawn, signed } = FEEDBACK[feedback];
  // tf.sign has no derivative, as is wanted; |B| is B times its sign.
  return tables.map(({ W, B }) => (drawn ? (signed ? tf.mul(tf.mul(B!, tf.sign(B!)), tf.sign(W!)) : B!) : W!));
}

/** The tables after one image. */
export function step(
  tf: TensorFlow,
  network: Network,
  programs: readonly Program[],
  tables: readonly Table[],
  theta: readonly Tensor[],
  samples: Samples,
): Table[] {
  const { target, xi } = samples;
  const W = tables.map((table) => table.W!);
  const { y, z, drive, logOutput } = forward(tf, network, W, samples);
  // e_0, the error at the pixels, is only worked out where a term of layer 1 asks for e_pre.
  const lowest = namesIn(programs[0]!).has('e_pre') ? 0 : 1;
  const B = feedbackOf(tf, network, tables);
  const e = errors(tf, network, B, y, target, { lowest, direct: FEEDBACK[network.feedback].direct });
  const g = slopes(tf, network, y);
  const one = y.map((values) => tf.onesLike(values));
  const logP = tf.sum(tf.mul(logOutput, target), 1, true);
  const outputs = {
    r: isRight(tf, z.at(-1)!, target),
    p: tf.exp(logP),
    loss: tf.neg(logP),
  };
  return tables.map((table, l) => {
    const post = { y: y[l + 1]!, e: e[l + 1]!, z: z[l + 1]!, g: g[l + 1]!, drive: drive[l + 1]!, one: one[l + 1]! };
    const pre = { y_pre: y[l]!, e_pre: e[l]!, g_pre: g[l]!, one_pre: one[l]! };
    const noise = { xi: xi?.[l] ?? tf.zerosLike(y[l + 1]!) };
    const whole = { ...table, B: B[l]!, ...post, ...pre, ...noise, ...outputs };
    return { ...table, ...nextOf(tf, programs[l]!, whole, theta) };
  });
}

/** 1 where the largest output is that of the target, else 0: a constant to the gradient. */
function isRight(tf: TensorFlow, output: Tensor, target: Tensor): Tensor {
  const right = tf.customGrad((x) => {
    const same = tf.equal(tf.argMax(x as Tensor, 1), tf.argMax(target, 1));
    const value = tf.expandDims(tf.cast(same, 'float32'), 1);
    return { value, gradFunc: () => tf.zerosLike(output) };
  });
  return right(output);
}
