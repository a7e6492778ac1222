/** The network's non-linearities (paper's Eqs 2, 3, 13). Scalars in, scalars out; NaN stays NaN. */

/** What a hidden layer does with its input current z; `beta` is the softplus's sharpness alone. */
interface ActivationKind {
  value(z: number, beta: number): number;
  /** g = dy/dz, written in y. */
  slope(y: number, beta: number): number;
  /** (dg/dz) / g, written in y: the slope's relative change. 0 at kinks. */
  bend(y: number, beta: number): number;
}

export const ACTIVATION = {
  /** log(1 + exp(beta z)) / beta, without overflow. */
  softplus: {
    value: (z, beta) => Math.max(z, 0) + Math.log1p(Math.exp(-beta * Math.abs(z))) / beta,
    slope: (y, beta) => -Math.expm1(-beta * y),
    bend: (y, beta) => beta * (1 + Math.expm1(-beta * y)),
  },
  relu: {
    value: (z) => Math.max(z, 0),
    slope: (y) => (y > 0 ? 1 : y === 0 ? 0 : Number.NaN),
    bend: () => 0,
  },
  tanh: { value: Math.tanh, slope: (y) => 1 - y * y, bend: (y) => -2 * y },
  sigmoid: { value: (z) => 1 / (1 + Math.exp(-z)), slope: (y) => y * (1 - y), bend: (y) => 1 - 2 * y },
  identity: { value: (z) => z, slope: () => 1, bend: () => 0 },
} as const satisfies Readonly<Record<string, ActivationKind>>;

export type Activation = keyof typeof ACTIVATION;
export const ACTIVATIONS = Object.keys(ACTIVATION) as readonly Activation[];

/** In words: `softplus 10`. */
export function activationText(activation: Activation, beta: number): string {
  return activation === 'softplus' ? `softplus ${beta}` : activation;
}

/** The factor of the error at the pixels, e_0: the paper's (Eq. 24) with softplus, else 1. */
export function inputSlope(activation: Activation, y: number, beta: number): number {
  return activation === 'softplus' ? ACTIVATION.softplus.slope(y, beta) : 1;
}

/** exp(z_i) / sum exp(z) in place of `y`; returns log sum exp(z). */
export function softmax(z: Float64Array, y: Float64Array): number {
  const largest = z.reduce((max, value) => Math.max(max, value), -Infinity);
  let total = 0;
  for (let i = 0; i < z.length; i++) total += y[i] = Math.exp(z[i]! - largest);
  for (let i = 0; i < z.length; i++) y[i]! /= total;
  return largest + Math.log(total);
}
