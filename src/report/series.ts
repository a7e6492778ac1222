/** Numbers between drawing and data: what a curve is before it has a colour. */
export type Point = readonly [x: number, y: number];

/**
 * Thin a long curve to at most about 4 x `buckets` points without changing its look: of each bucket of neighbours the
 * first, last, lowest and highest stay. NaN (gaps) stay where a whole bucket is missing.
 */
export function thin(points: readonly Point[], buckets: number): readonly Point[] {
  const size = Math.ceil(points.length / buckets);
  if (size <= 4) return points;
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const bucket = points.slice(start, start + size);
    const present = bucket.filter(([, y]) => Number.isFinite(y));
    if (present.length === 0) {
      kept.push(bucket[0]!);
      continue;
    }
    let low = present[0]!;
    let high = low;
    for (const point of present) {
      if (point[1] < low[1]) low = point;
      if (point[1] > high[1]) high = point;
    }
    const stay = new Set([present[0], low, high, present.at(-1)]);
    kept.push(...present.filter((point) => stay.has(point)));
  }
  return kept;
}

/** Points without a neighbour, which a line would not show. */
export function isolated(points: readonly Point[]): readonly Point[] {
  const present = (i: number): boolean => Number.isFinite(points[i]?.[1]);
  return points.filter((_, i) => present(i) && !present(i - 1) && !present(i + 1));
}

/**
 * Upper end of an axis for a series with outliers: the highest median of eleven neighbours with a margin, which keeps a
 * slow descent from a high start but not single spikes, at most ten times the median of all, and never more than needed.
 */
export function robustMaximum(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return Number.NaN;
  let sustained = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < finite.length; i += 11) sustained = Math.max(sustained, median(finite.slice(i, i + 11)));
  const highest = finite.reduce((max, value) => Math.max(max, value));
  return Math.min(highest, 1.25 * sustained, 10 * median(finite));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Move labels apart along an axis: positions at least `gap` from each other, inside [low, high], in the order of the
 * wanted ones and as near to them as possible (least squares: isotonic regression by pooling adjacent violators).
 * Where they do not all fit, the gap shrinks.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const n = wanted.length;
  const step = n > 1 ? Math.min(gap, (high - low) / (n - 1)) : 0;
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const pools: { sum: number; size: number }[] = [];
  for (const [rank, i] of order.entries()) {
    let pool = { sum: wanted[i]! - rank * step, size: 1 };
    for (let before = pools.at(-1); before && before.sum / before.size >= pool.sum / pool.size; before = pools.at(-1)) {
      pool = { sum: pool.sum + before.sum, size: pool.size + before.size };
      pools.pop();
    }
    pools.push(pool);
  }
  const flat = pools.flatMap(({ sum, size }) => Array.from({ length: size }, () => sum / size));
  const placed: number[] = new Array(n);
  for (const [rank, i] of order.entries()) {
    placed[i] = Math.min(Math.max(flat[rank]!, low), high - (n - 1) * step) + rank * step;
  }
  return placed;
}
