/**
 * One online step: forward pass, errors through the feedback path as it is, the rule's update of W and perhaps B; and its
 * reverse.
 * Layer l stands at index l - 1 of W, B, updates and programs, and at index l of y, z, e.
 */
import { slope, softmax, softplus } from '../../network/activation.js';
import type { Program } from '../../plasticity/program.js';
import { layerPrograms, type Rule } from '../../plasticity/rule.js';
import type { Episode } from '../engine.js';
import { addProduct, addTo, dot, Matrix } from './matrix.js';
import { applyUpdates, changeMatrices, type Leaves, type PerMatrix, reverseUpdates, type Update } from './update.js';

/** The network that an episode adapts. */
export interface Network {
  readonly layers: readonly number[];
  readonly beta: number;
  readonly W: readonly Matrix[];
  /** Feedback matrices, which learn where there are programs for them; the very same objects as W where feedback is `sym`. */
  readonly B: readonly Matrix[];
  /** Direct feedback: B_l takes e_L to layer l - 1, in place of e_l. */
  readonly direct?: boolean;
}

/** What changes each layer's W, and its B where feedback is plastic. */
export function learningPrograms(rule: Rule, layerCount: number): PerMatrix<Program>[] {
  const feedback = rule.feedback && layerPrograms(rule.feedback, layerCount);
  return layerPrograms(rule, layerCount).map((W, l) => ({ W, B: feedback?.[l] }));
}

/** The network with weights W: what feeds back is W itself, given matrices, or these with the signs of W. */
export function networkOf(
  { layers, beta, feedback }: Pick<Episode, 'layers' | 'beta' | 'feedback'>,
  W: readonly Matrix[],
  given: readonly Matrix[],
): Network {
  const B = {
    sym: W,
    fix: given,
    plastic: given,
    dfa: given,
    sign: feedback === 'sign' ? given.map((b, l) => b.signed(W[l]!)) : [],
  };
  return { layers, beta, W, B: B[feedback], direct: feedback === 'dfa' };
}

export interface Activity {
  /** y_0 .. y_L; y_L is the softmax. */
  readonly y: readonly Float64Array[];
  /** z_1 .. z_L (z_0 is empty). */
  readonly z: readonly Float64Array[];
  /** log sum exp(z_L) */
  readonly logNormaliser: number;
}

export interface Step {
  readonly activity: Activity;
  /** e_0 .. e_L. */
  readonly e: readonly Float64Array[];
  readonly updates: readonly PerMatrix<Update>[];
}

/** z_l = W_l y_{l-1};  y_l = softplus(z_l), y_L = softmax(z_L)   (Eqs 1, 2) */
export function forward({ layers, beta, W }: Network, input: Float64Array): Activity {
  const L = W.length;
  const y: Float64Array[] = [input];
  const z: Float64Array[] = [new Float64Array(0)];
  let logNormaliser = 0;
  for (let l = 1; l <= L; l++) {
    z[l] = W[l - 1]!.times(y[l - 1]!, new Float64Array(layers[l]!));
    if (l < L) y[l] = z[l]!.map((value) => softplus(value, beta));
    else {
      const output = new Float64Array(layers[L]!);
      logNormaliser = softmax(z[L]!, output);
      y[L] = output;
    }
  }
  return { y, z, logNormaliser };
}

/**
 * e_L = y_L - onehot;  e_{l-1} = (B_l'e_l) .* g_{l-1}, g = 1 - exp(-beta y)   (Eqs 3, 24), down to layer `lowest`;
 * those below it, which nobody asks for, are zero. Direct: (B_l'e_L) .* g_{l-1}.
 */
export function errors(
  beta: number,
  B: readonly Matrix[],
  y: readonly Float64Array[],
  label: number,
  lowest = 0,
  direct = false,
): Float64Array[] {
  const L = B.length;
  const e = y.map((values) => new Float64Array(values.length));
  e[L]!.set(y[L]!);
  e[L]![label]! -= 1;
  for (let l = L; l > lowest; l--) {
    const back = B[l - 1]!.transposeTimes(e[direct ? L : l]!, new Float64Array(B[l - 1]!.columns));
    e[l - 1] = back.map((value, i) => value * slope(y[l - 1]![i]!, beta));
  }
  return e;
}

/** Layer l + 1's matrices, as its rule sees them. */
const layerOf = ({ W, B, direct }: Network, l: number): PerMatrix<Matrix> => ({
  W: W[l]!,
  B: direct ? undefined : B[l],
});

/** Show one image: the network's matrices change; what is returned is all that the way back needs. */
export function step(
  network: Network,
  programs: readonly PerMatrix<Program>[],
  theta: Float64Array,
  input: Float64Array,
  label: number,
): Step {
  const activity = forward(network, input);
  const e = errors(network.beta, network.B, activity.y, label, lowestError(programs), network.direct);
  const leaves = leavesOf(activity.y, activity.z, e);
  const updates = programs.map((of, l) => applyUpdates(of, { ...layerOf(network, l), leaves: leaves[l]!, theta }));
  return { activity, e, updates };
}

/** Changes a network as a step did; `before` is the network before it. */
export function repeatStep(
  network: Network,
  programs: readonly PerMatrix<Program>[],
  { updates }: Step,
  before: Network,
): void {
  updates.forEach((update, l) => {
    changeMatrices(programs[l]!, layerOf(network, l), update, layerOf(before, l));
  });
}

/** Zeros, to add up dLoss/dW_l and dLoss/dB_l in: the latter is the former where B is W, and absent where B is given. */
export function zeroAdjoints({ W, B }: Network, programs: readonly PerMatrix<Program>[]): PerMatrix<Matrix>[] {
  const zero = ({ rows, columns }: Matrix) => new Matrix(rows, columns);
  return W.map((w, l) => {
    const Lam = zero(w);
    return { W: Lam, B: B === W ? Lam : programs[l]!.B && zero(w) };
  });
}

/**
 * Reverse of `step`. `network` holds the matrices before the step; `Lam[l - 1]`, dLoss/dW_l and dLoss/dB_l after the
 * step, becomes those before it, and d loss / d theta is added to `thetaBar`.
 */
export function reverseStep(
  network: Network,
  programs: readonly PerMatrix<Program>[],
  { activity, e, updates }: Step,
  Lam: readonly PerMatrix<Matrix>[],
  thetaBar: Float64Array,
): void {
  const { beta, W, B, direct } = network;
  const L = W.length;
  const { y, z } = activity;
  const zeros = (vectors: readonly Float64Array[]) => vectors.map((vector) => new Float64Array(vector.length));
  const yBar = zeros(y);
  const zBar = zeros(z);
  const eBar = zeros(e);

  const leafBars = leavesOf(yBar, zBar, eBar);
  updates.forEach((update, l) => {
    const layer = { ...layerOf(network, l), Lam: Lam[l]!, leafBars: leafBars[l]!, thetaBar };
    reverseUpdates(programs[l]!, update, layer);
  });

  // Errors, upwards: e_{l-1} = (B_l'e_l) .* g_{l-1}, direct: (B_l'e_L) .* g_{l-1}
  for (let l = 1 + lowestError(programs); l <= L; l++) {
    const g = y[l - 1]!.map((value) => slope(value, beta));
    const h = g.map((value, i) => value * eBar[l - 1]![i]!);
    // dg/dz = beta (1 - g) g, and e_{l-1} already holds one g.
    const dz = g.map((value, i) => beta * (1 - value) * e[l - 1]![i]! * eBar[l - 1]![i]!);
    if (l > 1) addTo(zBar[l - 1]!, 1, dz);
    B[l - 1]!.times(h, eBar[direct ? L : l]!);
    Lam[l - 1]!.B?.add(e[l]!, h);
  }

  // e_L = y_L - onehot, y_L = softmax(z_L)
  addTo(yBar[L]!, 1, eBar[L]!);
  const mean = dot(y[L]!, yBar[L]!);
  addProduct(
    zBar[L]!,
    y[L]!,
    yBar[L]!.map((value) => value - mean),
  );

  reverseForward(network, activity.y, zBar, yBar, Lam);
}

/** e_0, the error at the pixels, is only worked out where a term of layer 1 asks for e_pre. */
function lowestError([first]: readonly PerMatrix<Program>[]): number {
  const asks = (of?: Program) => of?.nodes.some((node) => node.op === 'leaf' && node.leaf === 'e_pre');
  return asks(first!.W) || asks(first!.B) ? 0 : 1;
}

/** Reverse of the activations, downwards: y_l = softplus(z_l), z_l = W_l y_{l-1}, from the adjoints of z_L and of all y. */
export function reverseForward(
  { beta, W }: Network,
  y: readonly Float64Array[],
  zBar: readonly Float64Array[],
  yBar: readonly Float64Array[],
  Lam: readonly PerMatrix<Matrix>[],
): void {
  for (let l = W.length; l >= 1; l--) {
    if (l < W.length)
      addProduct(
        zBar[l]!,
        yBar[l]!,
        y[l]!.map((value) => slope(value, beta)),
      );
    Lam[l - 1]!.W.add(zBar[l]!, y[l - 1]!);
    if (l > 1) W[l - 1]!.transposeTimes(zBar[l]!, yBar[l - 1]!);
  }
}

/** What each layer offers to the rule; with adjoints in place of values, where the rule's adjoints go. */
function leavesOf(y: readonly Float64Array[], z: readonly Float64Array[], e: readonly Float64Array[]): Leaves[] {
  return y.slice(1).map((post, l) => ({
    y: post,
    e: e[l + 1]!,
    z: z[l + 1]!,
    one: new Float64Array(post.length).fill(1),
    y_pre: y[l]!,
    e_pre: e[l]!,
    one_pre: new Float64Array(y[l]!.length).fill(1),
  }));
}
