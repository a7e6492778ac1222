import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeTurn } from '#dist/data/turns.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turns-'));
});
after(() => rm(folder, { recursive: true }));

describe('takeTurn', () => {
  test('one at a time, in a folder that it makes; the second is told that it waits', async () => {
    const own = join(folder, 'deep', 'lock');
    const events: string[] = [];
    const run = () =>
      takeTurn(
        own,
        async () => {
          events.push('in');
          await sleep(150);
          events.push('out');
        },
        { onWait: () => events.push('wait') },
      );
    await Promise.all([run(), run()]);
    assert.equal(events.filter((event) => event === 'wait').length, 1);
    assert.deepEqual(
      events.filter((event) => event !== 'wait'),
      ['in', 'out', 'in', 'out'],
    );
    assert.deepEqual(await readdir(own), []);
  });

  test('is released when the task throws, and its error comes through', async () => {
    const own = join(folder, 'throwing');
    await assert.rejects(
      takeTurn(own, async () => Promise.reject(new Error('mine'))),
      /mine/,
    );
    assert.equal(await takeTurn(own, async () => 7), 7);
  });

  test('takes over from a process that was killed, but waits for one that lives until aborted', async () => {
    const own = join(folder, 'stale');
    await mkdir(join(own, '.lock'), { recursive: true });
    await assert.rejects(
      takeTurn(own, async () => 1, { signal: AbortSignal.timeout(150) }),
      /timeout/,
    );
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(join(own, '.lock'), aMinuteAgo, aMinuteAgo);
    assert.equal(await takeTurn(own, async () => 2), 2);
  });

  test('a lock dated in the future is believed only while its date changes', async () => {
    const own = join(folder, 'future');
    const lock = join(own, '.lock');
    await mkdir(lock, { recursive: true });
    const tomorrow = Date.now() / 1000 + 86_400;
    await utimes(lock, tomorrow, tomorrow);
    let changes = 0;
    const timer = setInterval(() => utimes(lock, tomorrow, tomorrow + ++changes).catch(() => {}), 50);
    await assert.rejects(
      takeTurn(own, async () => 1, { quiet: 2000, patience: 3000 }),
      (error: Error) => error.message.includes(lock) && /wait for its end, or delete it/.test(error.message),
    );
    clearInterval(timer);
    const told: string[] = [];
    assert.equal(await takeTurn(own, async () => 2, { quiet: 300, onWait: (path) => told.push(path) }), 2);
    assert.deepEqual(told, [lock]);
  });

  test('a file in the place of the lock is no holder that lives', async () => {
    const own = join(folder, 'odd');
    await mkdir(own);
    await writeFile(join(own, '.lock'), 'x');
    assert.equal(await takeTurn(own, async () => 3, { quiet: 300 }), 3);
  });
});
