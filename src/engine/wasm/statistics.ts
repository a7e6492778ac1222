import { angleDegrees } from '../../stats/angle.js';
import type { Outcome } from '../engine.js';
import { padded } from './arena.js';
import type { Machine } from './episode.js';
import type { StoredMatrix } from './input.js';
import type { Kernels } from './kernels.js';
import type { Workspace } from './workspace.js';

/** W_1 .. W_L after the last step; W_1 is of pixels also where the episode saw it in sample space. */
export function finalMatrices({ layers, input }: Workspace): StoredMatrix[] {
  return layers.map(({ weights, rule, post }, l) =>
    l === 0 ? input.finalWeights(weights, rule) : { at: weights.final, post, transposed: false },
  );
}

export type Statistics = Pick<Outcome, 'angles' | 'orthonormality'>;

/**
 * Alignment angles, layers 0..L, and orthonormality, layers 1..L, over the query batch with the final weights. Reads what
 * the way forward left and writes to temporaries of its own.
 */
export function statistics(machine: Machine, space: Workspace, labels: Uint8Array): Statistics {
  const W = finalMatrices(space);
  return { angles: angles(machine, space, labels, W), orthonormality: orthonormality(machine, space, W) };
}

/** Between the batch means of e by the feedback path and by W'. Degrees. */
function angles(machine: Machine, space: Workspace, labels: Uint8Array, W: readonly StoredMatrix[]): Float64Array {
  const { a, b } = space.statistics;
  const { layers, preparation } = space;
  const exact = meanErrors(machine, space, labels, W, a, b);
  // Where W feeds back, both paths are one.
  const { fixed, direct, feedbackPost } = preparation.shape;
  const B = layers.map((layer, l) =>
    l === 0 ? space.input.B : { at: layer.B, post: feedbackPost[l]!, transposed: false },
  );
  const fed = fixed ? meanErrors(machine, space, labels, B, a, b, direct) : exact;
  return Float64Array.from(exact, (mean, l) => angleDegrees(fed[l]!, mean));
}

/**
 * Sums over the batch of e_0 .. e_L, errors going back through `matrices`, each from the layer above or, `direct`, from the
 * top; `e` and `next` are temporaries.
 */
function meanErrors(
  { arena, kernels: k }: Machine,
  { input, layers, query, preparation, statistics }: Workspace,
  labels: Uint8Array,
  matrices: readonly StoredMatrix[],
  e: number,
  next: number,
  direct = false,
): Float32Array[] {
  const { mean, ones } = statistics;
  const { queries } = preparation.shape;
  const sums: Float32Array[] = [];
  const sum = (of: number, n: number) => {
    k.mtv(mean, of, ones, queries, n, padded(n), false);
    return arena.view(mean, n).slice();
  };
  const L = layers.length;
  const outputs = layers[L - 1]!.post;
  k.copy(e, query[L - 1]!.y.base, queries * padded(outputs));
  for (let q = 0; q < queries; q++) {
    const at = e + (q * padded(outputs) + labels[q]!) * 4;
    arena.set(at, arena.get(at) - 1);
  }
  sums[L] = sum(e, outputs);
  for (let l = L - 1; l > 0; l--) {
    const { pre } = layers[l]!;
    back(k, next, e, matrices[l]!, queries, pre);
    k.multiply(next, next, query[l - 1]!.g.base, queries * padded(pre), false);
    sums[l] = sum(next, pre);
    if (!direct) [e, next] = [next, e];
  }
  input.sumErrors(mean, e, matrices[0]!);
  sums[0] = arena.view(mean, layers[0]!.pre).slice();
  return sums;
}

/** sum over the batch of |z_l - W_l W_l'y_l|^2, l = 1..L (Eq. 11). */
function orthonormality({ kernels: k }: Machine, space: Workspace, W: readonly StoredMatrix[]): Float64Array {
  const { layers, query } = space;
  const { queries } = space.preparation.shape;
  const { a: x, c: again } = space.statistics;
  return Float64Array.from(layers, ({ post, pre }, l) => {
    const { y, z } = query[l]!;
    const [n, m] = [padded(post), padded(pre)];
    back(k, x, y.base, W[l]!, queries, pre);
    k.clear(again, queries * n);
    const { at, transposed } = W[l]!;
    if (transposed) k.nn(again, x, at, queries, pre, post, n, m, n);
    else k.nt(again, x, at, queries, post, pre, n, m, m);
    k.axpy(again, z.base, -1, queries * n);
    let total = 0;
    for (let q = 0; q < queries; q++) total += k.dot(again + q * n * 4, again + q * n * 4, post);
    return total;
  });
}

/** D = A W, for A and D with a row per image. */
function back(k: Kernels, d: number, a: number, { at, post, transposed }: StoredMatrix, rows: number, pre: number) {
  const [n, m] = [padded(post), padded(pre)];
  if (transposed) k.nt(d, a, at, rows, pre, post, m, n, n);
  else k.nn(d, a, at, rows, post, pre, m, n, m);
}
