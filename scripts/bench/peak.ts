/** What the machine can do in WebAssembly, and what an episode asks of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arena, newMemory } from '#dist/engine/wasm/arena.js';
import { runEpisode } from '#dist/engine/wasm/episode.js';
import { compileKernels, instantiate } from '#dist/engine/wasm/kernels.js';
import { loadKernels } from '#dist/engine/wasm/load.js';
import { shapeOf } from '#dist/engine/wasm/preparation.js';
import { Stage } from '#dist/engine/wasm/stage.js';
import { statistics } from '#dist/engine/wasm/statistics.js';
import type { Task } from './cases.ts';
import { counting } from './macs.ts';

/** 10^9 multiply-adds a second: 128-bit multiply and add on registers, best of many. */
export function measurePeak(): number {
  const folder = mkdtempSync(join(tmpdir(), 'peak-'));
  const wasm = join(folder, 'peak.wasm');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const options = '-O3 --runtime stub --noAssert --enable simd --disableWarning'.split(' ');
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

/** Multiply-adds of an episode. */
export async function countMacs({ rule, theta, episode }: Task): Promise<number> {
  const arena = new Arena(newMemory(false));
  const module = await compileKernels(await loadKernels({ relaxed: false, shared: false }), false);
  const { kernels, count } = counting(instantiate(module, arena.memory));
  const machine = { arena, kernels };
  const first = episode(0);
  const stage = new Stage(machine, shapeOf(first, rule), rule, 1);
  stage.slots[0]!.fill(first);
  const space = stage.space(0);
  await runEpisode(machine, space, first, theta, () => statistics(machine, space));
  return count();
}
