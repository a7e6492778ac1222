/** The mean of one window of a series, placed at the window's centre. */
export interface WindowMean {
  /** Index in the series, counted from 0; half-integer for a window of even length. */
  readonly centre: number;
  /** Mean of the window's numbers; NaN where it holds none. */
  readonly mean: number;
}

/**
 * Centred moving average: one mean for every full window of the series, at the true centre of the window. NaN are
 * left out of the mean. A window longer than the series is cut to it, which gives one mean, of all there is.
 *
 * Sums of a window are put together from running sums to the left and to the right of block borders, so the cost does
 * not depend on the window and, as nothing is ever subtracted, a huge value leaves no rounding error behind it
 * (van Herk 1992, doi:10.1016/0167-8655(92)90069-C, with + for max).
 *
 * @throws RangeError if the window is not a whole number >= 1.
 */
export function movingAverage(values: ArrayLike<number>, window: number): WindowMean[] {
  if (!Number.isInteger(window) || window < 1) {
    throw new RangeError(`A moving average needs a whole window of at least 1; got ${window}.`);
  }
  const n = values.length;
  const length = Math.min(window, n);
  const numbers = Float64Array.from(values, (v) => (Number.isNaN(v) ? 0 : v));
  const present = Float64Array.from(values, (v) => (Number.isNaN(v) ? 0 : 1));
  const sums = windowSums(numbers, length);
  const counts = windowSums(present, length);
  return Array.from(sums, (sum, i) => ({ centre: i + (length - 1) / 2, mean: sum / counts[i]! }));
}

/** Sums of the n - length + 1 full windows. */
function windowSums(x: Float64Array, length: number): Float64Array {
  if (x.length === 0) return new Float64Array(0);
  const forwards = x.slice(); // from the last multiple of length up to i
  for (let i = 1; i < x.length; i++) if (i % length > 0) forwards[i]! += forwards[i - 1]!;
  const backwards = x.slice(); // from i up to the next multiple of length
  for (let i = x.length - 2; i >= 0; i--) if ((i + 1) % length > 0) backwards[i]! += backwards[i + 1]!;
  return Float64Array.from({ length: x.length - length + 1 }, (_, i) =>
    i % length === 0 ? forwards[i + length - 1]! : backwards[i]! + forwards[i + length - 1]!,
  );
}
