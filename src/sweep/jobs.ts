/** Work on a list, a few items at a time. */

/**
 * Does the work on each item, at most `atOnce` at a time, started in their order. When one fails or the signal is
 * aborted no further one is started; those under way see `stop` aborted and are waited for.
 *
 * @throws what the first failure threw.
 */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: T, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const waiting = items.values();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const item of waiting) {
      if (stop.aborted) return;
      try {
        await work(item, stop);
      } catch (error) {
        failures.push(error);
        failure.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
