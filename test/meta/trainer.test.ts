import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '#dist/engine/engine.js';
import { adamStep, initialState } from '#dist/meta/adam.js';
import { decodeJournal, encodeRecord } from '#dist/meta/journal.js';
import type { EpisodeRecord } from '#dist/meta/record.js';
import { DivergedError, startingPoint, type TrainOptions, train } from '#dist/meta/trainer.js';
import { bowl, numbered, rule } from './bowl.js';
import { close } from './close.js';

const options: TrainOptions = {
  engine: bowl(),
  rule,
  makeEpisode: numbered,
  episodes: 20,
  lrMeta: 0.1,
  lamb: 0,
  from: startingPoint([1e-3, 0]),
};

async function collect(changes: Partial<TrainOptions> = {}): Promise<EpisodeRecord[]> {
  const records = [];
  for await (const record of train({ ...options, ...changes })) records.push(record);
  return records;
}
const withoutTime = (records: readonly EpisodeRecord[]) => records.map((record) => ({ ...record, ms: 0 }));

describe('train', () => {
  test('one Adam step an episode, down the bowl', async () => {
    const records = await collect({ episodes: 400 });
    assert.deepEqual(
      records.map(({ episode }) => episode),
      Array.from({ length: 400 }, (_, i) => i + 1),
    );
    let state = initialState([1e-3, 0]);
    for (const { episode, theta, loss, gradient, next } of records) {
      assert.deepEqual(theta, state.theta);
      assert.equal(loss, (theta[0]! - 3) ** 2 + (theta[1]! + 1) ** 2);
      assert.deepEqual(gradient, [2 * (theta[0]! - 3) + Math.sin(episode), 2 * (theta[1]! + 1) + Math.cos(episode)]);
      state = adamStep(state, gradient, { learningRate: 0.1 });
      assert.deepEqual(next, state);
    }
    assert.ok(records.at(-1)!.loss < 0.05);
  });

  test('a step of any number of tasks holds few of them at a time, and is left off between these', async () => {
    let [made, run, most] = [0, 0, 0];
    const inner = bowl();
    const engine: Engine = {
      ...inner,
      async run(episodes, ...rest) {
        most = Math.max(most, made - run);
        run += episodes.length;
        return await inner.run(episodes, ...rest);
      },
    };
    const makeEpisode = (n: number) => {
      assert.equal(n, ++made);
      return numbered(n);
    };
    const [record] = await collect({ engine, makeEpisode, episodes: 1, metaBatch: 1000 });
    assert.deepEqual([made, run, most <= 64], [1000, 1000, true]);
    const accuracies = Array.from({ length: 1000 }, (_, i) => 1 / (i + 1));
    assert.equal(record!.accuracy, accuracies.reduce((sum, value) => sum + value) / 1000);
    assert.deepEqual(record!.orthonormality, [500.5]);

    [made, run] = [0, 0];
    const stop = new AbortController();
    setTimeout(() => stop.abort());
    assert.deepEqual(await collect({ engine, makeEpisode, metaBatch: 1e9, signal: stop.signal }), []);
    assert.ok(made < 1e6);
  });

  test('a step of several tasks follows the mean of their gradients, each task once', async () => {
    const records = await collect({ episodes: 5, metaBatch: 3 });
    for (const { episode, theta, gradient } of records) {
      const tasks = [1, 2, 3].map((i) => 3 * (episode - 1) + i);
      const mean = (f: (n: number) => number) => tasks.reduce((sum, n) => sum + f(n), 0) / 3;
      close(gradient, [2 * (theta[0]! - 3) + mean(Math.sin), 2 * (theta[1]! + 1) + mean(Math.cos)]);
    }
    const spoilt = bowl((n) => (n === 5 ? { loss: Number.NaN } : {}));
    const skipped = await collect({ engine: spoilt, episodes: 3, metaBatch: 3 });
    assert.deepEqual(
      skipped.map((record) => record.skipped),
      [false, true, false],
    );
  });

  test('continued from any record, by way of the journal, it is as if never interrupted', async () => {
    const spoil = (n: number) => (n % 4 === 0 ? { loss: Number.NaN } : {});
    for (const l1 of ['subgradient', 'proximal'] as const) {
      const changes = { engine: bowl(spoil), lamb: 0.3, l1, clip: 1, scale: [0.2, 1] };
      const whole = await collect(changes);
      for (const end of [1, 4, 7, 19]) {
        const [from] = decodeJournal(whole.slice(0, end).map(encodeRecord).join(''), 2).slice(-1);
        const rest = await collect({ ...changes, from: from! });
        assert.deepEqual(withoutTime(rest), withoutTime(whole.slice(end)));
      }
    }
  });

  test('a scaled run is the run of a rule whose second term is so much larger, told in its own units', async () => {
    const scale = [1, 0.05];
    const larger: Engine = {
      ...bowl(),
      async run(episodes, rule, [phi]) {
        const [result] = await bowl().run(episodes, rule, [phi!.map((p, i) => scale[i]! * p)]);
        return [{ ...result!, thetaGradient: result!.thetaGradient.map((g, i) => scale[i]! * g) }];
      },
    };
    const changes = { episodes: 60, lamb: 0.2, clip: 2 };
    const scaled = await collect({ ...changes, scale });
    const plain = await collect({ ...changes, engine: larger });
    assert.equal(scaled.length, 60);
    for (const [i, { theta, gradient, loss }] of scaled.entries()) {
      close(theta, [plain[i]!.theta[0]!, scale[1]! * plain[i]!.theta[1]!], 1e-11);
      close(gradient, plain[i]!.gradient, 1e-11);
      close([loss], [plain[i]!.loss], 1e-11);
    }
  });

  test('a proximal L1 term lets go of a coefficient that is worth nothing, and holds the other back', async () => {
    const gradient = (n: number) => [-3 + Math.sin(n), 0.2 * Math.cos(n)];
    const engine = bowl((n) => ({ gradient: gradient(n) }));
    const records = await collect({ engine, episodes: 50, lamb: 1, l1: 'proximal', from: startingPoint([0, 0.3]) });
    const last = records.slice(-20).map(({ theta }) => theta);
    assert.ok(last.every(([kept, zero]) => kept! > 1 && zero === 0));
  });

  for (const [what, spoiled] of Object.entries({
    'a loss of NaN': { loss: Number.NaN },
    'an infinite loss': { loss: Number.POSITIVE_INFINITY },
    'one gradient of NaN': { gradient: [1, Number.NaN] },
    'an infinite gradient': { gradient: [Number.NEGATIVE_INFINITY, 0] },
    'a gradient whose square overflows': { gradient: [1e200, 0] },
  })) {
    test(`${what}: the step is left out, and counted`, async () => {
      const records = await collect({ engine: bowl((n) => ([3, 4, 9].includes(n) ? spoiled : {})) });
      assert.deepEqual(
        records.flatMap(({ episode, skipped }) => (skipped ? [episode] : [])),
        [3, 4, 9],
      );
      assert.deepEqual(records[2]!.next, records[1]!.next);
      assert.deepEqual(records[3]!.skips, { total: 2, inARow: 2 });
      assert.deepEqual(records[4]!.skips, { total: 2, inARow: 0 });
      assert.deepEqual(records[8]!.skips, { total: 3, inARow: 1 });
      assert.equal(records.at(-1)!.next.step, 17);
      for (const { next } of records) assert.ok([...next.theta, ...next.m, ...next.v].every(Number.isFinite));
    });
  }

  test('with --clip a huge gradient is used, not skipped', async () => {
    const records = await collect({ engine: bowl(() => ({ gradient: [1e200, 0] })), clip: 1 });
    assert.ok(records.every(({ skipped, gradient }) => !skipped && gradient[0] === 1));
  });

  test('ten skipped in a row stop it with advice, at once if it is continued', async () => {
    const engine = bowl((n) => (n > 5 && n !== 8 ? { loss: Number.NaN } : {}));
    const records: EpisodeRecord[] = [];
    const run = async (from = options.from) => {
      for await (const record of train({ ...options, engine, from })) records.push(record);
    };
    await assert.rejects(run(), (error) => {
      assert.ok(error instanceof DivergedError);
      assert.match(error.message, /after episode 18: .* 10 episodes in a row\.$/);
      return true;
    });
    assert.equal(records.length, 18);
    await assert.rejects(run(records.at(-1)!), DivergedError);
    assert.equal(records.length, 18);
  });

  test('with maxSkips 1 it stops at the first', async () => {
    const records: EpisodeRecord[] = [];
    const run = async () => {
      const engine = bowl((n) => (n === 3 ? { loss: Number.NaN } : {}));
      for await (const record of train({ ...options, engine, maxSkips: 1 })) records.push(record);
    };
    await assert.rejects(run(), {
      name: 'DivergedError',
      message: /after episode 3: loss or gradient was not finite\.$/,
    });
    assert.equal(records.length, 3);
  });

  test('an abort ends it after the episode in progress', async () => {
    const stop = new AbortController();
    const records = [];
    for await (const record of train({ ...options, signal: stop.signal })) {
      records.push(record);
      if (record.episode === 6) stop.abort();
    }
    assert.equal(records.length, 6);
  });
});
