// AssemblyScript. Images, one byte a pixel. Tables hold what a byte means as a float.
import { mtvRows } from './matvec';
import { bytes } from './simd';

/** y_p = table[image_p] */
export function lookUp(y: usize, image: usize, table: usize, n: i32): void {
  for (const end = image + <usize>n; image < end; image++) {
    f32.store(y, f32.load(table + bytes(load<u8>(image))));
    y += 4;
  }
}

/**
 * The n pixels that are not black: their indices (uint16) and values; returns how many. Where `columns` is not 0 they
 * are also written to one column of a pixels x samples matrix.
 */
export function activePixels(
  list: usize,
  values: usize,
  image: usize,
  table: usize,
  n: i32,
  columns: usize,
  stride: i32,
): i32 {
  let count = 0;
  const whole = n & ~7;
  for (let p = 0; p < n; p++) {
    // Most of an image is black: eight pixels at a time.
    while (p < whole && (p & 7) == 0 && load<u64>(image + <usize>p) == 0) p += 8;
    if (p == n) break;
    const byte = <i32>load<u8>(image + <usize>p);
    if (!byte) continue;
    const value = f32.load(table + bytes(byte));
    store<u16>(list + ((<usize>count) << 1), <u16>p);
    f32.store(values + bytes(count), value);
    if (columns) f32.store(columns + <usize>p * bytes(stride), value);
    count++;
  }
  return count;
}

/** y_{i(k)} += x_k over the pixels listed (uint16) */
export function scatter(y: usize, x: usize, list: usize, count: i32): void {
  for (const end = x + bytes(count); x < end; x += 4) {
    const at = y + bytes(load<u16>(list));
    f32.store(at, f32.load(at) + f32.load(x));
    list += 2;
  }
}

/** n bytes as int16. */
export function widen(y: usize, image: usize, n: i32): void {
  const whole = n & ~7;
  for (let p = 0; p < whole; p += 8) v128.store(y + ((<usize>p) << 1), v128.load8x8_u(image + <usize>p));
  for (let p = whole; p < n; p++) store<i16>(y + ((<usize>p) << 1), <i16>load<u8>(image + <usize>p));
}

/** G_ij = s sum_p X_ip X_jp for j < i and rows first <= i < rows (a few more j are written); X int16, exact sums. */
export function gram(g: usize, x: usize, s: f32, first: i32, rows: i32, gStride: i32, xStride: i32): void {
  const step = (<usize>xStride) << 1;
  const factor = f32x4.splat(s);
  for (let i = first; i < rows; i += 2) {
    const a = x + <usize>i * step;
    const b = i + 1 < rows ? a + step : a;
    const out = g + <usize>i * bytes(gStride);
    for (let j = 0; j <= i; j += 4)
      gramTile(
        out + bytes(j),
        b > a ? out + bytes(gStride + j) : out + bytes(j),
        a,
        b,
        x + <usize>j * step,
        step,
        factor,
      );
  }
}

export function gramTile(d: usize, e: usize, a: usize, b: usize, m: usize, step: usize, factor: v128): void {
  const m1 = m + step;
  const m2 = m1 + step;
  const m3 = m2 + step;
  let p0 = i32x4.splat(0);
  let p1 = i32x4.splat(0);
  let p2 = i32x4.splat(0);
  let p3 = i32x4.splat(0);
  let q0 = i32x4.splat(0);
  let q1 = i32x4.splat(0);
  let q2 = i32x4.splat(0);
  let q3 = i32x4.splat(0);
  for (let c: usize = 0; c < step; c += 16) {
    const x = v128.load(a + c);
    const y = v128.load(b + c);
    let w = v128.load(m + c);
    p0 = i32x4.add(i32x4.dot_i16x8_s(w, x), p0);
    q0 = i32x4.add(i32x4.dot_i16x8_s(w, y), q0);
    w = v128.load(m1 + c);
    p1 = i32x4.add(i32x4.dot_i16x8_s(w, x), p1);
    q1 = i32x4.add(i32x4.dot_i16x8_s(w, y), q1);
    w = v128.load(m2 + c);
    p2 = i32x4.add(i32x4.dot_i16x8_s(w, x), p2);
    q2 = i32x4.add(i32x4.dot_i16x8_s(w, y), q2);
    w = v128.load(m3 + c);
    p3 = i32x4.add(i32x4.dot_i16x8_s(w, x), p3);
    q3 = i32x4.add(i32x4.dot_i16x8_s(w, y), q3);
  }
  v128.store(d, f32x4.mul(f32x4.convert_i32x4_s(sum4(p0, p1, p2, p3)), factor));
  v128.store(e, f32x4.mul(f32x4.convert_i32x4_s(sum4(q0, q1, q2, q3)), factor));
}

/** [sum a, sum b, sum c, sum d] of integers. */
function sum4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/**
 * Rows of (index, value) pairs -> columns: which rows hold column p, and their values, from start_p on. `counts` says
 * how many pairs each row has; `start` gets columns + 1 entries (int32).
 */
export function toColumns(
  start: usize,
  index: usize,
  values: usize,
  lists: usize,
  listStep: usize,
  rowValues: usize,
  valueStep: usize,
  counts: usize,
  rows: i32,
  columns: i32,
): void {
  memory.fill(start, 0, bytes(columns + 1));
  for (let r = 0; r < rows; r++) {
    const list = lists + <usize>r * listStep;
    for (let k = 0, n = load<i32>(counts + bytes(r)); k < n; k++) {
      const at = start + bytes(<i32>load<u16>(list + ((<usize>k) << 1)) + 1);
      store<i32>(at, load<i32>(at) + 1);
    }
  }
  for (let p = 1; p <= columns; p++)
    store<i32>(start + bytes(p), load<i32>(start + bytes(p)) + load<i32>(start + bytes(p - 1)));
  // Each entry moves its column's start on by one; afterwards they all stand one column too far.
  for (let r = 0; r < rows; r++) {
    const list = lists + <usize>r * listStep;
    const from = rowValues + <usize>r * valueStep;
    for (let k = 0, n = load<i32>(counts + bytes(r)); k < n; k++) {
      const at = start + bytes(load<u16>(list + ((<usize>k) << 1)));
      const to = load<i32>(at);
      store<u16>(index + ((<usize>to) << 1), <u16>r);
      f32.store(values + bytes(to), f32.load(from + bytes(k)));
      store<i32>(at, to + 1);
    }
  }
  memory.copy(start + 4, start, bytes(columns));
  store<i32>(start, 0);
}

/** D_p += sum_k x_k M_{i(k)} over column p's pairs (index, x);  D: columns x n */
export function addColumns(
  d: usize,
  m: usize,
  start: usize,
  index: usize,
  values: usize,
  columns: i32,
  n: i32,
  stride: i32,
): void {
  for (let p = 0; p < columns; p++) {
    const first = load<i32>(start + bytes(p));
    const count = load<i32>(start + bytes(p + 1)) - first;
    if (count) mtvRows(d, m, values + bytes(first), index + ((<usize>first) << 1), count, n, stride, true);
    d += bytes(stride);
  }
}
