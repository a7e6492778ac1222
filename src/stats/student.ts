/** Student's t distribution. */

/**
 * The t that a variable with `df` degrees of freedom (any number of at least 1) stays below with probability `p`.
 * @throws RangeError for p outside 0.5 to 1, both left out, or less than one degree of freedom.
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0.5 && p < 1)) throw new RangeError(`A quantile above the median needs p between 0.5 and 1; got ${p}.`);
  if (!(df >= 1)) throw new RangeError(`Student's t needs at least one degree of freedom; got ${df}.`);
  // P(|T| > t) = I_x(df / 2, 1 / 2) with x = df / (df + t^2) falls as t grows.
  const beyond = (t: number) => incompleteBeta(df / (df + t * t), df / 2, 0.5);
  let [low, high] = [0, 1];
  while (beyond(high) > 2 * (1 - p)) [low, high] = [high, 2 * high];
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (beyond(middle) > 2 * (1 - p)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22, https://dlmf.nist.gov/8.17). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  // Lentz's method, as modified by Thompson and Barnett (1986, doi:10.1016/0021-9991(86)90046-X).
  const tiny = 1e-300;
  let [c, d, fraction] = [1, 0, 1];
  for (let i = 0; i < 10_000; i++) {
    const m = i >> 1;
    const term =
      i === 0
        ? 1
        : i % 2 === 0
          ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
          : -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + term * d || tiny);
    c = 1 + term / c || tiny;
    fraction *= c * d;
    if (Math.abs(1 - c * d) < 1e-15) break;
  }
  return front * (fraction - 1);
}

/** log of the gamma function of a positive number, to 1e-14: Stirling's series (DLMF 5.11.1) beyond 15, shifted down. */
function logGamma(x: number): number {
  let [z, shift] = [x, 0];
  for (; z < 15; z++) shift += Math.log(z);
  const zz = z * z;
  const series = ((-1 / 1680 / zz + 1 / 1260) / zz - 1 / 360) / zz + 1 / 12;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series / z - shift;
}
