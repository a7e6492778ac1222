import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inParallel } from '#dist/sweep/jobs.js';

const never = new AbortController().signal;

describe('inParallel', () => {
  test('does all, in order, so many at a time and no more', async () => {
    for (const atOnce of [1, 3, 20]) {
      const started: number[] = [];
      let [now, most] = [0, 0];
      const items = Array.from({ length: 10 }, (_, i) => i);
      await inParallel(items, atOnce, never, async (item) => {
        started.push(item);
        most = Math.max(most, ++now);
        await setTimeout((item * 7) % 5);
        now--;
      });
      assert.deepEqual(started, items);
      assert.equal(most, Math.min(atOnce, 10));
    }
  });

  test('a failure stops the others, starts no more, and is what comes out when they have ended', async () => {
    const ended: string[] = [];
    const work = async (item: number, stop: AbortSignal) => {
      if (item === 1) throw new Error('the second fails');
      await new Promise((resolve) => stop.addEventListener('abort', resolve));
      await setTimeout(5);
      ended.push(`${item}`);
      throw new Error('stopped');
    };
    await assert.rejects(inParallel([0, 1, 2, 3, 4], 2, never, work), /the second fails/);
    assert.deepEqual(ended, ['0']);
  });

  test('when aborted, starts no more', async () => {
    const controller = new AbortController();
    const started: number[] = [];
    await inParallel([0, 1, 2, 3], 1, controller.signal, async (item, stop) => {
      started.push(item);
      if (item === 1) controller.abort();
      assert.equal(stop.aborted, item === 1);
    });
    assert.deepEqual(started, [0, 1]);
  });

  test('nothing to do', async () => {
    await inParallel([], 4, never, () => assert.fail());
  });
});
