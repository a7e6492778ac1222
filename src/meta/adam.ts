import type { AdamState } from './record.js';

/** PyTorch's defaults. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam before its first step. */
export function initialState(theta: readonly number[]): AdamState {
  const zeros = theta.map(() => 0);
  return { theta: [...theta], m: zeros, v: zeros, step: 0 };
}

/** One step of Adam (Kingma & Ba 2015, arXiv:1412.6980) in PyTorch's form; `gradient` is d loss / d theta. */
export function adamStep(state: AdamState, gradient: readonly number[], learningRate: number): AdamState {
  const step = state.step + 1;
  const m = gradient.map((g, i) => BETA1 * state.m[i]! + (1 - BETA1) * g);
  const v = gradient.map((g, i) => BETA2 * state.v[i]! + (1 - BETA2) * g * g);
  const stepSize = learningRate / (1 - BETA1 ** step);
  const correction = Math.sqrt(1 - BETA2 ** step);
  const theta = state.theta.map((t, i) => t - (stepSize * m[i]!) / (Math.sqrt(v[i]!) / correction + EPSILON));
  return { theta, m, v, step };
}
