// AssemblyScript. Threefry-2x32-20 (Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405), several blocks at once;
// src/random/threefry.ts is the same in TypeScript.

function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/** Of the even groups of four rounds, and of the odd. */
const ROTATIONS = memory.data<i32>([17, 29, 16, 24, 13, 15, 26, 6]);

/** Word i of a draw is word i % 2 of the block with counter (i >> 1, stream); x_i = float(word_i as int32) * s. */
export function uniform(x: usize, count: i32, key0: i32, key1: i32, stream: i32, s: f32): void {
  const factor = f32x4.splat(s);
  const parity = 0x1bd11bda ^ key0 ^ key1;
  const first = i32x4.splat(stream + key1);
  let counter = i32x4(0, 1, 2, 3);
  const four = i32x4.splat(4);
  // Six at once, since each round waits for the last. What is written past `count`, up to 47 floats, the caller's buffer holds.
  for (const end = x + ((<usize>count) << 2); x < end; x += 192) {
    let k0 = i32x4.splat(key0);
    let k1 = i32x4.splat(key1);
    let k2 = i32x4.splat(parity);
    let a0 = i32x4.add(counter, k0);
    let b0 = first;
    counter = i32x4.add(counter, four);
    let a1 = i32x4.add(counter, k0);
    let b1 = first;
    counter = i32x4.add(counter, four);
    let a2 = i32x4.add(counter, k0);
    let b2 = first;
    counter = i32x4.add(counter, four);
    let a3 = i32x4.add(counter, k0);
    let b3 = first;
    counter = i32x4.add(counter, four);
    let a4 = i32x4.add(counter, k0);
    let b4 = first;
    counter = i32x4.add(counter, four);
    let a5 = i32x4.add(counter, k0);
    let b5 = first;
    counter = i32x4.add(counter, four);
    for (let group = 1; group <= 5; group++) {
      const rotations = ROTATIONS + ((group & 1) << 4);
      for (let at = rotations; at < rotations + 16; at += 4) {
        const by = load<i32>(at);
        a0 = i32x4.add(a0, b0);
        a1 = i32x4.add(a1, b1);
        a2 = i32x4.add(a2, b2);
        a3 = i32x4.add(a3, b3);
        a4 = i32x4.add(a4, b4);
        a5 = i32x4.add(a5, b5);
        b0 = v128.xor(rotate(b0, by), a0);
        b1 = v128.xor(rotate(b1, by), a1);
        b2 = v128.xor(rotate(b2, by), a2);
        b3 = v128.xor(rotate(b3, by), a3);
        b4 = v128.xor(rotate(b4, by), a4);
        b5 = v128.xor(rotate(b5, by), a5);
      }
      const oldest = k0;
      k0 = k1;
      k1 = k2;
      k2 = oldest;
      const key = i32x4.add(k1, i32x4.splat(group));
      a0 = i32x4.add(a0, k0);
      b0 = i32x4.add(b0, key);
      a1 = i32x4.add(a1, k0);
      b1 = i32x4.add(b1, key);
      a2 = i32x4.add(a2, k0);
      b2 = i32x4.add(b2, key);
      a3 = i32x4.add(a3, k0);
      b3 = i32x4.add(b3, key);
      a4 = i32x4.add(a4, k0);
      b4 = i32x4.add(b4, key);
      a5 = i32x4.add(a5, k0);
      b5 = i32x4.add(b5, key);
    }
    put(x, a0, b0, factor);
    put(x + 32, a1, b1, factor);
    put(x + 64, a2, b2, factor);
    put(x + 96, a3, b3, factor);
    put(x + 128, a4, b4, factor);
    put(x + 160, a5, b5, factor);
  }
}

function put(x: usize, a: v128, b: v128, factor: v128): void {
  v128.store(x, f32x4.mul(f32x4.convert_i32x4_s(v128.shuffle<i32>(a, b, 0, 4, 1, 5)), factor));
  v128.store(x, f32x4.mul(f32x4.convert_i32x4_s(v128.shuffle<i32>(a, b, 2, 6, 3, 7)), factor), 16);
}
