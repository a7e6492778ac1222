// AssemblyScript. Threefry-2x32-20 (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405), four blocks at once;
// src/random/threefry.ts is the same in TypeScript.

function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/** Word i of a draw is word i % 2 of the block with counter (i >> 1, stream); x_i = float(word_i as int32) * s. */
export function uniform(x: usize, count: i32, key0: i32, key1: i32, stream: i32, s: f32): void {
  const factor = f32x4.splat(s);
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const k2 = i32x4.splat(0x1bd11bda ^ key0 ^ key1);
  const first = i32x4.add(i32x4.splat(stream), k1);
  let counter = i32x4(0, 1, 2, 3);
  for (let i = 0; i < count; i += 8) {
    let a = i32x4.add(counter, k0);
    let b = first;
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 15), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 26), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 6), a);
    a = i32x4.add(a, k1);
    b = i32x4.add(b, i32x4.add(k2, i32x4.splat(1)));
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 17), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 29), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 16), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 24), a);
    a = i32x4.add(a, k2);
    b = i32x4.add(b, i32x4.add(k0, i32x4.splat(2)));
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 15), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 26), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 6), a);
    a = i32x4.add(a, k0);
    b = i32x4.add(b, i32x4.add(k1, i32x4.splat(3)));
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 17), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 29), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 16), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 24), a);
    a = i32x4.add(a, k1);
    b = i32x4.add(b, i32x4.add(k2, i32x4.splat(4)));
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 13), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 15), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 26), a);
    a = i32x4.add(a, b);
    b = v128.xor(rotate(b, 6), a);
    a = i32x4.add(a, k2);
    b = i32x4.add(b, i32x4.add(k0, i32x4.splat(5)));
    const low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    // Up to seven floats past `count` are written; the caller's buffer holds them.
    v128.store(x, f32x4.mul(f32x4.convert_i32x4_s(low), factor));
    v128.store(x, f32x4.mul(f32x4.convert_i32x4_s(high), factor), 16);
    x += 32;
    counter = i32x4.add(counter, i32x4.splat(4));
  }
}
