/** The helper thread: faster, and otherwise as if it was not there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Engine } from '#dist/engine/engine.js';
import type { Episode } from '#dist/engine/episode.js';
import { Arena, newMemory } from '#dist/engine/wasm/arena.js';
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { runEpisode } from '#dist/engine/wasm/episode.js';
import { Helper } from '#dist/engine/wasm/helper.js';
import { compileKernels, instantiate } from '#dist/engine/wasm/kernels.js';
import { loadKernels } from '#dist/engine/wasm/load.js';
import { shapeOf } from '#dist/engine/wasm/preparation.js';
import { Schedule } from '#dist/engine/wasm/schedule.js';
import { Stage } from '#dist/engine/wasm/stage.js';
import { statistics } from '#dist/engine/wasm/statistics.js';
import type { Feedback } from '#dist/network/feedback.js';
import { POOL } from '#dist/plasticity/pool.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';
import { randomEpisode } from './random-episode.ts';

const bio = parseRule(['F0', 'F2', 'F9']);
const pool = parseRule(POOL.map(({ name }) => name));
const thetaOf = (rule: Rule, size = 1e-3) => Float64Array.from(rule.terms, (_, r) => (r % 2 ? -size : size));

const run = async (engine: Engine, episode: Episode, rule: Rule, theta = thetaOf(rule)) =>
  (await engine.run([episode], rule, [theta]))[0]!;

/** Episodes of one shape; every other one has weights that are drawn under a key, and images gathered from a source. */
const episodesOf = (feedback: Feedback, count: number): Episode[] =>
  Array.from({ length: count }, (_, seed) => {
    const layers = [60, 30, 20, 9];
    const episode = randomEpisode({ layers, feedback, train: 40, query: 5, seed });
    if (seed % 2) return episode;
    const pixels = new Uint8Array(new SharedArrayBuffer(45 * 60));
    pixels.set(episode.train.pixels);
    pixels.set(episode.query.pixels, 40 * 60);
    const positions = Int32Array.from({ length: 45 }, (_, i) => i);
    return {
      ...episode,
      matrices: { key: [seed, 7] },
      train: { ...episode.train, pixels, positions: positions.slice(0, 40) },
      query: { ...episode.query, pixels, positions: positions.slice(40) },
    };
  });

const alone = await createWasmEngine();

/** An engine whose helper is up: until it is, engines do without it. */
async function engineWithHelper(episode: Episode, rule: Rule, options = {}): Promise<Engine> {
  const engine = await createWasmEngine(options);
  engine.prefetch!(episode, rule);
  await run(engine, episode, rule);
  // Prepared by the helper and by nobody else, which the engine waits for.
  engine.prefetch!(episode, rule);
  await run(engine, episode, rule);
  return engine;
}

/** Runs the episodes, each prepared ahead: the same bytes as from the engine that is alone. */
async function runsLikeAlone(engine: Engine, episodes: readonly Episode[], rule: Rule): Promise<void> {
  for (const [i, episode] of episodes.entries()) {
    if (i + 1 < episodes.length) engine.prefetch!(episodes[i + 1]!, rule);
    assert.deepEqual(await run(engine, episode, rule), await run(alone, episode, rule));
  }
}

describe('the same bytes with the helper thread as without', () => {
  for (const [name, rule] of Object.entries({ bio, pool }))
    for (const feedback of ['fix', 'sym', 'dfa'] as const)
      test(`${name}, ${feedback}`, async () => {
        const episodes = episodesOf(feedback, 12);
        const engine = await engineWithHelper(episodes[0]!, rule);
        await runsLikeAlone(engine, episodes, rule);
        await engine.dispose();
      });

  test('an engine that is to have no helper starts none', async () => {
    const [episode, next] = episodesOf('fix', 2) as [Episode, Episode];
    const engine = await createWasmEngine({ helper: false });
    const threads = () => readdirSync('/proc/self/task').length;
    const before = existsSync('/proc/self/task') ? threads() : 0;
    engine.prefetch!(next, bio);
    assert.deepEqual(await run(engine, episode, bio), await run(alone, episode, bio));
    assert.deepEqual(await run(engine, next, bio), await run(alone, next, bio));
    if (before > 0) assert.equal(threads(), before);
    await engine.dispose();
  });

  test('relaxed SIMD', async (t) => {
    const relaxed = await createWasmEngine({ relaxed: true }).catch(() => undefined);
    if (!relaxed) return t.skip('needs relaxed SIMD (Node 22 or later)');
    const episodes = episodesOf('fix', 4);
    const engine = await engineWithHelper(episodes[0]!, bio, { relaxed: true });
    for (const [i, episode] of episodes.entries()) {
      if (i + 1 < episodes.length) engine.prefetch!(episodes[i + 1]!, bio);
      assert.deepEqual(await run(engine, episode, bio), await run(relaxed, episode, bio));
    }
    await engine.dispose();
  });

  test('whatever is named ahead: nothing, what is not run, another shape or rule, one twice, all at once', async () => {
    const episodes = episodesOf('fix', 6);
    const others = episodesOf('sym', 2);
    const engine = await engineWithHelper(episodes[0]!, bio);
    const check = async (episode: Episode, rule = bio) =>
      assert.deepEqual(await run(engine, episode, rule), await run(alone, episode, rule));
    await check(episodes[1]!);
    engine.prefetch!(episodes[2]!, bio);
    await check(episodes[3]!);
    engine.prefetch!(others[0]!, bio);
    engine.prefetch!(episodes[4]!, pool);
    for (const episode of episodes) engine.prefetch!(episode, bio);
    await check(episodes[5]!);
    await check(episodes[4]!);
    engine.prefetch!(episodes[0]!, bio);
    await check(others[0]!);
    engine.prefetch!(others[1]!, bio);
    await check(episodes[0]!, pool);
    engine.prefetch!(episodes[1]!, pool);
    engine.prefetch!(episodes[1]!, pool);
    await check(episodes[1]!, pool);
    await check(episodes[1]!, pool);
    const running = episodes.map((episode) => {
      const result = run(engine, episode, pool);
      engine.prefetch!(episodes[2]!, pool);
      return result;
    });
    for (const [i, result] of (await Promise.all(running)).entries())
      assert.deepEqual(result, await run(alone, episodes[i]!, pool));
    await engine.dispose();
    await check(episodes[0]!);
  });

  test('a helper that comes up while memory is laid out anew writes nothing where it was laid out before', async () => {
    const [episode] = episodesOf('fix', 1) as [Episode];
    const module = await compileKernels(await loadKernels({ relaxed: false, shared: true }), false);
    const memory = newMemory(true);
    const machine = { arena: new Arena(memory), kernels: instantiate(module, memory) };
    const schedule = new Schedule(machine, { module, memory });
    const theta = thetaOf(pool);
    await schedule.run(episode, pool, (space, measure) => runEpisode(machine, space, episode, theta, measure));
    schedule.prefetch(episode, pool);
    const result = await schedule.run({ ...episode }, pool, async (space, measure) => {
      while (!(measure() instanceof Promise)) await setTimeout(5);
      return runEpisode(machine, space, episode, theta, measure);
    });
    assert.deepEqual(result, await run(alone, episode, pool));
    await schedule.dispose();
  });

  test('after an episode that diverged while the next was being prepared', async () => {
    for (const rule of [bio, pool]) {
      const episodes = episodesOf('fix', 4);
      const engine = await engineWithHelper(episodes[0]!, rule);
      for (const [i, theta] of [1e9, 1e-3, 1e9, 1e-3].entries()) {
        const episode = episodes[i]!;
        if (i < 3) engine.prefetch!(episodes[i + 1]!, rule);
        const result = await run(engine, episode, rule, thetaOf(rule, theta));
        assert.deepEqual(result, await run(alone, episode, rule, thetaOf(rule, theta)));
        assert.equal(Number.isNaN(result.loss), theta === 1e9);
      }
      await engine.dispose();
    }
  });
});

test('the statistics that it makes are those made here, beside the way back', async () => {
  const module = await compileKernels(await loadKernels({ relaxed: false, shared: true }), false);
  const memory = newMemory(true);
  const machine = { arena: new Arena(memory), kernels: instantiate(module, memory) };
  const helper = new Helper({ module, memory });
  for (const rule of [bio, pool]) {
    const episode = episodesOf('fix', 1)[0]!;
    const stage = new Stage(machine, shapeOf(episode, rule), rule, 2);
    await helper.layOut(stage);
    for (const slot of [1, 0]) {
      await helper.prepare(slot, episode);
      const space = stage.space(slot);
      const { angles, orthonormality } = await runEpisode(machine, space, episode, thetaOf(rule), () =>
        helper.measure(slot),
      );
      assert.deepEqual({ angles, orthonormality }, statistics(machine, space));
      assert.ok(orthonormality.every((value) => value > 0));
    }
  }
  await helper.dispose();
});

describe('when something goes wrong', () => {
  test('what is wrong with an episode reaches whoever runs it; the next one runs', async () => {
    const episodes = episodesOf('fix', 4);
    const engine = await engineWithHelper(episodes[0]!, bio);
    const impossible = { ...episodes[2]!, train: { ...episodes[2]!.train, pixels: null } } as unknown as Episode;
    engine.prefetch!(impossible, bio);
    await assert.rejects(run(engine, impossible, bio), /^TypeError: /);
    await runsLikeAlone(engine, episodes, bio);
    await engine.dispose();
  });

  test('where the thread cannot start or ends, all goes on without it to the same bytes, with a word', async (t) => {
    const threads = process.getBuiltinModule('node:worker_threads');
    const { Worker } = threads;
    t.after(() => {
      threads.Worker = Worker;
    });
    const refuse = (): never => {
      throw new Error('no thread for you');
    };
    const programs = {
      'no thread for you': refuse,
      'no program for you': () => 'throw new Error("no program for you")',
      'it ended with 3': () => `
        const { parentPort } = require('node:worker_threads');
        parentPort.once('message', () => {
          parentPort.postMessage({ answer: undefined });
          parentPort.once('message', () => process.exit(3));
        });`,
    };
    for (const [reason, program] of Object.entries(programs)) {
      threads.Worker = class extends Worker {
        constructor() {
          super(program(), { eval: true });
        }
      };
      const notices: string[] = [];
      const engine = await createWasmEngine({ onNotice: (sentence) => notices.push(sentence) });
      const episodes = episodesOf('fix', 12);
      await runsLikeAlone(engine, episodes, bio);
      while (notices.length === 0) {
        await setTimeout(1);
        await runsLikeAlone(engine, episodes, bio);
      }
      await runsLikeAlone(engine, episodes, pool);
      assert.deepEqual(notices, [`There is no helper thread (${reason}): going on with one thread.`]);
      await engine.dispose();
    }
  });

  test('disposing of an engine at work ends that work with a sentence; it may be used again', async () => {
    const [first, second] = episodesOf('fix', 2) as [Episode, Episode];
    for (const delay of [undefined, 0, 1]) {
      const engine = await engineWithHelper(first, bio);
      engine.prefetch!(first, bio);
      engine.prefetch!(second, bio);
      const [settled] = [Promise.allSettled([run(engine, first, bio), run(engine, second, bio)])];
      if (delay !== undefined) await setTimeout(delay);
      const gone = engine.dispose();
      const again = run(engine, first, bio);
      await gone;
      for (const outcome of await settled)
        if (outcome.status === 'rejected') assert.match(outcome.reason.message, /^the engine was disposed of$/);
      assert.deepEqual(await again, await run(alone, first, bio));
    }
  });

  test('neither keeps a process alive nor lets it end before disposing is done', () => {
    const script = `
      const { createWasmEngine } = await import('#dist/engine/wasm/engine.js');
      const { parseRule } = await import('#dist/plasticity/rule.js');
      const one = new Float32Array(6);
      const images = { pixels: new Uint8Array(3), labels: new Uint8Array(1) };
      const episode = { network: { layers: [3, 2], beta: 1, feedback: 'sym' }, matrices: { given: { weights: [one] } },
        train: images, query: images };
      const engines = [await createWasmEngine(), await createWasmEngine()];
      for (const engine of engines) {
        engine.prefetch(episode, parseRule(['F0']));
        await engine.run([episode], parseRule(['F0']), [Float64Array.of(0)]);
        // An answer that nobody has taken when the engine goes.
        engine.prefetch(episode, parseRule(['F0']));
        for (const start = performance.now(); performance.now() < start + 100; );
      }
      await engines[0].dispose();
      console.log('disposed');`;
    const root = new URL('../..', import.meta.url);
    const options = { cwd: root, encoding: 'utf8', timeout: 60_000 } as const;
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], options);
    assert.deepEqual([status, stdout], [0, 'disposed\n']);
  });
});
