/** What the outer loop minimises: the query cross-entropy plus lamb * sum |theta| (paper's Algorithm 1). */

export interface ObjectiveOptions {
  /** Weight of the L1 term. */
  readonly lamb: number;
  /** Largest norm of the cross-entropy's gradient; longer ones are scaled down to it. */
  readonly clip?: number | undefined;
}

/**
 * Loss and gradient as the outer loop sees them. The cross-entropy's gradient is clipped before the L1 term is added:
 * clipped afterwards, a diverging gradient would drown the L1 term. d|x|/dx at 0 is 0.
 */
export function objective(
  crossEntropy: { readonly loss: number; readonly thetaGradient: ArrayLike<number> },
  theta: readonly number[],
  { lamb, clip }: ObjectiveOptions,
): { loss: number; gradient: number[] } {
  const gradient = Array.from(crossEntropy.thetaGradient);
  const norm = Math.hypot(...gradient);
  const scale = clip !== undefined && norm > clip ? clip / norm : 1;
  return {
    loss: crossEntropy.loss + lamb * theta.reduce((sum, t) => sum + Math.abs(t), 0),
    gradient: gradient.map((g, i) => scale * g + lamb * Math.sign(theta[i]!)),
  };
}
