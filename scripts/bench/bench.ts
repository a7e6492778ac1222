/**
 * Milliseconds an episode of each engine and rule (cases.ts). Weights, images and statistics are included. Engines take
 * turns of a few episodes, so that what disturbs the machine disturbs all of them, but not each other's caches all the
 * time. Then whole commands, and PyTorch.
 *
 *     npm run build && node --import tsx scripts/bench/bench.ts [--data_dir DIR] [--rounds 40] [--only F0]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { createEngine } from '#dist/engine/create.js';
import type { Engine } from '#dist/engine/engine.js';
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { CASES, type Case, quantile, type Task, taskMaker } from './cases.ts';
import { runCommand } from './command.ts';
import { countMacs, measurePeak } from './peak.ts';
import { comparePytorch } from './ratio.ts';

const { values: flags } = parseArgs({
  options: {
    data_dir: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    only: { type: 'string', multiple: true },
  },
});
const rounds = Number(flags.rounds);
/** Episodes in a turn; the first turn warms up. */
const TURN = 8;
const dataFlags = flags.data_dir ? ['--data_dir', flags.data_dir] : ['--database', 'glyphs'];
const { name: dataset, task } = await taskMaker(flags.data_dir);
const chosen = flags.only ? CASES.filter(({ name }) => flags.only!.includes(name)) : CASES;
const gmacs = measurePeak();
console.log(
  `Node ${process.version}, ${cpus()[0]!.model}, ${dataset}, ${rounds} episodes each, ${new Date().toISOString()}`,
);
console.log(`128-bit multiply-add: ${gmacs.toFixed(1)} G/s`);
console.log('MB: most that the command, its helper thread included, ever has resident in 30 episodes.\n');
console.log('rule        engine            wall ms: median     min   spread   cpu min   of peak   MB');
for (const one of chosen) await benchCase(one, task(one));
if (!flags.only) {
  const { firstLine, seconds, megabytes } = await runCommand([...dataFlags, '--fbk', 'fix', '--episodes', '600']);
  const memory = `${megabytes.toFixed(0)} MB at most`;
  console.log(
    `--episodes 600 --fbk fix: ${seconds.toFixed(1)} s, the first line after ${firstLine.toFixed(2)} s; ${memory}\n`,
  );
}
for (const one of chosen.filter(({ name }) => name === 'F0' || name === 'F_bio'))
  for (const line of await comparePytorch(one, task(one))) console.log(line);

interface Timing {
  readonly wall: number[];
  readonly cpu: number[];
}

async function benchCase(one: Case, { rule, theta, episode }: Task): Promise<void> {
  const engines: Record<string, Engine> = { wasm: await createWasmEngine(), 'wasm + helper': await createWasmEngine() };
  const relaxed = () => createWasmEngine({ relaxed: true }).catch(() => undefined);
  const [first, second] = [await relaxed(), await relaxed()];
  if (first && second) Object.assign(engines, { relaxed: first, 'relaxed + helper': second });
  const times: Record<string, Timing> = {};
  const clock = async (name: string, run: () => Promise<unknown>) => {
    times[name] ??= { wall: [], cpu: [] };
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    await run();
    times[name].wall.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    times[name].cpu.push((user + system) / 1000);
  };
  for (let turn = 0; turn < rounds / TURN + 1; turn++) {
    for (const [name, engine] of Object.entries(engines)) {
      let next = episode(turn * TURN);
      for (let n = 1; n <= TURN; n++) {
        const now = next;
        next = episode(turn * TURN + n);
        await clock(name, () => {
          if (name.endsWith('helper')) engine.prefetch?.(next, rule);
          return engine.run([now], rule, [theta]);
        });
      }
    }
  }
  const reference = await createEngine('reference');
  for (let n = 0; n < 3; n++) {
    const now = episode(n);
    await clock('reference', () => reference.run([now], rule, [theta]));
  }
  for (const engine of Object.values(engines)) await engine.dispose();
  const macs = await countMacs({ rule, theta, episode });
  const { megabytes } = await runCommand([...dataFlags, ...one.flags, '--episodes', '30']);
  for (const [name, { wall, cpu }] of Object.entries(times)) {
    const warm = name === 'reference' ? 1 : TURN;
    const settled = wall.slice(warm);
    const cpuMin = Math.min(...cpu.slice(warm));
    const share = name === 'reference' ? '' : `${((100 * macs) / (cpuMin * gmacs * 1e6)).toFixed(0)} %`;
    console.log(
      [
        one.name.padEnd(11),
        name.padEnd(17),
        quantile(settled, 0.5).toFixed(1).padStart(15),
        Math.min(...settled)
          .toFixed(1)
          .padStart(7),
        (quantile(settled, 0.75) - quantile(settled, 0.25)).toFixed(1).padStart(8),
        cpuMin.toFixed(1).padStart(9),
        share.padStart(9),
        (name === 'wasm + helper' ? megabytes.toFixed(0) : '').padStart(4),
      ].join(' '),
    );
  }
  console.log(`${''.padEnd(11)} ${(macs / 1e6).toFixed(0)} M multiply-adds an episode\n`);
}
