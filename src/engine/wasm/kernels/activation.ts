// AssemblyScript. Softplus, softmax and their derivatives. SIMD min, max and comparisons are arranged so that NaN stays
// NaN: a diverged episode must look diverged.
import { bytes, madd, padded, sum } from './simd';

/** exp(x) for x <= 0 (relative error 2e-7), 0 below -34: what is added to 1 is lost there, and denormals are slow. */
function exp(x: v128): v128 {
  const small = f32x4.lt(x, f32x4.splat(-34));
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  // x - n ln 2 in two pieces (Cody & Waite), |r| <= ln 2 / 2
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = madd(r, f32x4.splat(1 / 720.0), f32x4.splat(1 / 120.0));
  p = madd(p, r, f32x4.splat(1 / 24.0));
  p = madd(p, r, f32x4.splat(1 / 6.0));
  p = madd(p, r, f32x4.splat(0.5));
  p = madd(p, r, f32x4.splat(1));
  p = madd(p, r, f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), small);
}

/** log(1 + x), 0 <= x <= 1:  2 artanh(s) with s = x / (2 + x) <= 1/3 (relative error 2e-7). */
function log1p(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(x, f32x4.splat(2)));
  const t = f32x4.mul(s, s);
  let p = madd(t, f32x4.splat(2 / 15.0), f32x4.splat(2 / 13.0));
  p = madd(p, t, f32x4.splat(2 / 11.0));
  p = madd(p, t, f32x4.splat(2 / 9.0));
  p = madd(p, t, f32x4.splat(2 / 7.0));
  p = madd(p, t, f32x4.splat(2 / 5.0));
  p = madd(p, t, f32x4.splat(2 / 3.0));
  p = madd(p, t, f32x4.splat(2));
  return f32x4.mul(p, s);
}

/**
 * y = softplus(z) = max(z, 0) + log(1 + exp(-beta |z|)) / beta   and   g = 1 - exp(-beta y) = 1 / (1 + exp(-beta z))
 */
export function softplus(y: usize, g: usize, z: usize, beta: f32, n: i32): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const minusBeta = f32x4.splat(-beta);
  const inverse = f32x4.splat(1 / beta);
  const startY = y;
  const startG = g;
  for (const end = y + bytes(padded(n)); y < end; y += 16) {
    const x = v128.load(z);
    const decay = exp(f32x4.mul(minusBeta, f32x4.abs(x)));
    v128.store(y, f32x4.add(f32x4.max(x, zero), f32x4.mul(log1p(decay), inverse)));
    const sigmoid = f32x4.div(one, f32x4.add(one, decay));
    v128.store(g, v128.bitselect(f32x4.mul(decay, sigmoid), sigmoid, f32x4.lt(x, zero)));
    z += 16;
    g += 16;
  }
  // softplus(0) is not 0: the padding must be.
  const rest = bytes(padded(n) - n);
  memory.fill(startY + bytes(n), 0, rest);
  memory.fill(startG + bytes(n), 0, rest);
}

/** y = softmax(z); returns sum exp(z - max z). */
export function softmax(y: usize, z: usize, n: i32): f32 {
  let largest = f32.load(z);
  for (let i = 1; i < n; i++) largest = max(largest, f32.load(z + bytes(i)));
  const shift = f32x4.splat(largest);
  for (let i = 0; i < padded(n); i += 4) v128.store(y + bytes(i), exp(f32x4.sub(v128.load(z + bytes(i)), shift)));
  memory.fill(y + bytes(n), 0, bytes(padded(n) - n));
  let total = f32x4.splat(0);
  for (let i = 0; i < padded(n); i += 4) total = f32x4.add(total, v128.load(y + bytes(i)));
  const normalizer = sum(total);
  const factor = f32x4.splat(1 / normalizer);
  for (let i = 0; i < padded(n); i += 4) v128.store(y + bytes(i), f32x4.mul(v128.load(y + bytes(i)), factor));
  return normalizer;
}

/** zbar += y .* (ybar - y'ybar): the reverse of y = softmax(z). */
export function softmaxReverse(zbar: usize, y: usize, ybar: usize, n: i32): void {
  let product = f32x4.splat(0);
  for (let i = 0; i < padded(n); i += 4) product = madd(v128.load(y + bytes(i)), v128.load(ybar + bytes(i)), product);
  const mean = f32x4.splat(sum(product));
  for (let i = 0; i < padded(n); i += 4) {
    const change = f32x4.mul(v128.load(y + bytes(i)), f32x4.sub(v128.load(ybar + bytes(i)), mean));
    v128.store(zbar + bytes(i), f32x4.add(v128.load(zbar + bytes(i)), change));
  }
}
