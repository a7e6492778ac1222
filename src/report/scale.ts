/** From values to heights along an axis, and back; and where the ticks of a logarithmic one are. */

/** Linear, or logarithmic: equal ratios are equal distances. */
export type ScaleKind = 'linear' | 'log';

export interface Scale {
  /** NaN where a value has no place. */
  place(value: number): number;
  value(place: number): number;
}

export const SCALES: Readonly<Record<ScaleKind, Scale>> = {
  linear: { place: (value) => value, value: (place) => place },
  log: { place: (value) => (value > 0 ? Math.log10(value) : Number.NaN), value: (place) => 10 ** place },
};

const MOST_TICKS = 8;

/**
 * Ticks of a logarithmic axis: powers of ten, every so many of them where they are many; where they are few also 2 and 5
 * times those, or all of 1 to 9. Undefined where even these are fewer than three.
 */
export function logTicks([low, high]: readonly [number, number]): number[] | undefined {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const inside = (digits: readonly number[]) =>
    powers
      .flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)))
      .filter((tick) => tick >= low && tick <= high);
  const ticks = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]].map(inside).find(({ length }) => length >= 3);
  const step = Math.ceil((ticks?.length ?? 0) / MOST_TICKS);
  return ticks?.filter((tick) => ticks.length <= MOST_TICKS || Math.round(Math.log10(tick)) % step === 0);
}

/** A tick's number as it is; the smallest and largest by their powers of ten, `2·10⁻⁶`. */
export function logTickLabel(tick: number): string {
  if (tick >= 1e-4 && tick < 1e6) return String(Number(tick.toPrecision(3)));
  const [digits = '', power = ''] = tick.toExponential().split('e');
  const raised = [...power.replace('+', '')].map((sign) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)] ?? '⁻').join('');
  return `${digits === '1' ? '' : `${digits}·`}10${raised}`;
}

/** The axis for some values: all of them and a little room. */
export function logExtent(values: readonly number[]): [low: number, high: number] {
  const places = values.map(SCALES.log.place).filter(Number.isFinite);
  if (places.length === 0) return [0.1, 10];
  const low = places.reduce((a, b) => Math.min(a, b));
  const high = places.reduce((a, b) => Math.max(a, b));
  const margin = 0.06 * (high - low) || 0.3;
  return [10 ** (low - margin), 10 ** (high + margin)];
}
