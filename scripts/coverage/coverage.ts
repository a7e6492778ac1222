/**
 * How often 98 % bands hold the true mean, by simulation, as the tables of docs/BANDS.md:
 *
 *     node --import tsx scripts/coverage/coverage.ts [repeats, 4000]
 */

import { stream } from '../../src/random/stream.js';
import { markdownTable } from '../../src/report/markdown.js';
import { crossedBand } from '../../src/stats/band.js';
import { METHODS } from './rivals.js';

const repeats = Number(process.argv[2] ?? 4000);
const random = stream('coverage');
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** What one seed gives, with its true mean. */
const SEEDS: Readonly<Record<string, readonly [draw: () => number, mean: number]>> = {
  normal: [normal, 0],
  uniform: [random, 0.5],
  skewed: [() => -Math.log(1 - random()), 1],
  'one in 20 is stuck': [() => (random() < 0.05 ? 0.2 : 0.68 + 0.02 * normal()), 0.05 * 0.2 + 0.95 * 0.68],
};

/** Standard deviations of runs, tasks and what is left. */
const CROSSED = [
  [1, 1, 1],
  [0.3, 1, 1],
  [0.1, 1, 1],
  [1, 0.3, 1],
  [0.3, 0.3, 1],
  [0, 1, 1],
  [1, 0, 1],
  [1, 1, 0.1],
  [0, 0, 1],
] as const;

const percent = (hits: number, of = repeats) => ((100 * hits) / of).toFixed(1);

function seedsTable(): string {
  const few = Math.ceil(repeats / 2); // the bootstraps take long
  const rows = Object.entries(SEEDS).flatMap(([kind, [draw, mean]]) =>
    [4, 5, 8, 10, 20].map((n) => {
      const hits = Object.keys(METHODS).map(() => 0);
      for (let repeat = 0; repeat < few; repeat++) {
        const values = Array.from({ length: n }, draw);
        for (const [i, method] of Object.values(METHODS).entries()) {
          const [low, high] = method(values, `${repeat}`);
          if (low <= mean && mean <= high) hits[i]!++;
        }
      }
      return [kind, `${n}`, ...hits.map((count) => percent(count, few))];
    }),
  );
  return markdownTable(['one seed gives', 'seeds', ...Object.keys(METHODS)], rows);
}

function crossedTable(): string {
  const rows = CROSSED.map(([ofRuns, ofTasks, ofCells]) => [
    `${ofRuns}, ${ofTasks}, ${ofCells}`,
    ...[5, 10, 20].flatMap((runs) =>
      [10, 20].map((tasks) => {
        let hits = 0;
        for (let repeat = 0; repeat < repeats; repeat++) {
          const task = Array.from({ length: tasks }, () => ofTasks * normal());
          const table = Array.from({ length: runs }, () => {
            const run = ofRuns * normal();
            return task.map((value) => value + run + ofCells * normal());
          });
          const { low, high } = crossedBand(table);
          if (low <= 0 && 0 <= high) hits++;
        }
        return percent(hits);
      }),
    ),
  ]);
  const sizes = [5, 10, 20].flatMap((runs) => [10, 20].map((tasks) => `${runs} x ${tasks}`));
  return markdownTable(['sd of runs, tasks, cells', ...sizes], rows);
}

console.log(`${crossedTable()}\n`);
console.log(seedsTable());
