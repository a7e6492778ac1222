/** Bands for the mean of a few values: those that the program draws, and others that could have been chosen. */
import { stream } from '../../src/random/stream.js';
import { LEVEL, meanBand } from '../../src/stats/band.js';
import { bootstrap } from '../../src/stats/bootstrap.js';

export type Interval = readonly [low: number, high: number];
type Method = (values: readonly number[], name: string) => Interval;

const RESAMPLES = 500;

export const METHODS: Readonly<Record<string, Method>> = {
  "Student's t": (values) => {
    const { low, high } = meanBand(values);
    return [low, high];
  },
  percentile: (values, name) => {
    const { low, high } = bootstrap(values, { name });
    return [low, high];
  },
  'bootstrap-t': (values, name) => {
    const centre = mean(values);
    const ratios = resamples(values, name).map((drawn) => (mean(drawn) - centre) / error(drawn));
    ratios.sort((a, b) => a - b); // a draw of one value again and again: infinite, or NaN, which is no draw
    const finite = ratios.filter((ratio) => !Number.isNaN(ratio));
    const at = (p: number) => quantile(finite, p) * error(values);
    return [centre - at((1 + LEVEL) / 2), centre - at((1 - LEVEL) / 2)];
  },
  BCa: (values, name) => {
    const centre = mean(values);
    const means = resamples(values, name)
      .map(mean)
      .sort((a, b) => a - b);
    const below = means.filter((x) => x < centre).length + means.filter((x) => x === centre).length / 2;
    const bias = normalQuantile(below / means.length);
    const cubes = values.reduce((sum, x) => sum + (x - centre) ** 3, 0);
    const skew = cubes / (6 * values.reduce((sum, x) => sum + (x - centre) ** 2, 0) ** 1.5);
    const at = (p: number) => {
      const z = bias + normalQuantile(p);
      return quantile(means, normalBelow(bias + z / (1 - skew * z)));
    };
    return [at((1 - LEVEL) / 2), at((1 + LEVEL) / 2)];
  },
};

function resamples(values: readonly number[], name: string): number[][] {
  const random = stream(name);
  return Array.from({ length: RESAMPLES }, () => values.map(() => values[Math.floor(random() * values.length)]!));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Standard error of the mean. */
function error(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1) / values.length);
}

function quantile(sorted: readonly number[], p: number): number {
  const place = p * (sorted.length - 1);
  const low = Math.floor(place);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a === b ? a : a + (place - low) * (b - a);
}

/** Abramowitz & Stegun 7.1.26, to 1.5e-7: enough for a rank among a thousand draws. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const half = (series * Math.exp(-x * x)) / 2;
  return z < 0 ? half : 1 - half;
}

function normalQuantile(p: number): number {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
