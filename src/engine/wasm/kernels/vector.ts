// AssemblyScript. Element-wise kernels over n floats and their padding.
import { bytes, madd, padded, zero } from './simd';

/** y = s x */
export function scale(y: usize, x: usize, s: f32, n: i32): void {
  const factor = f32x4.splat(s);
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    v128.store(y, f32x4.mul(v128.load(x), factor));
    v128.store(y, f32x4.mul(v128.load(x, 16), factor), 16);
    x += 32;
  }
}

/** y (+)= a .* b */
export function multiply(y: usize, a: usize, b: usize, n: i32, add: bool): void {
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    const p = f32x4.mul(v128.load(a), v128.load(b));
    const q = f32x4.mul(v128.load(a, 16), v128.load(b, 16));
    v128.store(y, add ? f32x4.add(v128.load(y), p) : p);
    v128.store(y, add ? f32x4.add(v128.load(y, 16), q) : q, 16);
    a += 32;
    b += 32;
  }
}

/** y = a + b */
export function add(y: usize, a: usize, b: usize, n: i32): void {
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
    v128.store(y, f32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
    a += 32;
    b += 32;
  }
}

/** y = x; y = 0. (memory.copy and memory.fill leave WebAssembly, which costs more than a row.) */
export function copy(y: usize, x: usize, n: i32): void {
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    v128.store(y, v128.load(x));
    v128.store(y, v128.load(x, 16), 16);
    x += 32;
  }
}

export function clear(y: usize, n: i32): void {
  for (const end = y + bytes(padded(n)); y < end; y += 32) {
    v128.store(y, f32x4.splat(0));
    v128.store(y, f32x4.splat(0), 16);
  }
}

/** Reverse of e = u .* g with g = 1 - exp(-beta y):   h = ebar .* g,   zbar += beta (1 - g) .* e .* ebar */
export function errorsReverse(h: usize, zbar: usize, ebar: usize, e: usize, g: usize, beta: f32, n: i32): void {
  const b = f32x4.splat(beta);
  const one = f32x4.splat(1);
  for (const end = h + bytes(padded(n)); h < end; h += 32) {
    const x0 = v128.load(ebar);
    const g0 = v128.load(g);
    const slope0 = f32x4.mul(f32x4.mul(b, f32x4.sub(one, g0)), v128.load(e));
    v128.store(h, f32x4.mul(x0, g0));
    v128.store(zbar, madd(slope0, x0, v128.load(zbar)));
    const x1 = v128.load(ebar, 16);
    const g1 = v128.load(g, 16);
    const slope1 = f32x4.mul(f32x4.mul(b, f32x4.sub(one, g1)), v128.load(e, 16));
    v128.store(h, f32x4.mul(x1, g1), 16);
    v128.store(zbar, madd(slope1, x1, v128.load(zbar, 16)), 16);
    zbar += 32;
    ebar += 32;
    e += 32;
    g += 32;
  }
}

/** Copies rows of `columns` floats that lie close together to rows with a stride, and pads them with zeros. */
export function pack(d: usize, s: usize, rows: i32, columns: i32, stride: i32): void {
  const whole = bytes(columns & ~3);
  for (let r = 0; r < rows; r++) {
    for (let c: usize = 0; c < whole; c += 16) v128.store(d + c, v128.load(s + c));
    for (let c = whole; c < bytes(columns); c += 4) f32.store(d + c, f32.load(s + c));
    zero(d + bytes(columns), stride - columns);
    d += bytes(stride);
    s += bytes(columns);
  }
}

/** D_cr = S_rc      D: columns x rows with a stride, S: rows x columns close together */
export function transpose(d: usize, s: usize, rows: i32, columns: i32, stride: i32): void {
  const step = bytes(stride);
  const width = bytes(columns);
  const tiled = rows & ~3;
  for (let c = 0; c < columns; c++) {
    let from = s + bytes(c);
    let to = d;
    for (let r = 0; r < tiled; r += 4) {
      const a = v128.load32_zero(from);
      const b = v128.load32_lane(from + width, a, 1);
      const x = v128.load32_lane(from + 2 * width, b, 2);
      v128.store(to, v128.load32_lane(from + 3 * width, x, 3));
      from += width << 2;
      to += 16;
    }
    for (let r = tiled; r < rows; r++) {
      f32.store(to, f32.load(from));
      from += width;
      to += 4;
    }
    d += step;
  }
}
