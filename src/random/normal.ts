/** Standard normal numbers from a counter-based generator: number i of a stream is computable alone. */
import { type ThreefryKey, threefry2x32 } from './threefry.js';

/**
 * Fills `x` with numbers 0, 1, … of a stream (Box & Muller 1958): numbers 2k and 2k + 1 are of Threefry block (k, stream).
 * In single precision, so that engines of either precision have the same.
 */
export function standardNormal(key: ThreefryKey, stream: number, x: Float32Array | Float64Array): void {
  const words = new Int32Array(2);
  for (let i = 0; i < x.length; i += 2) {
    threefry2x32(key, i >> 1, stream, words);
    // In (0, 1]: its logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(((words[0]! >>> 0) + 1) / 2 ** 32));
    const angle = (2 * Math.PI * (words[1]! >>> 0)) / 2 ** 32;
    x[i] = Math.fround(radius * Math.cos(angle));
    if (i + 1 < x.length) x[i + 1] = Math.fround(radius * Math.sin(angle));
  }
}
