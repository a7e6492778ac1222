/** A panel of curves as numbers: what is drawn on the screen and written into files. */
import { csv } from '../../report/markdown.js';
import { noFormula } from './files.js';

export interface Curve {
  readonly label: string;
  /** Places in the palette and among the dashes. */
  readonly colour: number;
  readonly dash: number;
  readonly x: readonly number[];
  /** NaN are gaps. */
  readonly y: readonly number[];
  /** 98 % band about y, where there is one. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** What y was smoothed from, drawn faintly. */
  readonly raw?: { readonly x: readonly number[]; readonly y: readonly number[] };
}

export interface Panel {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** A dashed line that says what to compare with. */
  readonly reference?: { readonly y: number; readonly label: string };
}

/** The value at the x nearest to `at`; NaN without one. */
export function valueAt({ x, y }: Pick<Curve, 'x' | 'y'>, at: number): number {
  if (x.length === 0) return Number.NaN;
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  return y[at - x[low]! <= x[high]! - at ? low : high]!;
}

/** Everything that a panel shows, a row each. */
export function panelCsv({ xLabel, curves }: Panel): string {
  const number = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? String(value) : '');
  const rows = curves.flatMap(({ label, x, y, low, high }) =>
    x.map((at, i) => [noFormula(label), at, number(y[i]), number(low?.[i]), number(high?.[i])]),
  );
  return csv(['curve', noFormula(xLabel), 'value', 'low', 'high'], rows);
}
