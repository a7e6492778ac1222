/**
 * What the outer loop minimises: the query cross-entropy plus lamb * sum |phi| (paper's Algorithm 1, with phi = theta).
 *
 * Adam moves every coefficient by about its learning rate an episode, however large the term is that it stands before.
 * So a term may be measured in a unit of its own: theta_r = scale_r * phi_r, where theta is what the rule runs with,
 * and phi what Adam, clipping and the L1 term see.
 */

import { norm } from '../stats/norm.js';

/** How the L1 term is minimised: by its subgradient, or by a soft threshold after Adam's step, which gives exact zeros. */
export const L1_METHODS = ['subgradient', 'proximal'] as const;

export interface ObjectiveOptions {
  /** Weight of the L1 term. */
  readonly lamb: number;
  /** `subgradient` if absent. */
  readonly l1?: (typeof L1_METHODS)[number] | undefined;
  /** Largest norm of the cross-entropy's gradient; longer ones are scaled down to it. Absent or 0: any. */
  readonly clip?: number | undefined;
  /** scale_r above, one per coefficient; absent: 1. */
  readonly scale?: readonly number[] | undefined;
}

/**
 * Loss, and its gradient with respect to phi: the cross-entropy's, clipped, plus the subgradient of the L1 term
 * (d|x|/dx at 0 is 0) unless that is left to the proximal step. Clipping comes first: clipped afterwards, a diverging
 * gradient would drown the L1 term.
 */
export function objective(
  crossEntropy: { readonly loss: number; readonly thetaGradient: ArrayLike<number> },
  theta: readonly number[],
  { lamb, l1, clip, scale }: ObjectiveOptions,
): { loss: number; gradient: number[] } {
  const gradient = Array.from(crossEntropy.thetaGradient, (g, i) => g * (scale?.[i] ?? 1));
  const { largest, relative } = norm(gradient);
  const length = largest === 0 || !Number.isFinite(largest) ? largest : largest * relative;
  const shorten = clip && length > clip ? clip / length : 1;
  const pull = l1 === 'proximal' ? 0 : lamb;
  return {
    loss: crossEntropy.loss + lamb * theta.reduce((sum, t, i) => sum + Math.abs(t) / (scale?.[i] ?? 1), 0),
    gradient: gradient.map((g, i) => shorten * g + pull * Math.sign(theta[i]!)),
  };
}
