/**
 * The candidate that a mistyped or shortened word means, if any is near enough: one with that very beginning or part
 * (`lr` for lr_meta, `window` for avg_window), else the one that the fewest changes of letters lead to.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, '');
  const typed = plain(word);
  const changes = (name: string) => editDistance(typed, plain(name));
  const parts = (name: string) => name.toLowerCase().split(/[-_]/);
  const same = candidates.find((name) => plain(name) === typed);
  // A letter or two are near to anything.
  if (same !== undefined || typed.length < 2) return same;
  const shortened = candidates.find((name) => parts(name).includes(typed) || plain(name).startsWith(typed));
  if (shortened !== undefined) return shortened;
  const [best] = candidates.toSorted((a, b) => changes(a) - changes(b));
  return best !== undefined && changes(best) <= Math.max(1, Math.floor(typed.length / 3)) ? best : undefined;
}

/** Levenshtein's distance with swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + change,
        swap ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
