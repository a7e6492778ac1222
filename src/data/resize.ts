/** What one output pixel takes from one row: the input pixels `from`, `from + 1`, … with these weights (sum 1). */
interface Tap {
  readonly from: number;
  readonly weights: readonly number[];
}

/** Area averaging when shrinking, linear interpolation between pixel centres (edges repeated) when growing. */
function taps(size: number, dim: number): Tap[] {
  const ratio = size / dim;
  return Array.from({ length: dim }, (_, i) => {
    if (size >= dim) {
      const [start, end] = [(i * size) / dim, ((i + 1) * size) / dim];
      const from = Math.floor(start);
      const count = Math.ceil(end) - from;
      const weights = Array.from(
        { length: count },
        (_, k) => (Math.min(end, from + k + 1) - Math.max(start, from + k)) / ratio,
      );
      return { from, weights };
    }
    const centre = Math.min(Math.max((i + 0.5) * ratio - 0.5, 0), size - 1);
    const from = Math.min(Math.floor(centre), Math.max(size - 2, 0));
    return { from, weights: size === 1 ? [1] : [1 - (centre - from), centre - from] };
  });
}

/**
 * A whole grey image, resampled to `dim` x `dim` with antialiasing. Width and height are treated separately: area
 * averaging along a side that shrinks, linear interpolation along one that grows, an exact copy along one that fits.
 *
 * @param pixels `width * height` bytes, row by row
 * @returns `dim * dim` bytes, row by row; the very array where both sides are `dim`
 * @throws RangeError when a side is not a positive integer or `pixels` has another length
 */
export function resizeGrey(pixels: Uint8Array, width: number, height: number, dim: number): Uint8Array {
  if (![width, height, dim].every((side) => Number.isInteger(side) && side > 0))
    throw new RangeError(`Cannot resize ${width} x ${height} to ${dim} x ${dim}: sides must be positive integers.`);
  if (pixels.length !== width * height)
    throw new RangeError(`${width} x ${height} pixels are ${width * height} bytes, not ${pixels.length}.`);
  if (width === dim && height === dim) return pixels;

  const columns = taps(width, dim);
  const narrow = new Float64Array(height * dim);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < dim; x++) {
      const { from, weights } = columns[x]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * pixels[y * width + from + k]!;
      narrow[y * dim + x] = sum;
    }

  const rows = taps(height, dim);
  const resized = new Uint8Array(dim * dim);
  for (let y = 0; y < dim; y++)
    for (let x = 0; x < dim; x++) {
      const { from, weights } = rows[y]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * narrow[(from + k) * dim + x]!;
      resized[y * dim + x] = Math.round(sum);
    }
  return resized;
}

/** The same of many square images one after the other, `side` pixels wide; the very array where that is `dim`. */
export function resizeAll(images: Uint8Array, side: number, dim: number): Uint8Array {
  if (side === dim) return images;
  const count = images.length / side ** 2;
  const resized = new Uint8Array(count * dim * dim);
  for (let image = 0; image < count; image++) {
    const one = images.subarray(image * side * side, (image + 1) * side * side);
    resized.set(resizeGrey(one, side, side, dim), image * dim * dim);
  }
  return resized;
}
