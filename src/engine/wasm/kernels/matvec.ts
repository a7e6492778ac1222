// AssemblyScript. Matrix times vector, W row-major rows x columns with the given stride. `add` keeps what is in y.
// Loops that share accumulators in one function make V8 spill, hence a function for each tile.
import { bytes, madd, padded, sum, sum4 } from './simd';
import { clear } from './vector';

/** y_r (+)= sum_c W_rc x_c */
export function mv(y: usize, w: usize, x: usize, rows: i32, columns: i32, stride: i32, add: bool): void {
  const step = bytes(stride);
  const width = bytes(padded(columns));
  const xEnd = x + width;
  const end = y + bytes(rows);
  for (const tiled = y + bytes(rows & ~3); y < tiled; y += 16) {
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    for (let p = x; p < xEnd; p += 32) {
      const x0 = v128.load(p);
      const x1 = v128.load(p, 16);
      const w1 = w + step;
      const w2 = w1 + step;
      const w3 = w2 + step;
      a0 = madd(v128.load(w, 16), x1, madd(v128.load(w), x0, a0));
      a1 = madd(v128.load(w1, 16), x1, madd(v128.load(w1), x0, a1));
      a2 = madd(v128.load(w2, 16), x1, madd(v128.load(w2), x0, a2));
      a3 = madd(v128.load(w3, 16), x1, madd(v128.load(w3), x0, a3));
      w += 32;
    }
    const total = sum4(a0, a1, a2, a3);
    v128.store(y, add ? f32x4.add(v128.load(y), total) : total);
    w += (step << 2) - width;
  }
  for (; y < end; y += 4) {
    const total = row1(w, x, width);
    f32.store(y, add ? f32.load(y) + total : total);
    w += step;
  }
}

/** y_k = sum_c W_{i(k), c} x_c over the rows i listed (uint16). */
export function mvRows(y: usize, w: usize, x: usize, list: usize, count: i32, columns: i32, stride: i32): void {
  const step = bytes(stride);
  const width = bytes(padded(columns));
  const xEnd = x + width;
  const end = y + bytes(count);
  for (const tiled = y + bytes(count & ~3); y < tiled; y += 16) {
    let w0 = w + <usize>load<u16>(list) * step;
    let w1 = w + <usize>load<u16>(list, 2) * step;
    let w2 = w + <usize>load<u16>(list, 4) * step;
    let w3 = w + <usize>load<u16>(list, 6) * step;
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    for (let p = x; p < xEnd; p += 32) {
      const x0 = v128.load(p);
      const x1 = v128.load(p, 16);
      a0 = madd(v128.load(w0, 16), x1, madd(v128.load(w0), x0, a0));
      a1 = madd(v128.load(w1, 16), x1, madd(v128.load(w1), x0, a1));
      a2 = madd(v128.load(w2, 16), x1, madd(v128.load(w2), x0, a2));
      a3 = madd(v128.load(w3, 16), x1, madd(v128.load(w3), x0, a3));
      w0 += 32;
      w1 += 32;
      w2 += 32;
      w3 += 32;
    }
    v128.store(y, sum4(a0, a1, a2, a3));
    list += 8;
  }
  for (; y < end; y += 4) {
    f32.store(y, row1(w + <usize>load<u16>(list) * step, x, width));
    list += 2;
  }
}

/** x'y over n floats. */
export function dot(x: usize, y: usize, n: i32): f32 {
  return row1(x, y, bytes(padded(n)));
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
  const vectors = padded(columns) >> 2;
  const wide = wideTiles(vectors);
  columns8(y, w, x, rows, step, wide, add);
  y += (<usize>wide) << 7;
  w += (<usize>wide) << 7;
  const rest = vectors - (wide << 3);
  if (rest == 12) columns12(y, w, x, rows, step, add);
  else if (rest == 10) columns10(y, w, x, rows, step, add);
  else if (rest == 6) columns6(y, w, x, rows, step, add);
  else if (rest == 4) columns4(y, w, x, rows, step, add);
  else if (rest == 2) columns2(y, w, x, rows, step, add);
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
  const width = bytes(padded(columns));
  if (!add) clear(y, columns);
  const last = x + bytes(count);
  // Along the rows, which lie far apart: a tile would have them come from the outer caches piecemeal.
  for (const end = x + bytes(count & ~3); x < end; x += 16) {
    const w0 = w + <usize>load<u16>(list) * step;
    const w1 = w + <usize>load<u16>(list, 2) * step;
    const w2 = w + <usize>load<u16>(list, 4) * step;
    const w3 = w + <usize>load<u16>(list, 6) * step;
    addRows4(y, w0, w1, w2, w3, x, width);
    list += 8;
  }
  for (; x < last; x += 4) {
    axpy(y, w + <usize>load<u16>(list) * step, f32.load(x), columns);
    list += 2;
  }
}

export function addRows4(y: usize, w0: usize, w1: usize, w2: usize, w3: usize, x: usize, width: usize): void {
  const s0 = v128.load32_splat(x);
  const s1 = v128.load32_splat(x, 4);
  const s2 = v128.load32_splat(x, 8);
  const s3 = v128.load32_splat(x, 12);
  for (const end = y + width; y < end; y += 16) {
    const two = madd(v128.load(w1), s1, madd(v128.load(w0), s0, v128.load(y)));
    v128.store(y, madd(v128.load(w3), s3, madd(v128.load(w2), s2, two)));
    w0 += 16;
    w1 += 16;
    w2 += 16;
    w3 += 16;
  }
}

/** How many tiles of eight vectors; 2 or 4 vectors that would remain go with the last eight, as narrow tiles are slow. */
function wideTiles(vectors: i32): i32 {
  const rest = vectors & 7;
  return vectors > 8 && (rest == 2 || rest == 4) ? (vectors >> 3) - 1 : vectors >> 3;
}

// Tiles of n vectors, n = sizeof<A>() + sizeof<B>(): a template's only constants are types. Two rows go with one turn of
// the loop, the odd one before it.
export function columns12(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  tile<u64, u32>(y, w, x, rows, step, 1, add);
}
export function columns10(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  tile<u64, u16>(y, w, x, rows, step, 1, add);
}
export function columns8(y: usize, w: usize, x: usize, rows: i32, step: usize, tiles: i32, add: bool): void {
  tile<u32, u32>(y, w, x, rows, step, tiles, add);
}
export function columns6(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  tile<u32, u16>(y, w, x, rows, step, 1, add);
}
export function columns4(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  tile<u16, u16>(y, w, x, rows, step, 1, add);
}
export function columns2(y: usize, w: usize, x: usize, rows: i32, step: usize, add: bool): void {
  tile<u8, u8>(y, w, x, rows, step, 1, add);
}

function tile<A, B>(y: usize, w: usize, x: usize, rows: i32, step: usize, tiles: i32, add: bool): void {
  const n = <i32>(sizeof<A>() + sizeof<B>());
  const zero = f32x4.splat(0);
  const end = x + bytes(rows);
  for (; tiles > 0; tiles--) {
    let a0 = add && n > 0 ? v128.load(y) : zero;
    let a1 = add && n > 1 ? v128.load(y, 16) : zero;
    let a2 = add && n > 2 ? v128.load(y, 32) : zero;
    let a3 = add && n > 3 ? v128.load(y, 48) : zero;
    let a4 = add && n > 4 ? v128.load(y, 64) : zero;
    let a5 = add && n > 5 ? v128.load(y, 80) : zero;
    let a6 = add && n > 6 ? v128.load(y, 96) : zero;
    let a7 = add && n > 7 ? v128.load(y, 112) : zero;
    let a8 = add && n > 8 ? v128.load(y, 128) : zero;
    let a9 = add && n > 9 ? v128.load(y, 144) : zero;
    let a10 = add && n > 10 ? v128.load(y, 160) : zero;
    let a11 = add && n > 11 ? v128.load(y, 176) : zero;
    let row = w;
    let p = x;
    if (rows & 1) {
      const s = v128.load32_splat(p);
      a0 = madd(v128.load(row), s, a0);
      a1 = madd(v128.load(row, 16), s, a1);
      if (n > 2) {
        a2 = madd(v128.load(row, 32), s, a2);
        a3 = madd(v128.load(row, 48), s, a3);
      }
      if (n > 4) {
        a4 = madd(v128.load(row, 64), s, a4);
        a5 = madd(v128.load(row, 80), s, a5);
      }
      if (n > 6) {
        a6 = madd(v128.load(row, 96), s, a6);
        a7 = madd(v128.load(row, 112), s, a7);
      }
      if (n > 8) {
        a8 = madd(v128.load(row, 128), s, a8);
        a9 = madd(v128.load(row, 144), s, a9);
      }
      if (n > 10) {
        a10 = madd(v128.load(row, 160), s, a10);
        a11 = madd(v128.load(row, 176), s, a11);
      }
      p += 4;
      row += step;
    }
    for (; p < end; p += 8) {
      let s = v128.load32_splat(p);
      a0 = madd(v128.load(row), s, a0);
      a1 = madd(v128.load(row, 16), s, a1);
      if (n > 2) {
        a2 = madd(v128.load(row, 32), s, a2);
        a3 = madd(v128.load(row, 48), s, a3);
      }
      if (n > 4) {
        a4 = madd(v128.load(row, 64), s, a4);
        a5 = madd(v128.load(row, 80), s, a5);
      }
      if (n > 6) {
        a6 = madd(v128.load(row, 96), s, a6);
        a7 = madd(v128.load(row, 112), s, a7);
      }
      if (n > 8) {
        a8 = madd(v128.load(row, 128), s, a8);
        a9 = madd(v128.load(row, 144), s, a9);
      }
      if (n > 10) {
        a10 = madd(v128.load(row, 160), s, a10);
        a11 = madd(v128.load(row, 176), s, a11);
      }
      s = v128.load32_splat(p, 4);
      row += step;
      a0 = madd(v128.load(row), s, a0);
      a1 = madd(v128.load(row, 16), s, a1);
      if (n > 2) {
        a2 = madd(v128.load(row, 32), s, a2);
        a3 = madd(v128.load(row, 48), s, a3);
      }
      if (n > 4) {
        a4 = madd(v128.load(row, 64), s, a4);
        a5 = madd(v128.load(row, 80), s, a5);
      }
      if (n > 6) {
        a6 = madd(v128.load(row, 96), s, a6);
        a7 = madd(v128.load(row, 112), s, a7);
      }
      if (n > 8) {
        a8 = madd(v128.load(row, 128), s, a8);
        a9 = madd(v128.load(row, 144), s, a9);
      }
      if (n > 10) {
        a10 = madd(v128.load(row, 160), s, a10);
        a11 = madd(v128.load(row, 176), s, a11);
      }
      row += step;
    }
    v128.store(y, a0);
    v128.store(y, a1, 16);
    if (n > 2) {
      v128.store(y, a2, 32);
      v128.store(y, a3, 48);
    }
    if (n > 4) {
      v128.store(y, a4, 64);
      v128.store(y, a5, 80);
    }
    if (n > 6) {
      v128.store(y, a6, 96);
      v128.store(y, a7, 112);
    }
    if (n > 8) {
      v128.store(y, a8, 128);
      v128.store(y, a9, 144);
    }
    if (n > 10) {
      v128.store(y, a10, 160);
      v128.store(y, a11, 176);
    }
    y += (<usize>n) << 4;
    w += (<usize>n) << 4;
  }
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
