/**
 * One episode on the kernels: adapt on the training images, query loss, and its exact gradient with respect to theta by
 * walking back. The same algorithm as the reference engine's, in float32 and over rows in the kernels' memory.
 */
import type { Adaptation, EpisodeResult } from '../engine.js';
import type { Episode } from '../episode.js';
import type { Arena } from './arena.js';
import { padded } from './arena.js';
import type { Kernels } from './kernels.js';
import { finalMatrices, type Statistics, statistics } from './statistics.js';
import type { Workspace } from './workspace.js';

export interface Machine {
  readonly arena: Arena;
  readonly kernels: Kernels;
}

/**
 * Runs the episode that `space` was prepared for. `measure` is called as soon as all is there that the statistics are made
 * of, which the way back through the steps leaves alone: so they may be made beside it.
 */
export async function runEpisode(
  machine: Machine,
  space: Workspace,
  episode: Episode,
  theta: Float64Array,
  measure: () => Statistics | Promise<Statistics>,
): Promise<EpisodeResult> {
  goForward(machine, space, episode, theta);
  const { loss, accuracy } = query(machine, space, episode.query.labels);
  queryBack(machine, space, episode.query.labels);
  const measured = measure();
  const thetaGradient = new Float64Array(theta.length);
  for (let t = episode.train.labels.length - 1; t >= 0; t--) stepBack(machine, space, t, thetaGradient);
  return { loss, accuracy, thetaGradient, ...(await measured) };
}

/** The way forward alone. */
export function adapt(machine: Machine, space: Workspace, episode: Episode, theta: Float64Array): Adaptation {
  goForward(machine, space, episode, theta);
  const { loss, accuracy } = query(machine, space, episode.query.labels);
  queryBack(machine, space, episode.query.labels);
  const W = finalMatrices(space);
  const weights = space.layers.map(({ post, pre }, l) => {
    const { at, transposed } = W[l]!;
    const [down, across] = transposed ? [1, padded(post)] : [padded(pre), 1];
    const stored = machine.arena.view(at, transposed ? pre * padded(post) : post * padded(pre));
    const values = new Float32Array(post * pre);
    for (let i = 0, to = 0; i < post; i++) for (let j = 0; j < pre; j++) values[to++] = stored[i * down + j * across]!;
    return values;
  });
  return { loss, accuracy, ...statistics(machine, space), weights, states: weights.map(() => ({})) };
}

function goForward(machine: Machine, space: Workspace, { train: { labels } }: Episode, theta: Float64Array): void {
  for (let t = 0; t < labels.length; t++) stepForward(machine, space, t, labels[t]!, theta);
}

/** Step t: forward pass, errors, and every layer's update (paper's Eqs 1-3, 24). */
function stepForward({ arena, kernels: k }: Machine, space: Workspace, t: number, label: number, theta: Float64Array) {
  const { layers, input, preparation } = space;
  const { beta, direct, needsErrors } = preparation.shape;
  const L = layers.length;
  for (let l = 0; l < L; l++) {
    const { weights, z, y, g, post } = layers[l]!;
    weights.seek(t);
    if (l === 0) input.drive(t, z.at(t), weights);
    else weights.toPost(z.at(t), layers[l - 1]!.y.at(t), false);
    if (l < L - 1) k.softplus(y.at(t), g.at(t), z.at(t), beta, post);
    else k.softmax(y.at(t), z.at(t), post);
  }
  const top = layers[L - 1]!;
  const e = top.e.at(t);
  k.copy(e, top.y.at(t), top.post);
  arena.set(e + label * 4, arena.get(e + label * 4) - 1);
  for (let l = L - 1; l > 0; l--) {
    const { weights, B, pre } = layers[l]!;
    const below = layers[l - 1]!;
    const { e, post } = direct ? top : layers[l]!;
    if (B) k.mtv(below.e.at(t), B, e.at(t), post, pre, padded(pre), false);
    else weights.toPre(below.e.at(t), e.at(t), false);
    k.multiply(below.e.at(t), below.e.at(t), below.g.at(t), pre, false);
  }
  if (needsErrors) input.errors(t, (direct ? top : layers[0]!).e.at(t), layers[0]!.weights);
  for (const { rule } of layers) rule.forward(t, theta);
}

/** Reverse of step t. */
function stepBack({ kernels: k }: Machine, space: Workspace, t: number, thetaGradient: Float64Array) {
  const { layers, input, preparation, bars } = space;
  const { beta, direct, needsErrors } = preparation.shape;
  const L = layers.length;
  k.clear(bars.at, bars.floats);
  if (needsErrors) k.clear(input.ePreBar, input.size);
  for (const { weights, lam, rule } of layers) {
    weights.seek(t);
    lam.open(t);
    rule.reverse(t, thetaGradient);
  }
  // Errors, upwards: e_{l-1} = (B_l'e_l) .* g_{l-1}, direct: (B_l'e_L) .* g_{l-1}
  const top = layers[L - 1]!;
  const first = direct ? top : layers[0]!;
  if (needsErrors) input.reverseErrors(t, first.eBar, first.e.at(t), layers[0]!.lam);
  for (let l = 1; l < L; l++) {
    const { B, lam, pre } = layers[l]!;
    const { eBar, e, post } = direct ? top : layers[l]!;
    const below = layers[l - 1]!;
    k.errorsReverse(below.h, below.zBar, below.eBar, below.e.at(t), below.g.at(t), beta, pre);
    if (B) k.mv(eBar, B, below.h, post, pre, padded(pre), true);
    else lam.reverseToPre(eBar, below.h, e.at(t));
  }
  // e_L = y_L - onehot, y_L = softmax(z_L)
  k.axpy(top.yBar, top.eBar, 1, top.post);
  k.softmaxReverse(top.zBar, top.y.at(t), top.yBar, top.post);
  // Activations, downwards: y_l = softplus(z_l), z_l = W_l y_{l-1}
  for (let l = L - 1; l >= 0; l--) {
    const { zBar, yBar, g, lam, post } = layers[l]!;
    if (l < L - 1) k.multiply(zBar, yBar, g.at(t), post, true);
    if (l > 0) lam.reverseToPost(layers[l - 1]!.yBar, zBar, layers[l - 1]!.y.at(t));
    else input.reverseDrive(t, zBar, lam);
    lam.close(t);
  }
}

/** Loss and accuracy over the query images with the final weights. */
function query({ arena, kernels: k }: Machine, space: Workspace, labels: Uint8Array) {
  const { layers, query, input, preparation } = space;
  const { beta, queries } = preparation.shape;
  const L = layers.length;
  let loss = 0;
  let right = 0;
  for (let l = 0; l < L; l++) {
    const { post, pre, weights } = layers[l]!;
    const { y, z, g } = query[l]!;
    if (l === 0) input.driveQuery(z, weights);
    else {
      const below = query[l - 1]!;
      k.nt(z.base, below.y.base, weights.final, queries, post, pre, padded(post), padded(pre), padded(pre));
    }
    for (let q = 0; q < queries; q++) {
      if (l < L - 1) k.softplus(y.at(q), g.at(q), z.at(q), beta, post);
      else {
        const total = k.softmax(y.at(q), z.at(q), post);
        const logits = arena.view(z.at(q), post);
        const best = firstLargest(logits);
        if (best === labels[q]) right++;
        loss += (Math.log(total) + (logits[best] ?? Number.NaN) - logits[labels[q]!]!) / queries;
      }
    }
  }
  return { loss, accuracy: right / queries };
}

/** Leaves the derivatives of that loss in every layer's Lam, and with respect to z in the query's rows. */
function queryBack({ arena, kernels: k }: Machine, space: Workspace, labels: Uint8Array): void {
  const { layers, query, input, preparation } = space;
  const { queries } = preparation.shape;
  const L = layers.length;
  const top = query[L - 1]!;
  k.scale(top.zBar.base, top.y.base, 1 / queries, queries * padded(layers[L - 1]!.post));
  for (let q = 0; q < queries; q++) {
    const at = top.zBar.at(q) + labels[q]! * 4;
    arena.set(at, arena.get(at) - 1 / queries);
  }
  for (let l = L - 1; l > 0; l--) {
    const { post, pre, weights, lam } = layers[l]!;
    const { zBar } = query[l]!;
    const below = query[l - 1]!;
    const [n, m] = [padded(post), padded(pre)];
    const { base } = lam.now;
    k.clear(base, post * m);
    k.ger(base, base, 1, zBar.base, below.y.base, queries, post, pre, m, n, m);
    k.nn(below.zBar.base, zBar.base, weights.final, queries, post, pre, m, n, m);
    k.multiply(below.zBar.base, below.zBar.base, below.g.base, queries * m, false);
  }
  input.reverseQuery(query[0]!.zBar, layers[0]!.lam);
}

/** Index of the first largest value; -1 where there is a NaN, so that a diverged network is never right. */
function firstLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) return -1;
    if (values[i]! > values[best]!) best = i;
  }
  return best;
}
