/**
 * Milliseconds an episode of each engine and rule: K = 50, Q = 10, M = 5, the paper's network, images of EMNIST (or of
 * the glyphs, which take as long). Weights, images and statistics are included. Engines take turns, episode by episode,
 * so that what disturbs the machine disturbs all of them.
 *
 *     npm run build && node --expose-gc --import tsx scripts/bench/bench.ts [--data_dir DIR] [--rounds 40] [--only F0]
 */
import { execFileSync, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDataset } from '#dist/data/open.js';
import { classIndex, type EpisodeSetting, makeEpisode } from '#dist/data/sampler.js';
import { createEngine } from '#dist/engine/create.js';
import type { Engine, Feedback } from '#dist/engine/engine.js';
import { Arena, newMemory } from '#dist/engine/wasm/arena.js';
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { runEpisode } from '#dist/engine/wasm/episode.js';
import { compileKernels, instantiate } from '#dist/engine/wasm/kernels.js';
import { shapeOf } from '#dist/engine/wasm/preparation.js';
import { Stage } from '#dist/engine/wasm/stage.js';
import { statistics } from '#dist/engine/wasm/statistics.js';
import { defaultLayers } from '#dist/network/layers.js';
import { GROUPS } from '#dist/plasticity/pool.js';
import { parseRule } from '#dist/plasticity/rule.js';
import { counting } from './macs.ts';
import { startPytorch } from './pytorch.ts';

interface Case {
  readonly name: string;
  readonly terms: readonly string[];
  readonly feedback: Feedback;
}

const CASES: readonly Case[] = [
  { name: 'F0', terms: ['F0'], feedback: 'fix' },
  { name: 'F_bio', terms: GROUPS.bio!, feedback: 'fix' },
  { name: 'pool', terms: GROUPS.pool!, feedback: 'fix' },
  { name: 'sym F0', terms: ['F0'], feedback: 'sym' },
  { name: 'sym eHebb', terms: ['F0', 'F2'], feedback: 'sym' },
  {
    name: 'user terms',
    terms: [
      'F0',
      "a = (y .* e) (y_pre - one_pre)'",
      "b = (W e_pre) y_pre'",
      "c = y (W' e)'",
      "d = (y .* y .* (one - y)) e_pre'",
    ],
    feedback: 'fix',
  },
];

const { values: flags } = parseArgs({
  options: {
    data_dir: { type: 'string' },
    rounds: { type: 'string', default: '40' },
    only: { type: 'string', multiple: true },
    memory: { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
const dataset = flags.data_dir
  ? await openDataset('emnist', { dim: 28, dataDir: flags.data_dir })
  : await openDataset('glyphs', { dim: 28 });
const setting = (feedback: Feedback): EpisodeSetting => ({
  ...{ dataset, index: classIndex(dataset), feedback, M: 5, K: 50, Q: 10, beta: 10, seed: 1 },
  layers: defaultLayers(784, dataset.classes.length),
});
/** Small, so that nothing diverges, but no zeros that could be skipped. */
const thetaOf = ({ terms }: Case) => Float64Array.from(terms, (_, r) => (r === 0 ? 1e-3 : r % 2 ? -1e-5 : 1e-5));

if (flags.memory) await reportMemory(CASES.find(({ name }) => name === flags.memory)!);
else await main();

async function main(): Promise<void> {
  const gmacs = await measurePeak();
  const cpu = cpus()[0]!.model;
  console.log(`Node ${process.version}, ${cpu}, ${dataset.name}, ${rounds} episodes each, ${new Date().toISOString()}`);
  console.log(`128-bit multiply-add: ${gmacs.toFixed(1)} G/s\n`);
  console.log('rule        engine            wall ms: median     min   spread   cpu min   of peak   MB');
  const chosen = flags.only ? CASES.filter(({ name }) => flags.only!.includes(name)) : CASES;
  for (const one of chosen) await benchCase(one, gmacs);
  for (const one of chosen.filter(({ name }) => name === 'F0' || name === 'F_bio')) await comparePytorch(one);
}

interface Timing {
  readonly wall: number[];
  readonly cpu: number[];
}

async function benchCase(one: Case, gmacs: number): Promise<void> {
  const rule = parseRule(one.terms);
  const theta = [thetaOf(one)];
  const engines: Record<string, Engine> = { wasm: await createWasmEngine(), 'wasm + helper': await createWasmEngine() };
  const relaxed = await createWasmEngine({ relaxed: true }).catch(() => undefined);
  if (relaxed) engines['wasm relaxed'] = relaxed;
  const times: Record<string, Timing> = {};
  const clock = async (name: string, run: () => Promise<unknown>) => {
    times[name] ??= { wall: [], cpu: [] };
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    await run();
    times[name].wall.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    times[name].cpu.push((user + system) / 1000);
  };
  let next = makeEpisode(setting(one.feedback), 0);
  engines['wasm + helper']!.prefetch?.(next, rule);
  for (let n = 1; n <= rounds + 8; n++) {
    const episode = next;
    next = makeEpisode(setting(one.feedback), n);
    for (const [name, engine] of Object.entries(engines)) {
      const run = () => engine.run([episode], rule, theta);
      if (name !== 'wasm + helper') await clock(name, run);
      else
        await clock(name, () => {
          engine.prefetch?.(next, rule);
          return run();
        });
    }
  }
  const reference = await createEngine('reference');
  for (let n = 0; n < 3; n++) {
    const episode = makeEpisode(setting(one.feedback), n);
    void episode.weights;
    await clock('reference', () => reference.run([episode], rule, theta));
  }
  for (const engine of Object.values(engines)) await engine.dispose();
  const macs = await countMacs(one);
  const memory = await memoryOf(one);
  for (const [name, { wall, cpu }] of Object.entries(times)) {
    const warm = name === 'reference' ? 1 : 8;
    const sorted = wall.slice(warm).sort((a, b) => a - b);
    const quantile = (q: number) => sorted[Math.floor(q * (sorted.length - 1))]!;
    const cpuMin = Math.min(...cpu.slice(warm));
    const share = name === 'reference' ? '' : `${((100 * macs) / (cpuMin * gmacs * 1e6)).toFixed(0)} %`;
    console.log(
      [
        one.name.padEnd(11),
        name.padEnd(17),
        quantile(0.5).toFixed(1).padStart(15),
        sorted[0]!.toFixed(1).padStart(7),
        (quantile(0.75) - quantile(0.25)).toFixed(1).padStart(8),
        cpuMin.toFixed(1).padStart(9),
        share.padStart(9),
        (name === 'wasm' ? memory.toFixed(0) : '').padStart(4),
      ].join(' '),
    );
  }
  console.log(`${''.padEnd(11)} ${(macs / 1e6).toFixed(0)} M multiply-adds an episode\n`);
}

/** Ratio to PyTorch, episode by episode in turn. */
async function comparePytorch(one: Case): Promise<void> {
  const rule = parseRule(one.terms);
  const theta = thetaOf(one);
  const episode = makeEpisode(setting(one.feedback), 0);
  const pytorch = await startPytorch(episode, Object.fromEntries(one.terms.map((term, r) => [term, theta[r]!])));
  if (!pytorch) {
    console.log('No python3 with torch here (Debian: python3-torch), so no comparison with it.');
    return;
  }
  const engine = await createWasmEngine();
  for (let n = 0; n < 8; n++) await engine.run([episode], rule, [theta]);
  for (const oja of one.terms.includes('F9') ? (['rank1', 'matrix'] as const) : (['rank1'] as const)) {
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let n = 0; n < (oja === 'matrix' ? 3 : 6); n++) {
      const { seconds, gradient } = await pytorch.run(one.terms, oja);
      theirs.push(seconds * 1000);
      for (let again = 0; again < 5; again++) {
        const start = performance.now();
        const [result] = await engine.run([episode], rule, [theta]);
        ours.push(performance.now() - start);
        const far = gradient.some((g, r) => Math.abs(g - result!.thetaGradient[r]!) > 1e-3 * Math.abs(g));
        if (far) throw new Error(`gradients differ: PyTorch ${gradient}, ours ${result!.thetaGradient}`);
      }
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
    const [p, w] = [median(theirs), median(ours)];
    const how = one.terms.includes('F9') ? (oja === 'rank1' ? ', Oja as rank 1' : ', Oja as the release has it') : '';
    console.log(
      `${one.name}: PyTorch ${pytorch.version} ${p.toFixed(0)} ms (min ${theirs[0]!.toFixed(0)})${how}; ` +
        `wasm ${w.toFixed(1)} ms (min ${ours[0]!.toFixed(1)}): ${(p / w).toFixed(0)} times`,
    );
  }
  pytorch.stop();
  await engine.dispose();
}

/** What the machine can do in WebAssembly: 128-bit multiply and add on registers, best of many. */
async function measurePeak(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'peak-'));
  const wasm = join(folder, 'peak.wasm');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const options = '-O3 --runtime stub --noAssert --enable simd --disableWarning'.split(' ');
  // A process of its own: the compiler's hundreds of megabytes would count as ours.
  execFileSync('npx', ['asc', 'src/engine/wasm/kernels/peak.ts', '-o', wasm, ...options], { cwd: root });
  const bytes = new Uint8Array(readFileSync(wasm));
  rmSync(folder, { recursive: true });
  const { peak } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {} as never).exports as unknown as {
    peak(rounds: number): number;
  };
  let best = 0;
  // Short calls: V8 swaps in its optimized code between calls, not within one.
  for (let i = 0; i < 2000; i++) {
    const start = performance.now();
    for (let call = 0; call < 10; call++) peak(1000);
    best = Math.max(best, (40 * 1e4) / (performance.now() - start) / 1e6);
  }
  return best;
}

async function countMacs(one: Case): Promise<number> {
  const bytes = new Uint8Array(readFileSync(new URL('../../dist/engine/wasm/kernels.wasm', import.meta.url)));
  const arena = new Arena(newMemory(false));
  const { kernels, count } = counting(instantiate(await compileKernels(bytes, false), arena.memory));
  const episode = makeEpisode(setting(one.feedback), 0);
  const machine = { arena, kernels };
  const rule = parseRule(one.terms);
  const stage = new Stage(machine, shapeOf(episode, rule), rule, 1);
  stage.slots[0]!.fill(episode);
  const space = stage.space(0);
  await runEpisode(machine, space, episode, thetaOf(one), (labels) => statistics(machine, space, labels));
  return count();
}

/** Resident memory of a process that runs this case and nothing else. */
async function memoryOf(one: Case): Promise<number> {
  const args = ['--memory', one.name, ...(flags.data_dir ? ['--data_dir', flags.data_dir] : [])];
  const child = fork(new URL(import.meta.url), args);
  return new Promise((resolve, reject) => {
    child.on('message', (bytes) => resolve(Number(bytes) / 2 ** 20));
    child.on('exit', (code) => code && reject(new Error(`the memory of ${one.name} could not be measured`)));
  });
}

async function reportMemory(one: Case): Promise<void> {
  const engine = await createWasmEngine();
  const rule = parseRule(one.terms);
  let next = makeEpisode(setting(one.feedback), 0);
  for (let n = 1; n <= 30; n++) {
    const episode = next;
    next = makeEpisode(setting(one.feedback), n);
    engine.prefetch?.(next, rule);
    await engine.run([episode], rule, [thetaOf(one)]);
  }
  process.send!(process.memoryUsage.rss());
  await engine.dispose();
  process.disconnect();
}
