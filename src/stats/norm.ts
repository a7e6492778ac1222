/**
 * |x| as its largest entry's size and what that is to be multiplied by, so that no square over- or underflows (0 and NaN
 * for a vector of zeros). Of operations that every version of Node rounds alike, which `**` and Math.hypot need not be.
 */
export function norm(x: ArrayLike<number>): { readonly largest: number; readonly relative: number } {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    const one = x[i]! / largest;
    squares += one * one;
  }
  return { largest, relative: Math.sqrt(squares) };
}
