/** The network's non-linearities (paper's Eqs 2, 3, 13). Scalars in, scalars out; NaN stays NaN. */

/** log(1 + exp(beta z)) / beta, without overflow. */
export const softplus = (z: number, beta: number): number =>
  Math.max(z, 0) + Math.log1p(Math.exp(-beta * Math.abs(z))) / beta;

/** d softplus / dz written in y = softplus(z): 1 - exp(-beta y); also gives e_0's factor from the pixels (Eq. 24). */
export const slope = (y: number, beta: number): number => -Math.expm1(-beta * y);

/** exp(z_i) / sum exp(z) in place of `y`; returns log sum exp(z). */
export function softmax(z: Float64Array, y: Float64Array): number {
  const largest = z.reduce((max, value) => Math.max(max, value), -Infinity);
  let total = 0;
  for (let i = 0; i < z.length; i++) total += y[i] = Math.exp(z[i]! - largest);
  for (let i = 0; i < z.length; i++) y[i]! /= total;
  return largest + Math.log(total);
}
