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
 * the way forward and `queryBack` left and writes to temporaries of its own.
 */
export function statistics(machine: Machine, space: Workspace): Statistics {
  const W = finalMatrices(space);
  return { angles: angles(machine, space, W), orthonormality: orthonormality(machine, space, W) };
}

/**
 * Between the batch means of e by the feedback path and by W'. Degrees. The errors by W' are the derivatives of the loss
 * with respect to z, over the number of images, as any are here: an angle does not ask for lengths.
 */
function angles({ arena, kernels: k }: Machine, space: Workspace, W: readonly StoredMatrix[]): Float64Array {
  const { input, layers, query, preparation, statistics } = space;
  const { mean, ones, a, b } = statistics;
  const { queries, fixed, direct, feedbackPost } = preparation.shape;
  const L = layers.length;
  const sum = (e: number, n: number) => {
    k.mtv(mean, e, ones, queries, n, padded(n), false);
    return arena.view(mean, n).slice();
  };
  const sumOnPixels = (e: number, matrix: StoredMatrix) => {
    input.sumErrors(mean, e, matrix);
    return arena.view(mean, layers[0]!.pre).slice();
  };
  const exact = [sumOnPixels(query[0]!.zBar.base, W[0]!)];
  layers.forEach(({ post }, l) => {
    exact.push(sum(query[l]!.zBar.base, post));
  });
  // Where W feeds back, both paths are one.
  const fed = exact.slice();
  if (fixed) {
    let e = query[L - 1]!.zBar.base;
    for (let l = L - 1; l > 0; l--) {
      const { B, pre } = layers[l]!;
      const next = e === a ? b : a;
      back(k, next, e, { at: B, post: feedbackPost[l]!, transposed: false }, queries, pre);
      k.multiply(next, next, query[l - 1]!.g.base, queries * padded(pre), false);
      fed[l] = sum(next, pre);
      if (!direct) e = next;
    }
    fed[0] = sumOnPixels(e, input.B);
  }
  return Float64Array.from(exact, (mean, l) => angleDegrees(fed[l]!, mean));
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
