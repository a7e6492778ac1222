import assert from 'node:assert/strict';
import { test } from 'node:test';
import { episodeMemory } from '#dist/engine/memory.js';
import { Arena, newMemory } from '#dist/engine/wasm/arena.js';
import { compileKernels, instantiate } from '#dist/engine/wasm/kernels.js';
import { loadKernels } from '#dist/engine/wasm/load.js';
import { shapeOf } from '#dist/engine/wasm/preparation.js';
import { Stage } from '#dist/engine/wasm/stage.js';
import { stageBytes } from '#dist/engine/wasm/stage-bytes.js';
import { POOL } from '#dist/plasticity/pool.js';
import { parseRule } from '#dist/plasticity/rule.js';

const sizeOf = (train: number, layers = [60, 30, 20, 9], feedback = 'fix' as 'fix' | 'sym' | 'dfa') => ({
  network: { layers, beta: 10, feedback },
  train: { labels: { length: train } },
  query: { labels: { length: 7 } },
});
const F0 = parseRule(['F0']);

test('what the wasm engine takes is counted to the byte, without taking it', async () => {
  const module = await compileKernels(await loadKernels({ relaxed: false, shared: false }), false);
  const memory = newMemory(false);
  const arena = new Arena(memory);
  const machine = { arena, kernels: instantiate(module, memory) };
  for (const rule of [F0, parseRule(['F0', 'F2', 'F9']), parseRule(POOL.map(({ name }) => name))])
    for (const feedback of ['fix', 'sym', 'dfa'] as const)
      for (const train of [40, 300]) {
        const size = sizeOf(train, [60, 30, 20, 9], feedback);
        const bytes = stageBytes(size, rule, 2);
        new Stage(machine, shapeOf(size, rule), rule, 2);
        assert.equal(bytes, arena.end);
      }
});

test('too much is told for every engine, at once', async () => {
  const layers = [784, 170, 130, 100, 70, 47];
  const gib = async (engine: 'wasm' | 'reference', train: number) => {
    const { needed, most } = await episodeMemory(engine, sizeOf(train, layers), F0);
    return [Math.round(needed / 2 ** 30), most / 2 ** 30];
  };
  assert.deepEqual(await gib('wasm', 250), [0, 4]);
  const [needed] = await gib('wasm', 30_000);
  assert.ok(needed! > 4 && needed! < 100);
  assert.ok((await gib('wasm', 5e10))[0]! > 1e5);
  assert.deepEqual(await gib('reference', 250), [0, Number.POSITIVE_INFINITY]);
  assert.ok((await gib('reference', 5e10))[0]! > 1e5);
});
