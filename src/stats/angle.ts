import { norm } from './norm.js';

/**
 * Angle between two vectors in degrees, 0 to 180: Kahan's 2 atan2(|a/|a| - b/|b||, |a/|a| + b/|b||), which keeps its
 * accuracy near 0 and 180 where the arc cosine of the scalar product loses half the digits
 * (W. Kahan, "How futile are mindless assessments of roundoff in floating-point computation?", 2006, section 12).
 *
 * @returns NaN where a vector is zero or not finite: it has no direction.
 * @throws RangeError if the lengths differ.
 */
export function angleDegrees(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new RangeError(`An angle needs vectors of one length; got ${a.length} and ${b.length}.`);
  if (a.length === 0) return Number.NaN;
  const u = unit(a);
  const v = unit(b);
  let minus = 0;
  let plus = 0;
  for (let i = 0; i < u.length; i++) {
    const [difference, sum] = [u[i]! - v[i]!, u[i]! + v[i]!];
    // Not `** 2`, which need not be the same to the last bit in every version of Node.
    minus += difference * difference;
    plus += sum * sum;
  }
  return (360 * Math.atan2(Math.sqrt(minus), Math.sqrt(plus))) / Math.PI;
}

/** x / |x|; 0/0 gives NaN. */
function unit(x: ArrayLike<number>): Float64Array {
  const { largest, relative } = norm(x);
  const result = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = x[i]! / largest / relative;
  return result;
}
