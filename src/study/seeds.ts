/** Which seeds a study's runs have. */
import { fail } from './shape.js';

const MOST = 10_000;

/**
 * `20` is 1 to 20, `5..8` is 5 to 8, `3,7` just these, `1..4,9` both; ascending, each once.
 * @throws RecipeError for anything else.
 */
export function parseSeeds(given: unknown, place: string): number[] {
  const text = String(given);
  const plain = /^\d+$/.test(text);
  const seeds = new Set<number>();
  for (const part of plain ? [`1..${text}`] : text.split(',')) {
    const [, from, to = from] = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to)];
    const good = Number.isSafeInteger(last) && first <= last && last - first + seeds.size < MOST;
    if (!good)
      fail(
        `${place} must be a whole number from 1 to ${MOST}${plain ? '' : ', or like 1..20 or 3,5,8'}, not '${text}'`,
      );
    for (let seed = first; seed <= last; seed++) seeds.add(seed);
  }
  return [...seeds].sort((a, b) => a - b);
}

/** Ascending seeds as `parseSeeds` reads them. */
export function seedsText(seeds: readonly number[]): string {
  const stretches: [number, number][] = [];
  for (const seed of seeds) {
    const last = stretches.at(-1);
    if (last && last[1] === seed - 1) last[1] = seed;
    else stretches.push([seed, seed]);
  }
  return stretches.map(([from, to]) => (from === to && stretches.length > 1 ? `${from}` : `${from}..${to}`)).join(',');
}
