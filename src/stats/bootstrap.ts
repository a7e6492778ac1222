/**
 * Bands by the bootstrap: seeds are drawn anew with replacement, and a band holds the middle part of the means of such
 * draws (percentile method; Efron 1979, doi:10.1214/aos/1176344552). The paper's figures have 98 % bands of 500 draws, so
 * ours that repeat them have, too. Of few seeds they are too narrow (docs/BANDS.md): nothing is judged by them.
 */
import { stream } from '../random/stream.js';
import { type Band, LEVEL, MIN_FOR_BAND } from './band.js';

export interface BootstrapOptions {
  /** Draws; 500. */
  readonly resamples?: number;
  /** Part of them that lies in the band; LEVEL. */
  readonly level?: number;
  /** Name of the random stream that seeds are drawn from. */
  readonly name?: string;
}

/** Mean and band of one number per seed; NaN are left out. */
export function bootstrap(values: readonly number[], options: BootstrapOptions = {}): Band {
  return bootstrapCurves(
    values.map((value) => [value]),
    options,
  )[0]!;
}

/**
 * Mean and band at each position of curves, one curve per seed, which may differ in length. A draw takes whole curves;
 * what is NaN or beyond a curve's end is left out of the mean there.
 *
 * @throws RangeError if there is no curve, resamples is no whole number >= 1, or level is not between 0 and 1.
 */
export function bootstrapCurves(curves: readonly ArrayLike<number>[], options: BootstrapOptions = {}): Band[] {
  const { resamples = 500, level = LEVEL, name = 'bootstrap' } = options;
  if (curves.length === 0) throw new RangeError('A band needs the values of at least one seed.');
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`A bootstrap needs a whole number of at least 1 resample; got ${resamples}.`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`A band's level must lie between 0 and 1; got ${level}.`);
  const n = curves.length;
  const random = stream(name);
  const draws = Array.from({ length: resamples }, () => Uint32Array.from(curves, () => Math.floor(random() * n)));
  const length = curves.reduce((longest, curve) => Math.max(longest, curve.length), 0);
  return Array.from({ length }, (_, x) => {
    const values = Float64Array.from(curves, (curve) => curve[x] ?? Number.NaN);
    const count = values.filter(Number.isFinite).length;
    const sample = { mean: meanOf(values), count, total: n };
    if (count < MIN_FOR_BAND) return { ...sample, low: Number.NaN, high: Number.NaN };
    // A draw of nothing but seeds without a value says nothing and is left out.
    const means = Float64Array.from(draws, (draw) => meanOf(values, draw)).filter(Number.isFinite);
    means.sort();
    return { ...sample, low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2) };
  });
}

/** Mean of the finite values, all of them or those at the places that are drawn. */
function meanOf(values: Float64Array, places?: Uint32Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[places === undefined ? i : places[i]!]!;
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** Quantile of sorted numbers, linear between neighbours (Hyndman & Fan's type 7, numpy's default). */
function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)]! - low);
}
