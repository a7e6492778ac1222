// AssemblyScript. Element-wise kernels over n floats and their padding.
import { bytes, madd, padded } from './simd';

/** y = s x */
export function scale(y: usize, x: usize, s: f32, n: i32): void {
  const factor = f32x4.splat(s);
  for (const end = y + bytes(padded(n)); y < end; y += 16) {
    v128.store(y, f32x4.mul(v128.load(x), factor));
    x += 16;
  }
}

/** y (+)= a .* b */
export function multiply(y: usize, a: usize, b: usize, n: i32, add: bool): void {
  for (const end = y + bytes(padded(n)); y < end; y += 16) {
    const product = f32x4.mul(v128.load(a), v128.load(b));
    v128.store(y, add ? f32x4.add(v128.load(y), product) : product);
    a += 16;
    b += 16;
  }
}

/** y = a + b */
export function add(y: usize, a: usize, b: usize, n: i32): void {
  for (const end = y + bytes(padded(n)); y < end; y += 16) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
}

/** y = x; y = 0 */
export function copy(y: usize, x: usize, n: i32): void {
  memory.copy(y, x, bytes(padded(n)));
}

export function clear(y: usize, n: i32): void {
  memory.fill(y, 0, bytes(padded(n)));
}

/** Reverse of e = u .* g with g = 1 - exp(-beta y):   h = ebar .* g,   zbar += beta (1 - g) .* e .* ebar */
export function errorsReverse(h: usize, zbar: usize, ebar: usize, e: usize, g: usize, beta: f32, n: i32): void {
  const b = f32x4.splat(beta);
  const one = f32x4.splat(1);
  for (const end = h + bytes(padded(n)); h < end; h += 16) {
    const x = v128.load(ebar);
    const gate = v128.load(g);
    v128.store(h, f32x4.mul(x, gate));
    const slope = f32x4.mul(f32x4.mul(b, f32x4.sub(one, gate)), v128.load(e));
    v128.store(zbar, madd(slope, x, v128.load(zbar)));
    zbar += 16;
    ebar += 16;
    e += 16;
    g += 16;
  }
}

/** Copies rows of `columns` floats that lie close together to rows with a stride, and pads them with zeros. */
export function pack(d: usize, s: usize, rows: i32, columns: i32, stride: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(d, s, bytes(columns));
    memory.fill(d + bytes(columns), 0, bytes(stride - columns));
    d += bytes(stride);
    s += bytes(columns);
  }
}

/** D_cr = S_rc      D: columns x rows with a stride, S: rows x columns close together */
export function transpose(d: usize, s: usize, rows: i32, columns: i32, stride: i32): void {
  for (let r = 0; r < rows; r++) {
    let to = d + bytes(r);
    for (let c = 0; c < columns; c++) {
      f32.store(to, f32.load(s));
      s += 4;
      to += bytes(stride);
    }
  }
}
