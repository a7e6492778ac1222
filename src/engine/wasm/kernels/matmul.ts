// AssemblyScript. Matrix products, all row-major. Tiles of eight accumulators; what is left over goes through the
// matrix-vector kernels.
import { mtv, mv } from './matvec';
import { bytes, madd, padded, sum4 } from './simd';

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
    for (let c: usize = 0; c < width; c += 32)
      nnTile(d + c, a, m + c, rows, bytes(dStride), bytes(aStride), bytes(mStride));
    d += bytes(dStride) << 2;
    a += bytes(aStride) << 2;
  }
  for (let i = tiled; i < k; i++) {
    mtv(d, m, a, rows, columns, mStride, false);
    d += bytes(dStride);
    a += bytes(aStride);
  }
}

export function nnTile(d: usize, a: usize, m: usize, rows: i32, dStep: usize, aStep: usize, mStep: usize): void {
  const a2 = a + (aStep << 1);
  let p0 = f32x4.splat(0);
  let p1 = f32x4.splat(0);
  let p2 = f32x4.splat(0);
  let p3 = f32x4.splat(0);
  let q0 = f32x4.splat(0);
  let q1 = f32x4.splat(0);
  let q2 = f32x4.splat(0);
  let q3 = f32x4.splat(0);
  const width = bytes(rows);
  for (let r: usize = 0; r < width; r += 4) {
    const m0 = v128.load(m);
    const m1 = v128.load(m, 16);
    let s = v128.load32_splat(a + r);
    p0 = madd(m0, s, p0);
    q0 = madd(m1, s, q0);
    s = v128.load32_splat(a + aStep + r);
    p1 = madd(m0, s, p1);
    q1 = madd(m1, s, q1);
    s = v128.load32_splat(a2 + r);
    p2 = madd(m0, s, p2);
    q2 = madd(m1, s, q2);
    s = v128.load32_splat(a2 + aStep + r);
    p3 = madd(m0, s, p3);
    q3 = madd(m1, s, q3);
    m += mStep;
  }
  v128.store(d, p0);
  v128.store(d, q0, 16);
  d += dStep;
  v128.store(d, p1);
  v128.store(d, q1, 16);
  d += dStep;
  v128.store(d, p2);
  v128.store(d, q2, 16);
  d += dStep;
  v128.store(d, p3);
  v128.store(d, q3, 16);
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
  for (let i = 0; i < tiled; i += 2) {
    const next = d + bytes(dStride);
    for (let r = 0; r < whole; r += 4)
      ntTile(d + bytes(r), next + bytes(r), a, a + bytes(aStride), m + <usize>r * step, width, step);
    if (whole < rows) {
      const rest = m + <usize>whole * step;
      mv(d + bytes(whole), rest, a, rows - whole, columns, mStride, false);
      mv(next + bytes(whole), rest, a + bytes(aStride), rows - whole, columns, mStride, false);
    }
    d = next + bytes(dStride);
    a += bytes(aStride) << 1;
  }
  if (tiled < k) mv(d, m, a, rows, columns, mStride, false);
}

export function ntTile(d: usize, e: usize, a: usize, b: usize, m: usize, width: usize, step: usize): void {
  const m1 = m + step;
  const m2 = m1 + step;
  const m3 = m2 + step;
  let p0 = f32x4.splat(0);
  let p1 = f32x4.splat(0);
  let p2 = f32x4.splat(0);
  let p3 = f32x4.splat(0);
  let q0 = f32x4.splat(0);
  let q1 = f32x4.splat(0);
  let q2 = f32x4.splat(0);
  let q3 = f32x4.splat(0);
  for (let c: usize = 0; c < width; c += 16) {
    const x = v128.load(a + c);
    const y = v128.load(b + c);
    let w = v128.load(m + c);
    p0 = madd(w, x, p0);
    q0 = madd(w, y, q0);
    w = v128.load(m1 + c);
    p1 = madd(w, x, p1);
    q1 = madd(w, y, q1);
    w = v128.load(m2 + c);
    p2 = madd(w, x, p2);
    q2 = madd(w, y, q2);
    w = v128.load(m3 + c);
    p3 = madd(w, x, p3);
    q3 = madd(w, y, q3);
  }
  v128.store(d, sum4(p0, p1, p2, p3));
  v128.store(e, sum4(q0, q1, q2, q3));
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
  const tiled = rows & ~3;
  for (let i = 0; i < tiled; i += 4) {
    for (let c: usize = 0; c < width; c += 32)
      gerTile(d + c, m + c, s, l, r + c, n, step, bytes(lStride), bytes(rStride));
    d += step << 2;
    m += step << 2;
    l += 16;
  }
  for (let i = tiled; i < rows; i++) {
    for (let c: usize = 0; c < width; c += 32) gerRow(d + c, m + c, s, l, r + c, n, bytes(lStride), bytes(rStride));
    d += step;
    m += step;
    l += 4;
  }
}

export function gerTile(
  d: usize,
  m: usize,
  s: f32,
  l: usize,
  r: usize,
  n: i32,
  step: usize,
  lStep: usize,
  rStep: usize,
): void {
  const factor = f32x4.splat(s);
  const m2 = m + (step << 1);
  let p0 = f32x4.mul(v128.load(m), factor);
  let q0 = f32x4.mul(v128.load(m, 16), factor);
  let p1 = f32x4.mul(v128.load(m + step), factor);
  let q1 = f32x4.mul(v128.load(m + step, 16), factor);
  let p2 = f32x4.mul(v128.load(m2), factor);
  let q2 = f32x4.mul(v128.load(m2, 16), factor);
  let p3 = f32x4.mul(v128.load(m2 + step), factor);
  let q3 = f32x4.mul(v128.load(m2 + step, 16), factor);
  for (let i = 0; i < n; i++) {
    const r0 = v128.load(r);
    const r1 = v128.load(r, 16);
    let x = v128.load32_splat(l);
    p0 = madd(r0, x, p0);
    q0 = madd(r1, x, q0);
    x = v128.load32_splat(l, 4);
    p1 = madd(r0, x, p1);
    q1 = madd(r1, x, q1);
    x = v128.load32_splat(l, 8);
    p2 = madd(r0, x, p2);
    q2 = madd(r1, x, q2);
    x = v128.load32_splat(l, 12);
    p3 = madd(r0, x, p3);
    q3 = madd(r1, x, q3);
    l += lStep;
    r += rStep;
  }
  v128.store(d, p0);
  v128.store(d, q0, 16);
  d += step;
  v128.store(d, p1);
  v128.store(d, q1, 16);
  d += step;
  v128.store(d, p2);
  v128.store(d, q2, 16);
  d += step;
  v128.store(d, p3);
  v128.store(d, q3, 16);
}

export function gerRow(d: usize, m: usize, s: f32, l: usize, r: usize, n: i32, lStep: usize, rStep: usize): void {
  const factor = f32x4.splat(s);
  let p = f32x4.mul(v128.load(m), factor);
  let q = f32x4.mul(v128.load(m, 16), factor);
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
