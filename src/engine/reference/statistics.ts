import { angleDegrees } from '../../stats/angle.js';
import { dot, type Matrix } from './matrix.js';
import type { Activity } from './step.js';

/** Alignment angles, layers 0..L: between the batch means of e by the feedback path and by W'. Degrees. */
export function meanAngles(fed: readonly Float64Array[][], exact: readonly Float64Array[][]): Float64Array {
  const mean = (errors: readonly Float64Array[][], l: number): Float64Array => {
    const sum = new Float64Array(errors[0]![l]!.length);
    for (const e of errors) for (let i = 0; i < sum.length; i++) sum[i]! += e[l]![i]! / errors.length;
    return sum;
  };
  return Float64Array.from(fed[0]!, (_, l) => angleDegrees(mean(fed, l), mean(exact, l)));
}

/** E_l = sum over the batch of |z_l - W_l W_l'y_l|^2, l = 1..L: 0 where W_l is orthonormal on y (Eqs 11, 12). */
export function orthonormality(W: readonly Matrix[], activities: readonly Activity[]): Float64Array {
  return Float64Array.from(W, (w, l) => {
    let total = 0;
    for (const { y, z } of activities) {
      const back = w.transposeTimes(y[l + 1]!, new Float64Array(w.columns));
      const again = w.times(back, new Float64Array(w.rows));
      const difference = z[l + 1]!.map((value, i) => value - again[i]!);
      total += dot(difference, difference);
    }
    return total;
  });
}
