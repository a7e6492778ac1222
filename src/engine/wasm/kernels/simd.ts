// AssemblyScript. Shared by all kernels: pointers are byte addresses, counts and strides are in elements, and every
// row starts at a multiple of 16 bytes and is padded with zeros to a multiple of 8 floats.

/** a b + c per lane. The relaxed module rounds once where the machine has fused multiply-add. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** [sum a, sum b, sum c, sum d]. */
export function sum4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Sum of the four lanes. */
export function sum(a: v128): f32 {
  const pair = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1);
}

/** Bytes of n floats. */
export function bytes(n: i32): usize {
  return (<usize>n) << 2;
}

/** n rounded up to a multiple of 8: how many floats a row of n holds with its padding. */
export function padded(n: i32): i32 {
  return (n + 7) & ~7;
}

/** Zeroes n floats, a padding. */
export function zero(at: usize, n: i32): void {
  for (const end = at + bytes(n); at < end; at += 4) f32.store(at, 0);
}
