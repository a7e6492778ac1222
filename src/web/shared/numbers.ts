/** Numbers as text. */

/** Five significant digits; an em dash where there is no number. */
export function shown(value: number | null | undefined, digits = 5): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size < 1e-4 || size >= 1e7 ? value.toExponential(digits - 1) : value.toPrecision(digits);
  return text
    .replace(/(\.\d*?)0+($|e)/, '$1$2')
    .replace(/\.($|e)/, '$1')
    .replace('-', '−');
}

/** A mean and its band where there is one. */
export function shownBand({ mean, low, high }: { mean: number; low: number; high: number }): string {
  const band = Number.isFinite(low) ? ` [${shown(low, 3)}, ${shown(high, 3)}]` : '';
  return shown(mean, 4) + band;
}

/** Ticks of an axis, at most about `most`, at 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, most = 6): number[] {
  const rough = (high - low) / most;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
