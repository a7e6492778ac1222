/**
 * Threefry-2x32 with 20 rounds: a counter-based generator of nothing but 32-bit additions, rotations and xors, so that
 * every engine (TypeScript, WASM SIMD, WGSL) draws the same numbers and any one of them can be computed alone.
 * Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", doi:10.1145/2063384.2063405.
 */

/** Two 32-bit words (their signs do not matter). */
export type ThreefryKey = readonly [number, number];

/** Skein's key-schedule parity for 32-bit words. */
const PARITY = 0x1bd11bda;

/**
 * Encrypts the counter block (counter0, counter1) under `key` and writes its two words, as signed 32-bit integers, to
 * `out[at]` and `out[at + 1]`.
 */
export function threefry2x32(key: ThreefryKey, counter0: number, counter1: number, out: Int32Array, at = 0): void {
  let a = key[0];
  let b = key[1];
  let c = PARITY ^ a ^ b;
  let x = (counter0 + a) | 0;
  let y = (counter1 + b) | 0;
  for (let injection = 1; injection <= 5; injection++) {
    // Four rounds; the two groups of rotation constants alternate.
    if (injection & 1) {
      x = (x + y) | 0;
      y = ((y << 13) | (y >>> 19)) ^ x;
      x = (x + y) | 0;
      y = ((y << 15) | (y >>> 17)) ^ x;
      x = (x + y) | 0;
      y = ((y << 26) | (y >>> 6)) ^ x;
      x = (x + y) | 0;
      y = ((y << 6) | (y >>> 26)) ^ x;
    } else {
      x = (x + y) | 0;
      y = ((y << 17) | (y >>> 15)) ^ x;
      x = (x + y) | 0;
      y = ((y << 29) | (y >>> 3)) ^ x;
      x = (x + y) | 0;
      y = ((y << 16) | (y >>> 16)) ^ x;
      x = (x + y) | 0;
      y = ((y << 24) | (y >>> 8)) ^ x;
    }
    // The three key words take turns: (b, c), (c, a), (a, b), …
    x = (x + b) | 0;
    y = (y + c + injection) | 0;
    [a, b, c] = [b, c, a];
  }
  out[at] = x;
  out[at + 1] = y;
}
