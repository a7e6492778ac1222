import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createEngine } from '#dist/engine/create.js';
import type { Episode } from '#dist/engine/episode.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { noise, randomEpisode } from './random-episode.ts';

const layers = [16, 9, 5];
const rule = parseRule(['F0', 'F2', 'F9']);
const theta = Float64Array.of(0.01, -0.004, 0.002);
const draw = noise(4);
const pixels = new Uint8Array(new SharedArrayBuffer(30 * 16)).map(() => Math.max(0, draw() * 256));

/** Episode n; its images are in shared memory, its weights are drawn by key. */
const episodeOf = (n: number): Episode => ({
  network: { layers, beta: 10, feedback: 'fix' },
  matrices: { key: [n, 77] },
  train: {
    pixels,
    positions: Int32Array.from({ length: 12 }, (_, i) => (i * 7 + n) % 30),
    labels: Uint8Array.from({ length: 12 }, (_, i) => i % 5),
  },
  query: { pixels, positions: Int32Array.of(n, 29 - n), labels: Uint8Array.of(1, 2) },
});
const explicit = randomEpisode({ layers, feedback: 'sym', train: 6, query: 2, seed: 8 });
const episodes = [...Array.from({ length: 8 }, (_, n) => episodeOf(n)), explicit];

describe('an engine on several threads', async () => {
  const single = await createEngine('wasm');
  const pooled = await createEngine('wasm', { workers: 2 });
  after(async () => {
    await single.dispose();
    await pooled.dispose();
  });
  const alone = await single.run(
    episodes,
    rule,
    episodes.map(() => theta),
  );

  test('gives the bytes of one engine, in order', async () => {
    const results = await pooled.run(
      episodes,
      rule,
      episodes.map(() => theta),
    );
    assert.deepEqual(results, alone);
  });

  test('serves several loops at once', async () => {
    const runs = await Promise.all(episodes.map((episode) => pooled.run([episode], rule, [theta])));
    assert.deepEqual(runs.flat(), alone);
  });

  test('runs the reference engine too', async () => {
    const [reference, threads] = [await createEngine('reference'), await createEngine('reference', { workers: 2 })];
    const thetas = [theta, theta];
    assert.deepEqual(
      await threads.run(episodes.slice(0, 2), rule, thetas),
      await reference.run(episodes.slice(0, 2), rule, thetas),
    );
    await threads.dispose();
  });

  test('passes on what goes wrong in a thread', async () => {
    const broken: Episode = { ...episodeOf(0), matrices: { given: { weights: [] } } };
    await assert.rejects(pooled.run([broken], rule, [theta]), /weights must hold 2 matrices, not 0/);
    const impossible = {
      ...rule,
      terms: rule.terms.map((term) => ({ ...term, name: `${term.name}x` })),
      program: { ...rule.program, nodes: [null] },
    } as unknown as Rule;
    await assert.rejects(pooled.run([episodeOf(0)], impossible, [theta]), TypeError);
    assert.deepEqual(await pooled.run([episodeOf(0)], rule, [theta]), alone.slice(0, 1));
  });

  test('goes on without threads that cannot start, to the same bytes, with a word', async (t) => {
    const threads = process.getBuiltinModule('node:worker_threads');
    const { Worker } = threads;
    t.after(() => {
      threads.Worker = Worker;
    });
    const refuse = (): never => {
      throw new Error('at once');
    };
    const programs = { 'at once': refuse, 'a moment later': () => `throw new Error('a moment later')` };
    for (const [reason, program] of Object.entries(programs)) {
      threads.Worker = class extends Worker {
        constructor() {
          super(program(), { eval: true });
        }
      };
      const notices: string[] = [];
      const lonely = await createEngine('wasm', { workers: 3, onNotice: (sentence) => notices.push(sentence) });
      const thetas = episodes.map(() => theta);
      assert.deepEqual(await lonely.run(episodes, rule, thetas), alone);
      assert.deepEqual(await lonely.run(episodes, rule, thetas), alone);
      assert.deepEqual(notices, [`A thread is gone (${reason}): going on without it.`]);
      await lonely.dispose();
    }
  });

  test('is gone when it is disposed of', async () => {
    const gone = await createEngine('wasm', { workers: 2 });
    await gone.dispose();
    await assert.rejects(gone.run([episodeOf(0)], rule, [theta]), /disposed of/);
  });
});
