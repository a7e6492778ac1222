/**
 * A network's initial weights: uniform on ±r with r = sqrt(6 / (in + out)) (Glorot & Bengio 2010), for W and, drawn
 * independently, for B.
 *
 * Matrices are numbered W_1 … W_L, B_1 … B_L. Element i (row-major) of matrix m is word i % 2 of Threefry block
 * (i >> 1, m) under the episode's key, times r / 2^31 in single precision: one integer-to-float conversion and one
 * multiplication, so that a SIMD kernel draws the same bits.
 */
import { type ThreefryKey, threefry2x32 } from '../random/threefry.js';
import { FEEDBACK } from './feedback.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from './layers.js';
import type { Network } from './network.js';

export interface InitialWeights {
  /** W_1 … W_L, n_l x n_{l-1}, row-major. */
  readonly weights: Float32Array[];
  /** B_1 … B_L, or D_0 … D_{L-1} of direct feedback; none where W itself feeds back. */
  readonly feedbackWeights?: Float32Array[];
}

/** Draws W, and what feeds back where that is not W, under an episode's key (`streamKey('<seed>/episode/<n>/weights')`). */
export function drawWeights(
  key: ThreefryKey,
  { layers, feedback, gain = 1 }: Pick<Network, 'layers' | 'feedback' | 'gain'>,
): InitialWeights {
  const shapes = matrixShapes(layers);
  const weights = shapes.map((shape, l) => drawMatrix(key, l, shape, gain));
  if (!FEEDBACK[feedback].drawn) return { weights };
  const feedbackWeights = feedbackShapes(layers, feedback).map((shape, l) => drawMatrix(key, shapes.length + l, shape));
  return { weights, feedbackWeights };
}

/** r: entries lie between -r and r. */
export function initialLimit({ rows, columns }: MatrixShape): number {
  return Math.sqrt(6 / (rows + columns));
}

/** What a signed 32-bit word is multiplied by to lie within ±r. */
export function wordScale(shape: MatrixShape, gain = 1): number {
  return Math.fround((gain * initialLimit(shape)) / 2 ** 31);
}

function drawMatrix(key: ThreefryKey, matrix: number, shape: MatrixShape, gain = 1): Float32Array {
  const scale = wordScale(shape, gain);
  const values = new Float32Array(shape.rows * shape.columns);
  const words = new Int32Array(2);
  for (let i = 0; i < values.length; i += 2) {
    threefry2x32(key, i >> 1, matrix, words);
    values[i] = Math.fround(words[0]!) * scale;
    if (i + 1 < values.length) values[i + 1] = Math.fround(words[1]!) * scale;
  }
  return values;
}
