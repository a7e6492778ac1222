/** The functions of the grammar that act on each element by itself: value, and derivative from argument and value. */

interface ElementFunction {
  value(x: number): number;
  /** 0 at kinks, and of sqrt at 0, so that norm(0) is harmless. */
  slope(x: number, value: number): number;
  /** In words, for `rules`. */
  readonly says: string;
}

/** NaN stays NaN. */
const where = (x: number, positive: number, negative: number, zero = negative): number =>
  x > 0 ? positive : x < 0 ? negative : x === 0 ? zero : Number.NaN;

export const FUNCTIONS = {
  relu: { value: (x) => where(x, x, 0), slope: (x) => where(x, 1, 0), says: 'the positive part' },
  abs: { value: Math.abs, slope: (x) => where(x, 1, -1, 0), says: 'the size without the sign' },
  sign: { value: (x) => where(x, 1, -1, 0), slope: () => 0, says: '1, 0 or -1' },
  step: { value: (x) => where(x, 1, 0), slope: () => 0, says: '1 above 0, else 0' },
  tanh: { value: Math.tanh, slope: (_, y) => 1 - y * y, says: 'tanh' },
  sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), slope: (_, y) => y * (1 - y), says: '1 / (1 + exp(-x))' },
  exp: { value: Math.exp, slope: (_, y) => y, says: 'exp' },
  log: { value: Math.log, slope: (x) => 1 / x, says: 'the natural logarithm' },
  sqrt: { value: Math.sqrt, slope: (_, y) => (y === 0 ? 0 : 0.5 / y), says: 'the square root' },
  inv: { value: (x) => 1 / x, slope: (_, y) => -y * y, says: '1 / x' },
} as const satisfies Readonly<Record<string, ElementFunction>>;
export type FunctionName = keyof typeof FUNCTIONS;

/** All that a formula may call: with so many arguments. */
export const CALLS: Readonly<Record<string, number>> = {
  ...{ sum: 1, mean: 1, norm: 1, square: 1, max: 2, min: 2 },
  ...Object.fromEntries(Object.keys(FUNCTIONS).map((name) => [name, 1])),
};

/** The larger (`max`) or the smaller of two; NaN if either is. */
export const larger = (op: 'max' | 'min', x: number, y: number): number => Math[op](x, y);

/** The share of the adjoint that x gets of max(x, y), or min: half where they are equal. */
export function shareOfFirst(op: 'max' | 'min', x: number, y: number): number {
  return x === y ? 0.5 : (op === 'max' ? x > y : x < y) ? 1 : 0;
}
