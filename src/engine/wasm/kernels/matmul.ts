// AssemblyScript. Matrix products, all row-major. Tiles of eight accumulators; what is left over goes through the
// matrix-vector kernels. A function for each strip of tiles: a call for each tile would cost a fifth.
import { mtv, mv } from './matvec';
import { bytes, madd, padded, sum4 } from './simd';
import { scale } from './vector';

/** D_kc = sum_r A_kr M_rc      D: k x columns, A: k x rows, M: rows x columns */
export function nn(
  d: usize,
  a: usize,
  m: usize,
  k: i32,
  rows: i32,
  columns: i32,
  dStride: i32,
  aStride: i32,
  mStride: i32,
): void {
  const tiled = k & ~3;
  const width = bytes(padded(columns));
  for (let i = 0; i < tiled; i += 4) {
    strip(d, 0, a, a + bytes(rows), m, width, bytes(dStride), bytes(aStride), 4, bytes(mStride));
    d += bytes(dStride) << 2;
    a += bytes(aStride) << 2;
  }
  for (let i = tiled; i < k; i++) {
    mtv(d, m, a, rows, columns, mStride, false);
    d += bytes(dStride);
    a += bytes(aStride);
  }
}

/**
 * Four rows of D = C + A M, C absent (0) or with D's step. A's elements lie aStep bytes apart from row to row and aNext from
 * column to column, up to aEnd in the first row.
 */
export function strip(
  d: usize,
  c: usize,
  a: usize,
  aEnd: usize,
  m: usize,
  width: usize,
  dStep: usize,
  aStep: usize,
  aNext: usize,
  mStep: usize,
): void {
  const zero = f32x4.splat(0);
  for (const end = d + width; d < end; d += 32) {
    const c1 = c + dStep;
    const c2 = c1 + dStep;
    const c3 = c2 + dStep;
    let p0 = c ? v128.load(c) : zero;
    let q0 = c ? v128.load(c, 16) : zero;
    let p1 = c ? v128.load(c1) : zero;
    let q1 = c ? v128.load(c1, 16) : zero;
    let p2 = c ? v128.load(c2) : zero;
    let q2 = c ? v128.load(c2, 16) : zero;
    let p3 = c ? v128.load(c3) : zero;
    let q3 = c ? v128.load(c3, 16) : zero;
    let row = m;
    for (let a0 = a; a0 < aEnd; a0 += aNext) {
      const a1 = a0 + aStep;
      const a2 = a1 + aStep;
      const a3 = a2 + aStep;
      const m0 = v128.load(row);
      const m1 = v128.load(row, 16);
      let s = v128.load32_splat(a0);
      p0 = madd(m0, s, p0);
      q0 = madd(m1, s, q0);
      s = v128.load32_splat(a1);
      p1 = madd(m0, s, p1);
      q1 = madd(m1, s, q1);
      s = v128.load32_splat(a2);
      p2 = madd(m0, s, p2);
      q2 = madd(m1, s, q2);
      s = v128.load32_splat(a3);
      p3 = madd(m0, s, p3);
      q3 = madd(m1, s, q3);
      row += mStep;
    }
    let to = d;
    v128.store(to, p0);
    v128.store(to, q0, 16);
    to += dStep;
    v128.store(to, p1);
    v128.store(to, q1, 16);
    to += dStep;
    v128.store(to, p2);
    v128.store(to, q2, 16);
    to += dStep;
    v128.store(to, p3);
    v128.store(to, q3, 16);
    if (c) c += 32;
    m += 32;
  }
}

/** D_kr = sum_c A_kc M_rc      D: k x rows, A: k x columns, M: rows x columns */
export function nt(
  d: usize,
  a: usize,
  m: usize,
  k: i32,
  rows: i32,
  columns: i32,
  dStride: i32,
  aStride: i32,
  mStride: i32,
): void {
  const tiled = k & ~1;
  const width = bytes(padded(columns));
  const whole = rows & ~3;
  const step = bytes(mStride);
  const rest = m + <usize>whole * step;
  for (let i = 0; i < tiled; i += 2) {
    const next = d + bytes(dStride);
    const b = a + bytes(aStride);
    ntStrip(d, next, a, b, m, whole, width, step);
    if (whole < rows) {
      mv(d + bytes(whole), rest, a, rows - whole, columns, mStride, false);
      mv(next + bytes(whole), rest, b, rows - whole, columns, mStride, false);
    }
    d = next + bytes(dStride);
    a = b + bytes(aStride);
  }
  if (tiled < k) mv(d, m, a, rows, columns, mStride, false);
}

/** Two rows of D, d and e, from two of A, a and b; a multiple of four `rows` of M. */
export function ntStrip(d: usize, e: usize, a: usize, b: usize, m: usize, rows: i32, width: usize, step: usize): void {
  const aEnd = a + width;
  const toB = b - a;
  for (const end = d + bytes(rows); d < end; d += 16) {
    let p0 = f32x4.splat(0);
    let p1 = f32x4.splat(0);
    let p2 = f32x4.splat(0);
    let p3 = f32x4.splat(0);
    let q0 = f32x4.splat(0);
    let q1 = f32x4.splat(0);
    let q2 = f32x4.splat(0);
    let q3 = f32x4.splat(0);
    let m0 = m;
    let m1 = m0 + step;
    let m2 = m1 + step;
    let m3 = m2 + step;
    m = m3 + step;
    for (let c = a; c < aEnd; c += 16) {
      const x = v128.load(c);
      const y = v128.load(c + toB);
      let w = v128.load(m0);
      p0 = madd(w, x, p0);
      q0 = madd(w, y, q0);
      w = v128.load(m1);
      p1 = madd(w, x, p1);
      q1 = madd(w, y, q1);
      w = v128.load(m2);
      p2 = madd(w, x, p2);
      q2 = madd(w, y, q2);
      w = v128.load(m3);
      p3 = madd(w, x, p3);
      q3 = madd(w, y, q3);
      m0 += 16;
      m1 += 16;
      m2 += 16;
      m3 += 16;
    }
    v128.store(d, sum4(p0, p1, p2, p3));
    v128.store(e, sum4(q0, q1, q2, q3));
    e += 16;
  }
}

/** D_rc = s M_rc + sum_i L_ir R_ic      D, M: rows x columns (may be the same), L: n x rows, R: n x columns */
export function ger(
  d: usize,
  m: usize,
  s: f32,
  l: usize,
  r: usize,
  n: i32,
  rows: i32,
  columns: i32,
  stride: i32,
  lStride: i32,
  rStride: i32,
): void {
  const step = bytes(stride);
  const width = bytes(padded(columns));
  if (s != 1) {
    for (let i = 0; i < rows; i++) scale(d + <usize>i * step, m + <usize>i * step, s, columns);
    m = d;
  }
  const tiled = rows & ~3;
  for (let i = 0; i < tiled; i += 4) {
    strip(d, m, l, l + <usize>n * bytes(lStride), r, width, step, 4, bytes(lStride), bytes(rStride));
    d += step << 2;
    m += step << 2;
    l += 16;
  }
  for (let i = tiled; i < rows; i++) {
    for (let c: usize = 0; c < width; c += 32) gerRow(d + c, m + c, l, r + c, n, bytes(lStride), bytes(rStride));
    d += step;
    m += step;
    l += 4;
  }
}

export function gerRow(d: usize, m: usize, l: usize, r: usize, n: i32, lStep: usize, rStep: usize): void {
  let p = v128.load(m);
  let q = v128.load(m, 16);
  for (let i = 0; i < n; i++) {
    const x = v128.load32_splat(l);
    p = madd(v128.load(r), x, p);
    q = madd(v128.load(r, 16), x, q);
    l += lStep;
    r += rStep;
  }
  v128.store(d, p);
  v128.store(d, q, 16);
}
