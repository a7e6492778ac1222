import type { AdamState } from './record.js';

/** PyTorch's defaults. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface AdamOptions {
  readonly learningRate: number;
  /** theta_i = scale_i * phi_i, where the gradient is that of phi; absent: 1. */
  readonly scale?: readonly number[] | undefined;
  /** Weight of an L1 term of phi, minimised by a proximal step; absent: 0. */
  readonly shrink?: number | undefined;
}

/** Adam before its first step. */
export function initialState(theta: readonly number[]): AdamState {
  const zeros = theta.map(() => 0);
  return { theta: [...theta], m: zeros, v: zeros, step: 0 };
}

/**
 * One step of Adam (Kingma & Ba 2015, arXiv:1412.6980) in PyTorch's form on phi = theta / scale; `gradient` is
 * d loss / d phi. With `shrink`, a soft threshold follows in the metric of Adam's step (Yun et al. 2021,
 * arXiv:2007.07484): phi shrinks towards 0 by shrink times its own rate lr / sqrt(v), and stops there, so that the
 * step rests where -gradient is a subgradient of shrink * |phi|, as an exact minimiser of the sum would.
 */
export function adamStep(
  state: AdamState,
  gradient: readonly number[],
  { learningRate, scale, shrink = 0 }: AdamOptions,
): AdamState {
  const step = state.step + 1;
  const m = gradient.map((g, i) => BETA1 * state.m[i]! + (1 - BETA1) * g);
  const v = gradient.map((g, i) => BETA2 * state.v[i]! + (1 - BETA2) * g * g);
  const stepSize = learningRate / (1 - power(BETA1, step));
  const correction = Math.sqrt(1 - power(BETA2, step));
  const theta = state.theta.map((t, i) => {
    const unit = scale?.[i] ?? 1;
    const norm = Math.sqrt(v[i]!) / correction + EPSILON;
    return softThreshold(t - (unit * (stepSize * m[i]!)) / norm, (unit * learningRate * shrink) / norm);
  });
  return { theta, m, v, step };
}

/** base^n, n a whole number, by multiplications alone: `**` may differ in the last bit from one version of Node to another. */
export function power(base: number, n: number): number {
  let result = 1;
  for (let square = base; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2 === 1) result *= square;
  return result;
}

/** The point between x and 0 that is `by` from x, but not beyond 0. */
function softThreshold(x: number, by: number): number {
  return by > 0 ? Math.sign(x) * Math.max(0, Math.abs(x) - by) + 0 : x; // -0 + 0 is 0
}
