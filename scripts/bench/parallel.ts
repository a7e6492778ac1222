/**
 * Throughput of two independent runs on a pool of two threads, against one run on the same pool.
 *
 *     npm run build && node --import tsx scripts/bench/parallel.ts [--data_dir DIR] [--episodes 200]
 */
import { parseArgs } from 'node:util';
import { createEngine } from '#dist/engine/create.js';
import { CASES, quantile, taskMaker } from './cases.ts';

const { values: flags } = parseArgs({
  options: { data_dir: { type: 'string' }, episodes: { type: 'string', default: '200' } },
});
const episodes = Number(flags.episodes);
const { task } = await taskMaker(flags.data_dir);
const { rule, theta, episode } = task(CASES[0]!);
const engine = await createEngine('wasm', { workers: 2 });

/** Milliseconds for so many runs at once, each of `count` episodes one after the other. */
async function timeRuns(runs: number, count: number): Promise<number> {
  const start = performance.now();
  const loops = Array.from({ length: runs }, async (_, run) => {
    for (let n = 0; n < count; n++) await engine.run([episode(run * count + n)], rule, [theta]);
  });
  await Promise.all(loops);
  return performance.now() - start;
}

await timeRuns(2, 30);
const gains: number[] = [];
for (let round = 0; round < 5; round++) {
  const one = await timeRuns(1, episodes);
  const two = await timeRuns(2, episodes);
  gains.push((2 * one) / two);
  console.log(`one run ${(one / episodes).toFixed(1)} ms an episode, two runs ${(two / episodes).toFixed(1)} ms each`);
}
console.log(`two runs on two threads: ${quantile(gains, 0.5).toFixed(2)} times the throughput of one (median of 5)`);
await engine.dispose();
