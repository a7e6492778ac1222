// AssemblyScript. Softplus, softmax and their derivatives. SIMD min, max and comparisons are arranged so that NaN stays
// NaN: a diverged episode must look diverged.
import { bytes, madd, padded, sum, zero } from './simd';

// Constants come from memory: V8 builds 128-bit literals out of general registers, each time anew.
const EXP = memory.data<f32>([
  -34,
  1.44269504,
  12582912,
  0.693359375,
  -2.1219444e-4,
  1 / 720.0,
  1 / 120.0,
  1 / 24.0,
  1 / 6.0,
  0.5,
  1,
]);
const BIAS = memory.data<i32>([127]);
const LOG = memory.data<f32>([2, 2 / 15.0, 2 / 13.0, 2 / 11.0, 2 / 9.0, 2 / 7.0, 2 / 5.0, 2 / 3.0]);

/** exp(x) for x <= 0 (relative error 2e-7), 0 below -34: what is added to 1 is lost there, and denormals are slow. */
function exp(x: v128): v128 {
  const small = f32x4.lt(x, v128.load32_splat(EXP));
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const shift = v128.load32_splat(EXP, 8);
  const shifted = f32x4.add(f32x4.mul(x, v128.load32_splat(EXP, 4)), shift);
  const n = f32x4.sub(shifted, shift);
  // x - n ln 2 in two pieces (Cody & Waite), |r| <= ln 2 / 2
  const high = f32x4.sub(x, f32x4.mul(n, v128.load32_splat(EXP, 12)));
  const r = f32x4.sub(high, f32x4.mul(n, v128.load32_splat(EXP, 16)));
  let p = madd(r, v128.load32_splat(EXP, 20), v128.load32_splat(EXP, 24));
  p = madd(p, r, v128.load32_splat(EXP, 28));
  p = madd(p, r, v128.load32_splat(EXP, 32));
  p = madd(p, r, v128.load32_splat(EXP, 36));
  p = madd(p, r, v128.load32_splat(EXP, 40));
  p = madd(p, r, v128.load32_splat(EXP, 40));
  // 2^n, as bits of a float; what overflows is dropped by the shift. A product, so that NaN stays NaN.
  const power = i32x4.shl(i32x4.add(shifted, v128.load32_splat(BIAS)), 23);
  return v128.andnot(f32x4.mul(p, power), small);
}

/** log(1 + x), 0 <= x <= 1:  2 artanh(s) with s = x / (2 + x) <= 1/3 (relative error 2e-7). */
function log1p(x: v128): v128 {
  const s = f32x4.div(x, f32x4.add(x, v128.load32_splat(LOG)));
  const t = f32x4.mul(s, s);
  let p = madd(t, v128.load32_splat(LOG, 4), v128.load32_splat(LOG, 8));
  p = madd(p, t, v128.load32_splat(LOG, 12));
  p = madd(p, t, v128.load32_splat(LOG, 16));
  p = madd(p, t, v128.load32_splat(LOG, 20));
  p = madd(p, t, v128.load32_splat(LOG, 24));
  p = madd(p, t, v128.load32_splat(LOG, 28));
  p = madd(p, t, v128.load32_splat(LOG));
  return f32x4.mul(p, s);
}

/**
 * y = softplus(z) = max(z, 0) + log(1 + exp(-beta |z|)) / beta   and   g = 1 - exp(-beta y) = 1 / (1 + exp(-beta z))
 */
export function softplus(y: usize, g: usize, z: usize, beta: f32, n: i32): void {
  const none = f32x4.splat(0);
  const one = f32x4.splat(1);
  const minusBeta = f32x4.splat(-beta);
  const inverse = f32x4.splat(1 / beta);
  const startY = y;
  const startG = g;
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    const p = v128.load(z);
    const q = v128.load(z, 16);
    const u = exp(f32x4.mul(minusBeta, f32x4.abs(p)));
    const v = exp(f32x4.mul(minusBeta, f32x4.abs(q)));
    v128.store(y, madd(log1p(u), inverse, f32x4.max(p, none)));
    v128.store(y, madd(log1p(v), inverse, f32x4.max(q, none)), 16);
    const a = f32x4.div(one, f32x4.add(one, u));
    const b = f32x4.div(one, f32x4.add(one, v));
    v128.store(g, v128.bitselect(f32x4.mul(u, a), a, f32x4.lt(p, none)));
    v128.store(g, v128.bitselect(f32x4.mul(v, b), b, f32x4.lt(q, none)), 16);
    z += 32;
    g += 32;
  }
  // softplus(0) is not 0: the padding must be.
  zero(startY + bytes(n), padded(n) - n);
  zero(startG + bytes(n), padded(n) - n);
}

/** y = softmax(z); returns sum exp(z - max z). */
export function softmax(y: usize, z: usize, n: i32): f32 {
  let largest = f32.load(z);
  for (let i = 1; i < n; i++) largest = max(largest, f32.load(z + bytes(i)));
  const shift = f32x4.splat(largest);
  for (let i = 0; i < padded(n); i += 4) v128.store(y + bytes(i), exp(f32x4.sub(v128.load(z + bytes(i)), shift)));
  zero(y + bytes(n), padded(n) - n);
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
