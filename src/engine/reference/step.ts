/**
 * One online step: forward pass, errors through the feedback path as it is, the rule's changes; and its reverse.
 * Layer l stands at index l - 1 of tables, programs and what a step keeps of them, and at index l of y, z, g, e.
 */
import { ACTIVATION, inputSlope, softmax } from '../../network/activation.js';
import { FEEDBACK } from '../../network/feedback.js';
import { feedbackShapes, matrixShapes } from '../../network/layers.js';
import type { Network } from '../../network/network.js';
import { namesIn, type Program } from '../../plasticity/program.js';
import { standardNormal } from '../../random/normal.js';
import type { ThreefryKey } from '../../random/threefry.js';
import type { GivenMatrices, LayerStates } from '../episode.js';
import { addProduct, addTo, dot, Matrix } from './matrix.js';
import { advance, evaluate, type Kept, reverse } from './rule.js';
import { type Table, zerosLike } from './table.js';

/** What persists from image to image, a table a layer: W, the feedback's own matrices as B, and the states. */
export type State = readonly Table[];

/** The state before the first image; what is not given is 0. */
export function initialState(
  { layers, feedback }: Pick<Network, 'layers' | 'feedback'>,
  programs: readonly Program[],
  { weights, feedbackWeights = [] }: Partial<GivenMatrices> = {},
  states: readonly LayerStates[] = [],
): State {
  const fed = feedbackShapes(layers, feedback);
  return matrixShapes(layers).map((shape, l) => {
    const { rows, columns } = shape;
    const vectors: Record<string, Float64Array> = {};
    const matrices: Record<string, Matrix> = { W: Matrix.of(shape, weights?.[l]) };
    if (fed[l]) matrices.B = Matrix.of(fed[l], feedbackWeights[l]);
    for (const [name, kind] of Object.entries(programs[l]!.states)) {
      const given = states[l]?.[name];
      if (kind === 'matrix') matrices[name] = Matrix.of(shape, given);
      else vectors[name] = given?.slice() ?? new Float64Array({ scalar: 1, post: rows, pre: columns }[kind]);
    }
    return { vectors, matrices };
  });
}

const weightsOf = (state: State): readonly Matrix[] => state.map(({ matrices }) => matrices.W!);

/** What feeds back: W itself, the state's matrices, or these with the signs of W. */
export function feedbackOf({ feedback }: Pick<Network, 'feedback'>, state: State): readonly Matrix[] {
  const { drawn, signed } = FEEDBACK[feedback];
  return state.map(({ matrices: { W, B } }) => (drawn ? (signed ? B!.signed(W!) : B!) : W!));
}

export interface Activity {
  /** y_0 .. y_L; y_L is the softmax. */
  readonly y: readonly Float64Array[];
  /** Slopes of the activations, of the pixels' (Eq. 24) too; 1 for the softmax. */
  readonly g: readonly Float64Array[];
  /** z_1 .. z_L (z_0 is empty), and what they are without noise. */
  readonly z: readonly Float64Array[];
  readonly drive: readonly Float64Array[];
  /** log sum exp(z_L) */
  readonly logNormaliser: number;
}

/** An image as a step shows it. */
export interface Shown {
  readonly input: Float64Array;
  readonly label: number;
  /** Standard normal numbers for layers 1 .. L (and none for layer 0); absent: there is no noise. */
  readonly xi?: readonly Float64Array[] | undefined;
}

/** The noise of the n-th image since the start, a vector a layer. */
export function noiseOf(key: ThreefryKey, image: number, layers: readonly number[]): Float64Array[] {
  return layers.map((n, l) => {
    const xi = new Float64Array(l === 0 ? 0 : n);
    standardNormal(key, image * 512 + l, xi);
    return xi;
  });
}

export interface Step {
  readonly shown: Shown;
  readonly activity: Activity;
  /** e_0 .. e_L. */
  readonly e: readonly Float64Array[];
  readonly kept: readonly Kept[];
}

/** z_l = W_l y_{l-1} + noise xi_l;  y_l = activation(z_l), y_L = softmax(z_L)   (Eqs 1, 2) */
export function forward(
  { layers, beta, activation = 'softplus', noise = 0 }: Network,
  W: readonly Matrix[],
  { input, xi }: Pick<Shown, 'input' | 'xi'>,
): Activity {
  const L = W.length;
  const { value, slope } = ACTIVATION[activation];
  const y: Float64Array[] = [input];
  const g: Float64Array[] = [input.map((pixel) => inputSlope(activation, pixel, beta))];
  const drive: Float64Array[] = [new Float64Array(0)];
  const z = [...drive];
  let logNormaliser = 0;
  for (let l = 1; l <= L; l++) {
    drive[l] = W[l - 1]!.times(y[l - 1]!, new Float64Array(layers[l]!));
    z[l] = drive[l]!;
    if (xi && noise > 0) {
      z[l] = drive[l]!.slice();
      addTo(z[l]!, noise, xi[l]!);
    }
    if (l < L) {
      y[l] = z[l]!.map((current) => value(current, beta));
      g[l] = y[l]!.map((activity) => slope(activity, beta));
    } else {
      y[L] = new Float64Array(layers[L]!);
      g[L] = new Float64Array(layers[L]!).fill(1);
      logNormaliser = softmax(z[L]!, y[L]!);
    }
  }
  return { y, g, z, drive, logNormaliser };
}

/**
 * e_L = y_L - onehot;  e_{l-1} = (B_l'e_l) .* g_{l-1}   (Eqs 3, 24), down to layer `lowest`; those below it, which nobody
 * asks for, are zero. Direct: (B_l'e_L) .* g_{l-1}.
 */
export function errors(
  B: readonly Matrix[],
  { y, g }: Pick<Activity, 'y' | 'g'>,
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
    addProduct(e[l - 1]!, back, g[l - 1]!);
  }
  return e;
}

/** Index of the first largest value; -1 where there is a NaN, so that a diverged network is never right. */
export function firstLargest(values: Float64Array): number {
  return values.some(Number.isNaN) ? -1 : values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}

/** Shows one image: fills `to` with what `from` becomes; what is returned is all that the way back needs. */
export function step(
  network: Network,
  programs: readonly Program[],
  theta: Float64Array,
  shown: Shown,
  from: State,
  to: State,
): Step {
  const { direct } = FEEDBACK[network.feedback];
  const B = feedbackOf(network, from);
  const activity = forward(network, weightsOf(from), shown);
  const e = errors(B, activity, shown.label, lowestError(programs), direct);
  const leaves = leavesOf(activity, e, shown, outputsOf(activity, shown.label));
  const kept = programs.map((program, l) => {
    const layer = { ...tableOf(from[l]!, leaves[l]!, B[l]!), theta };
    const values = evaluate(program, layer);
    advance(program, values, layer, from[l]!, to[l]!);
    return values;
  });
  return { shown, activity, e, kept };
}

/** Fills `to` with what `from` became in a step. */
export function repeatStep(
  network: Network,
  programs: readonly Program[],
  { kept }: Step,
  from: State,
  to: State,
): void {
  const B = feedbackOf(network, from);
  programs.forEach((program, l) => {
    advance(program, kept[l]!, tableOf(from[l]!, {}, B[l]!), from[l]!, to[l]!);
  });
}

/** A layer's table: what persists, its leaves, and what feeds back in the place of its own B. */
function tableOf({ vectors, matrices }: Table, leaves: Table['vectors'], B: Matrix): Table {
  return { vectors: { ...vectors, ...leaves }, matrices: { ...matrices, B } };
}

/** Which adjoints of B are wanted: B's that learns, or where it is asked for that of any. */
export function adjointsLike(network: Pick<Network, 'feedback'>, state: State, weightGradients: boolean): State {
  const { learned } = FEEDBACK[network.feedback];
  return state.map((table) => {
    const zero = zerosLike(table);
    if (learned || weightGradients) return zero;
    const { B: _, ...matrices } = zero.matrices;
    return { ...zero, matrices };
  });
}

/**
 * Reverse of `step`. `state` is that before the step; from `after`, the adjoints of what it became, `before` is filled with
 * its own, and d loss / d theta is added to `thetaBar`.
 */
export function reverseStep(
  network: Network,
  programs: readonly Program[],
  { shown, activity, e, kept }: Step,
  state: State,
  after: State,
  before: State,
  thetaBar: Float64Array,
): void {
  const { beta, feedback, activation = 'softplus' } = network;
  const { drawn, direct, signed } = FEEDBACK[feedback];
  const { bend } = ACTIVATION[activation];
  const L = state.length;
  const B = feedbackOf(network, state);
  const { y, g } = activity;
  const zeros = (vectors: readonly Float64Array[]) => vectors.map((vector) => new Float64Array(vector.length));
  const [yBar, gBar, zBar, eBar] = [zeros(y), zeros(g), zeros(activity.z), zeros(e)];
  // Adjoints belong to arrays, not to names: with and without noise z moves alike, and W feeds back itself where nothing else does.
  const outputs = { r: new Float64Array(1), p: new Float64Array(1), loss: new Float64Array(1) };
  const bars = leavesOf({ y: yBar, g: gBar, z: zBar, drive: zBar }, eBar, { xi: undefined }, outputs);
  for (const table of before) {
    for (const vector of Object.values(table.vectors)) vector.fill(0);
    for (const matrix of Object.values(table.matrices)) matrix.data.fill(0);
  }
  // Of B as it feeds back in this step.
  const BBar = before.map(({ matrices }) =>
    !drawn ? matrices.W : signed && matrices.B ? new Matrix(matrices.B.rows, matrices.B.columns) : matrices.B,
  );
  const leaves = leavesOf(activity, e, shown, outputsOf(activity, shown.label));
  programs.forEach((program, l) => {
    const { vectors, matrices } = before[l]!;
    const { B: own, ...others } = matrices;
    const layerBars = {
      vectors: { ...vectors, ...bars[l]! },
      matrices: { ...others, ...(BBar[l] && { B: BBar[l] }) },
    };
    const { B: afterB, ...afterOthers } = after[l]!.matrices;
    // What is drawn and does not learn keeps its adjoint, whatever it was that fed back.
    if (afterB && !program.next.B) own!.addScaled(1, afterB);
    const passed = { ...after[l]!, matrices: afterB && program.next.B ? after[l]!.matrices : afterOthers };
    reverse(program, kept[l]!, passed, {
      ...tableOf(state[l]!, leaves[l]!, B[l]!),
      bars: layerBars,
      thetaBar,
    });
  });

  // Errors, upwards: e_{l-1} = (B_l'e_l) .* g_{l-1}, direct: (B_l'e_L) .* g_{l-1}
  for (let l = 1 + lowestError(programs); l <= L; l++) {
    const h = g[l - 1]!.map((value, i) => value * eBar[l - 1]![i]!);
    // dg/dz is bend times g, which e_{l-1} already holds.
    const dz = y[l - 1]!.map((value, i) => bend(value, beta) * e[l - 1]![i]! * eBar[l - 1]![i]!);
    if (l > 1) addTo(zBar[l - 1]!, 1, dz);
    B[l - 1]!.times(h, eBar[direct ? L : l]!);
    BBar[l - 1]?.add(e[direct ? L : l]!, h);
  }
  if (signed)
    before.forEach(({ matrices: { B: LamB } }, l) => {
      if (!LamB) return;
      const { W, B: B0 } = state[l]!.matrices;
      LamB.addScaled(1, BBar[l]!.withSigns(W!).withSigns(B0!));
    });
  for (let l = 1; l < L; l++)
    addProduct(
      zBar[l]!,
      gBar[l]!,
      y[l]!.map((value, i) => bend(value, beta) * g[l]![i]!),
    );

  // e_L = y_L - onehot, y_L = softmax(z_L); p is y_L's element of the label and loss -log p
  addTo(yBar[L]!, 1, eBar[L]!);
  yBar[L]![shown.label]! += outputs.p[0]!;
  const mean = dot(y[L]!, yBar[L]!);
  addProduct(
    zBar[L]!,
    y[L]!,
    yBar[L]!.map((value) => value - mean),
  );
  addTo(zBar[L]!, outputs.loss[0]!, e[L]!);

  reverseForward(network, state, activity, zBar, yBar, before);
}

/** e_0, the error at the pixels, is only worked out where a term of layer 1 asks for e_pre. */
function lowestError([first]: readonly Program[]): number {
  return namesIn(first!).has('e_pre') ? 0 : 1;
}

/** Reverse of the activations, downwards, from the adjoints of z_L and of all y; adds to Lam, the adjoints of W. */
export function reverseForward(
  { beta, activation = 'softplus' }: Network,
  state: State,
  { y }: Pick<Activity, 'y'>,
  zBar: readonly Float64Array[],
  yBar: readonly Float64Array[],
  Lam: State,
): void {
  const { slope } = ACTIVATION[activation];
  for (let l = state.length; l >= 1; l--) {
    if (l < state.length)
      addProduct(
        zBar[l]!,
        yBar[l]!,
        y[l]!.map((value) => slope(value, beta)),
      );
    Lam[l - 1]!.matrices.W!.add(zBar[l]!, y[l - 1]!);
    if (l > 1) state[l - 1]!.matrices.W!.transposeTimes(zBar[l]!, yBar[l - 1]!);
  }
}

/** r, p and loss of an image. */
function outputsOf({ y, z, logNormaliser }: Activity, label: number) {
  const output = z.at(-1)!;
  return {
    r: Float64Array.of(firstLargest(output) === label ? 1 : 0),
    p: Float64Array.of(y.at(-1)![label]!),
    loss: Float64Array.of(logNormaliser - output[label]!),
  };
}

/** What each layer offers to the rule; with adjoints in place of values, where the rule's adjoints go. */
function leavesOf(
  { y, g, z, drive }: Pick<Activity, 'y' | 'g' | 'z' | 'drive'>,
  e: readonly Float64Array[],
  { xi }: Pick<Shown, 'xi'>,
  outputs: Readonly<Record<'r' | 'p' | 'loss', Float64Array>>,
): Table['vectors'][] {
  return y.slice(1).map((post, l) => ({
    y: post,
    e: e[l + 1]!,
    z: z[l + 1]!,
    g: g[l + 1]!,
    drive: drive[l + 1]!,
    xi: xi?.[l + 1] ?? new Float64Array(post.length),
    one: new Float64Array(post.length).fill(1),
    y_pre: y[l]!,
    e_pre: e[l]!,
    g_pre: g[l]!,
    one_pre: new Float64Array(y[l]!.length).fill(1),
    ...outputs,
  }));
}
