// AssemblyScript. Matrix times vector, W row-major rows x columns with the given stride. `add` keeps what is in y.
// Loops that share accumulators in one function make V8 spill, hence a function for each tile.
import { bytes, madd, padded, sum, sum4 } from './simd';

/** y_r (+)= sum_c W_rc x_c */
export function mv(y: usize, w: usize, x: usize, rows: i32, columns: i32, stride: i32, add: bool): void {
  const step = bytes(stride);
  const width = bytes(padded(columns));
  const tiled = rows & ~3;
  for (let r = 0; r < tiled; r += 4) {
    const total = rows4(w, w + step, w + 2 * step, w + 3 * step, x, width);
    v128.store(y, add ? f32x4.add(v128.load(y), total) : total);
    w += step << 2;
    y += 16;
  }
  for (let r = tiled; r < rows; r++) {
    const total = row1(w, x, width);
    f32.store(y, add ? f32.load(y) + total : total);
    w += step;
    y += 4;
  }
}

/** y_k = sum_c W_{i(k), c} x_c over the rows i listed (uint16). */
export function mvRows(y: usize, w: usize, x: usize, list: usize, count: i32, columns: i32, stride: i32): void {
  const step = bytes(stride);
  const width = bytes(padded(columns));
  const tiled = count & ~3;
  for (let k = 0; k < tiled; k += 4) {
    const w0 = w + <usize>load<u16>(list) * step;
    const w1 = w + <usize>load<u16>(list, 2) * step;
    const w2 = w + <usize>load<u16>(list, 4) * step;
    const w3 = w + <usize>load<u16>(list, 6) * step;
    v128.store(y, rows4(w0, w1, w2, w3, x, width));
    list += 8;
    y += 16;
  }
  for (let k = tiled; k < count; k++) {
    f32.store(y, row1(w + <usize>load<u16>(list) * step, x, width));
    list += 2;
    y += 4;
  }
}

/** x'y over n floats. */
export function dot(x: usize, y: usize, n: i32): f32 {
  return row1(x, y, bytes(padded(n)));
}

export function rows4(w0: usize, w1: usize, w2: usize, w3: usize, x: usize, width: usize): v128 {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  for (let c: usize = 0; c < width; c += 32) {
    const x0 = v128.load(x + c);
    const x1 = v128.load(x + c, 16);
    a0 = madd(v128.load(w0 + c), x0, a0);
    b0 = madd(v128.load(w0 + c, 16), x1, b0);
    a1 = madd(v128.load(w1 + c), x0, a1);
    b1 = madd(v128.load(w1 + c, 16), x1, b1);
    a2 = madd(v128.load(w2 + c), x0, a2);
    b2 = madd(v128.load(w2 + c, 16), x1, b2);
    a3 = madd(v128.load(w3 + c), x0, a3);
    b3 = madd(v128.load(w3 + c, 16), x1, b3);
  }
  return sum4(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
}

export function row1(w: usize, x: usize, width: usize): f32 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (let c: usize = 0; c < width; c += 32) {
    a = madd(v128.load(w + c), v128.load(x + c), a);
    b = madd(v128.load(w + c, 16), v128.load(x + c, 16), b);
  }
  return sum(f32x4.add(a, b));
}

/** y_c (+)= sum_r W_rc x_r; y is written up to its padding. */
export function mtv(y: usize, w: usize, x: usize, rows: i32, columns: i32, stride: i32, add: bool): void {
  const step = bytes(stride);
  let left = padded(columns) >> 2;
  while (left > 0) {
    // 8, 6 and 4 vectors make any even number but 2, so that the narrowest tile is for the narrowest matrices only.
    const tile = left >= 12 || left == 8 ? 8 : left == 10 || left == 6 ? 6 : left >= 4 ? 4 : 2;
    if (tile == 8) columns8(y, w, x, rows, step, add);
    else if (tile == 6) columns6(y, w, x, rows, step, add);
    else if (tile == 4) columns4(y, w, x, rows, step, add);
    else columns2(y, w, x, rows, step, add);
    y += (<usize>tile) << 4;
    w += (<usize>tile) << 4;
    left -= tile;
  }
}

export function columns8(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let a0 = add ? v128.load(y) : zero;
  let a1 = add ? v128.load(y, 16) : zero;
  let a2 = add ? v128.load(y, 32) : zero;
  let a3 = add ? v128.load(y, 48) : zero;
  let a4 = add ? v128.load(y, 64) : zero;
  let a5 = add ? v128.load(y, 80) : zero;
  let a6 = add ? v128.load(y, 96) : zero;
  let a7 = add ? v128.load(y, 112) : zero;
  for (const end = x + bytes(rows); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = madd(v128.load(w), s, a0);
    a1 = madd(v128.load(w, 16), s, a1);
    a2 = madd(v128.load(w, 32), s, a2);
    a3 = madd(v128.load(w, 48), s, a3);
    a4 = madd(v128.load(w, 64), s, a4);
    a5 = madd(v128.load(w, 80), s, a5);
    a6 = madd(v128.load(w, 96), s, a6);
    a7 = madd(v128.load(w, 112), s, a7);
    w += step;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
  v128.store(y, a7, 112);
}

export function columns6(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let a0 = add ? v128.load(y) : zero;
  let a1 = add ? v128.load(y, 16) : zero;
  let a2 = add ? v128.load(y, 32) : zero;
  let a3 = add ? v128.load(y, 48) : zero;
  let a4 = add ? v128.load(y, 64) : zero;
  let a5 = add ? v128.load(y, 80) : zero;
  for (const end = x + bytes(rows); x < end; x += 4) {
    const s = v128.load32_splat(x);
    a0 = madd(v128.load(w), s, a0);
    a1 = madd(v128.load(w, 16), s, a1);
    a2 = madd(v128.load(w, 32), s, a2);
    a3 = madd(v128.load(w, 48), s, a3);
    a4 = madd(v128.load(w, 64), s, a4);
    a5 = madd(v128.load(w, 80), s, a5);
    w += step;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
}

export function columns4(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let a0 = add ? v128.load(y) : zero;
  let a1 = add ? v128.load(y, 16) : zero;
  let a2 = add ? v128.load(y, 32) : zero;
  let a3 = add ? v128.load(y, 48) : zero;
  let b0 = zero;
  let b1 = zero;
  let b2 = zero;
  let b3 = zero;
  for (const end = x + bytes(rows & ~1); x < end; x += 8) {
    const s = v128.load32_splat(x);
    const t = v128.load32_splat(x, 4);
    const v = w + step;
    a0 = madd(v128.load(w), s, a0);
    a1 = madd(v128.load(w, 16), s, a1);
    a2 = madd(v128.load(w, 32), s, a2);
    a3 = madd(v128.load(w, 48), s, a3);
    b0 = madd(v128.load(v), t, b0);
    b1 = madd(v128.load(v, 16), t, b1);
    b2 = madd(v128.load(v, 32), t, b2);
    b3 = madd(v128.load(v, 48), t, b3);
    w = v + step;
  }
  v128.store(y, f32x4.add(a0, b0));
  v128.store(y, f32x4.add(a1, b1), 16);
  v128.store(y, f32x4.add(a2, b2), 32);
  v128.store(y, f32x4.add(a3, b3), 48);
  if (rows & 1) axpy(y, w, f32.load(x), 16);
}

export function columns2(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let a0 = add ? v128.load(y) : zero;
  let a1 = add ? v128.load(y, 16) : zero;
  let b0 = zero;
  let b1 = zero;
  for (const end = x + bytes(rows & ~1); x < end; x += 8) {
    const s = v128.load32_splat(x);
    const t = v128.load32_splat(x, 4);
    const v = w + step;
    a0 = madd(v128.load(w), s, a0);
    a1 = madd(v128.load(w, 16), s, a1);
    b0 = madd(v128.load(v), t, b0);
    b1 = madd(v128.load(v, 16), t, b1);
    w = v + step;
  }
  v128.store(y, f32x4.add(a0, b0));
  v128.store(y, f32x4.add(a1, b1), 16);
  if (rows & 1) axpy(y, w, f32.load(x), 8);
}

/** y (+)= sum_k x_k W_{i(k)} over the rows i listed (uint16); y is written up to its padding. */
export function mtvRows(
  y: usize,
  w: usize,
  x: usize,
  list: usize,
  count: i32,
  columns: i32,
  stride: i32,
  add: bool,
): void {
  const step = bytes(stride);
  let left = padded(columns) >> 2;
  while (left >= 8) {
    listed8(y, w, x, list, count, step, add);
    y += 128;
    w += 128;
    left -= 8;
  }
  for (; left > 0; left -= 2) {
    listed2(y, w, x, list, count, step, add);
    y += 32;
    w += 32;
  }
}

export function listed8(y: usize, w: usize, x: usize, list: usize, count: i32, step: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let a0 = add ? v128.load(y) : zero;
  let a1 = add ? v128.load(y, 16) : zero;
  let a2 = add ? v128.load(y, 32) : zero;
  let a3 = add ? v128.load(y, 48) : zero;
  let a4 = add ? v128.load(y, 64) : zero;
  let a5 = add ? v128.load(y, 80) : zero;
  let a6 = add ? v128.load(y, 96) : zero;
  let a7 = add ? v128.load(y, 112) : zero;
  for (const end = x + bytes(count); x < end; x += 4) {
    const s = v128.load32_splat(x);
    const row = w + <usize>load<u16>(list) * step;
    a0 = madd(v128.load(row), s, a0);
    a1 = madd(v128.load(row, 16), s, a1);
    a2 = madd(v128.load(row, 32), s, a2);
    a3 = madd(v128.load(row, 48), s, a3);
    a4 = madd(v128.load(row, 64), s, a4);
    a5 = madd(v128.load(row, 80), s, a5);
    a6 = madd(v128.load(row, 96), s, a6);
    a7 = madd(v128.load(row, 112), s, a7);
    list += 2;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
  v128.store(y, a7, 112);
}

export function listed2(y: usize, w: usize, x: usize, list: usize, count: i32, step: usize, add: bool): void {
  const zero = f32x4.splat(0);
  let a0 = add ? v128.load(y) : zero;
  let a1 = add ? v128.load(y, 16) : zero;
  for (const end = x + bytes(count); x < end; x += 4) {
    const s = v128.load32_splat(x);
    const row = w + <usize>load<u16>(list) * step;
    a0 = madd(v128.load(row), s, a0);
    a1 = madd(v128.load(row, 16), s, a1);
    list += 2;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
}

/** y += s x over n floats. */
export function axpy(y: usize, x: usize, s: f32, n: i32): void {
  const factor = f32x4.splat(s);
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    v128.store(y, madd(v128.load(x), factor, v128.load(y)));
    v128.store(y, madd(v128.load(x, 16), factor, v128.load(y, 16)), 16);
    x += 32;
  }
}
