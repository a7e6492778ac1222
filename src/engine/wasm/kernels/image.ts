// AssemblyScript. Images, one byte a pixel. Tables hold what a byte means as a float.
import { bytes, madd, padded } from './simd';

/** y_p = table[image_p] */
export function lookUp(y: usize, image: usize, table: usize, n: i32): void {
  for (const end = image + <usize>n; image < end; image++) {
    f32.store(y, f32.load(table + bytes(load<u8>(image))));
    y += 4;
  }
}

/**
 * The n pixels that are not black: their indices (uint16) and values; returns how many. Where `columns` is not 0 they
 * are also written to one column of a pixels x samples matrix. `places` is a table: for each byte where its ones
 * are, one after the other, as bytes. Up to 7 bytes behind the image are read, and up to 7 more indices written.
 */
export function activePixels(
  list: usize,
  values: usize,
  image: usize,
  table: usize,
  places: usize,
  n: i32,
  columns: usize,
  stride: i32,
): i32 {
  let end = list;
  for (let first = 0; first < n; first += 8) {
    const eight = i8x16.ne(v128.load64_zero(image + <usize>first), i64x2.splat(0));
    const bits = i8x16.bitmask(eight) & (n - first < 8 ? (1 << (n - first)) - 1 : 255);
    const listed = v128.load8x8_u(places + ((<usize>bits) << 3));
    v128.store(end, i16x8.add(listed, i16x8.splat(<i16>first)));
    end += (<usize>popcnt(bits)) << 1;
  }
  for (let at = list; at < end; at += 2) {
    const p = <usize>load<u16>(at);
    const value = f32.load(table + bytes(load<u8>(image + p)));
    f32.store(values, value);
    if (columns) f32.store(columns + p * bytes(stride), value);
    values += 4;
  }
  return <i32>(end - list) >> 1;
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

/**
 * G_ij = s sum_p X_ip X_jp for j < i and rows first <= i < rows (a few more j are written); X int16, exact sums. `list` is
 * room for one int32 for each eight pixels.
 */
export function gram(g: usize, x: usize, list: usize, s: f32, first: i32, rows: i32, gStride: i32, xStride: i32): void {
  const step = (<usize>xStride) << 1;
  for (let i = first; i < rows; i += 2) {
    const a = x + <usize>i * step;
    const b = i + 1 < rows ? a + step : a;
    const out = g + <usize>i * bytes(gStride);
    // Where both are black nothing is added.
    let listEnd = list;
    for (let c: usize = 0; c < step; c += 16)
      if (v128.any_true(v128.or(v128.load(a + c), v128.load(b + c)))) {
        store<u32>(listEnd, <u32>c);
        listEnd += 4;
      }
    gramStrip(out, b > a ? out + bytes(gStride) : out, a, b, x, bytes(i), step, list, listEnd, s);
  }
}

/** Two rows of G up to `width` bytes. */
export function gramStrip(
  d: usize,
  e: usize,
  a: usize,
  b: usize,
  m: usize,
  width: usize,
  step: usize,
  list: usize,
  listEnd: usize,
  s: f32,
): void {
  const factor = f32x4.splat(s);
  for (const end = d + width; d <= end; d += 16) {
    let p0 = i32x4.splat(0);
    let p1 = i32x4.splat(0);
    let p2 = i32x4.splat(0);
    let p3 = i32x4.splat(0);
    let q0 = i32x4.splat(0);
    let q1 = i32x4.splat(0);
    let q2 = i32x4.splat(0);
    let q3 = i32x4.splat(0);
    for (let at = list; at < listEnd; at += 4) {
      const c = load<u32>(at);
      const x = v128.load(a + c);
      const y = v128.load(b + c);
      let row = m + c;
      let w = v128.load(row);
      p0 = i32x4.add(i32x4.dot_i16x8_s(w, x), p0);
      q0 = i32x4.add(i32x4.dot_i16x8_s(w, y), q0);
      row += step;
      w = v128.load(row);
      p1 = i32x4.add(i32x4.dot_i16x8_s(w, x), p1);
      q1 = i32x4.add(i32x4.dot_i16x8_s(w, y), q1);
      row += step;
      w = v128.load(row);
      p2 = i32x4.add(i32x4.dot_i16x8_s(w, x), p2);
      q2 = i32x4.add(i32x4.dot_i16x8_s(w, y), q2);
      row += step;
      w = v128.load(row);
      p3 = i32x4.add(i32x4.dot_i16x8_s(w, x), p3);
      q3 = i32x4.add(i32x4.dot_i16x8_s(w, y), q3);
    }
    v128.store(d, f32x4.mul(f32x4.convert_i32x4_s(sum4(p0, p1, p2, p3)), factor));
    v128.store(e, f32x4.mul(f32x4.convert_i32x4_s(sum4(q0, q1, q2, q3)), factor));
    e += 16;
    m += step << 2;
  }
}

/** [sum a, sum b, sum c, sum d] of integers. */
function sum4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/**
 * Rows of (column, value), as activePixels lists them -> for each two columns p, p + 1 the rows that have a value in either
 * (uint16) and the two values there: from p / 2 * rows on, and up to end_{p/2} (int32). `counts` says how long each row is.
 */
export function toColumnPairs(
  ends: usize,
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
  for (let p = 0; p << 1 < columns; p++) store<i32>(ends + bytes(p), p * rows);
  for (let r = 0; r < rows; r++) {
    const from = rowValues + <usize>r * valueStep;
    let list = lists + <usize>r * listStep;
    let before = -1;
    let last = 0;
    let to = 0;
    for (let k = 0, n = load<i32>(counts + bytes(r)); k < n; k++) {
      const column = <i32>load<u16>(list);
      const value = load<i32>(from + bytes(k));
      const odd = column & 1;
      // Without branches: nobody can foresee which pixels stand alone.
      const alone = column >> 1 != before;
      before = column >> 1;
      const end = ends + bytes(before);
      to = select(load<i32>(end), to, alone);
      store<i32>(end, to + 1);
      store<u16>(index + ((<usize>to) << 1), <u16>r);
      const at = values + ((<usize>to) << 3);
      store<i32>(at, select(select(0, last, alone), value, odd));
      store<i32>(at, select(value, 0, odd), 4);
      last = value;
      list += 2;
    }
  }
}

/** D_p += sum_k x_kp M_{i(k)} over the pairs' entries (index, x);  D: columns, an even number, x n, M: rows x n */
export function addColumnPairs(
  d: usize,
  m: usize,
  ends: usize,
  index: usize,
  values: usize,
  rows: i32,
  columns: i32,
  n: i32,
  stride: i32,
): void {
  const step = bytes(stride);
  const width = bytes(padded(n));
  const wide = width & ~63;
  for (let p = 0; p << 1 < columns; p++) {
    const first = p * rows;
    const from = values + ((<usize>first) << 3);
    const to = values + ((<usize>load<i32>(ends + bytes(p))) << 3);
    const list = index + ((<usize>first) << 1);
    if (to > from) {
      pairStrip4(d, m, from, to, list, wide, step);
      if (wide < width) pairStrip2(d + wide, m + wide, from, to, list, width - wide, step);
    }
    d += step << 1;
  }
}

/** Two rows of D, four vectors at a time. */
export function pairStrip4(d: usize, m: usize, x: usize, xEnd: usize, list: usize, width: usize, step: usize): void {
  for (const end = d + width; d < end; d += 64) {
    const e = d + step;
    let p0 = v128.load(d);
    let p1 = v128.load(d, 16);
    let p2 = v128.load(d, 32);
    let p3 = v128.load(d, 48);
    let q0 = v128.load(e);
    let q1 = v128.load(e, 16);
    let q2 = v128.load(e, 32);
    let q3 = v128.load(e, 48);
    let at = list;
    for (let p = x; p < xEnd; p += 8) {
      const s = v128.load32_splat(p);
      const t = v128.load32_splat(p, 4);
      const row = m + <usize>load<u16>(at) * step;
      let w = v128.load(row);
      p0 = madd(w, s, p0);
      q0 = madd(w, t, q0);
      w = v128.load(row, 16);
      p1 = madd(w, s, p1);
      q1 = madd(w, t, q1);
      w = v128.load(row, 32);
      p2 = madd(w, s, p2);
      q2 = madd(w, t, q2);
      w = v128.load(row, 48);
      p3 = madd(w, s, p3);
      q3 = madd(w, t, q3);
      at += 2;
    }
    v128.store(d, p0);
    v128.store(d, p1, 16);
    v128.store(d, p2, 32);
    v128.store(d, p3, 48);
    v128.store(e, q0);
    v128.store(e, q1, 16);
    v128.store(e, q2, 32);
    v128.store(e, q3, 48);
    m += 64;
  }
}

/** The same for two vectors. */
export function pairStrip2(d: usize, m: usize, x: usize, xEnd: usize, list: usize, width: usize, step: usize): void {
  for (const end = d + width; d < end; d += 32) {
    const e = d + step;
    let p0 = v128.load(d);
    let p1 = v128.load(d, 16);
    let q0 = v128.load(e);
    let q1 = v128.load(e, 16);
    let at = list;
    for (let p = x; p < xEnd; p += 8) {
      const s = v128.load32_splat(p);
      const t = v128.load32_splat(p, 4);
      const row = m + <usize>load<u16>(at) * step;
      const m0 = v128.load(row);
      const m1 = v128.load(row, 16);
      p0 = madd(m0, s, p0);
      p1 = madd(m1, s, p1);
      q0 = madd(m0, t, q0);
      q1 = madd(m1, t, q1);
      at += 2;
    }
    v128.store(d, p0);
    v128.store(d, p1, 16);
    v128.store(e, q0);
    v128.store(e, q1, 16);
    m += 32;
  }
}
