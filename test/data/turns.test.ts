import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
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

  test('waits for one that lives until aborted, or for so long; the error names the lock and says what to do', async () => {
    const own = join(folder, 'held');
    await takeTurn(own, async () => {
      const told: string[] = [];
      const onWait = (lock: string) => told.push(lock);
      await assert.rejects(
        takeTurn(own, async () => 1, { onWait, signal: AbortSignal.timeout(150) }),
        /timeout/,
      );
      await assert.rejects(
        takeTurn(own, async () => 1, { patience: 150 }),
        (error: Error) =>
          error.message.includes(told[0]!) && /wait for its end, or delete the file/.test(error.message),
      );
      assert.equal(told.length, 1);
    });
    assert.equal(await takeTurn(own, async () => 2), 2);
  });

  test('takes over from a process that was killed, whatever the date of its lock', async () => {
    const own = join(folder, 'stale');
    const program = `
      import { takeTurn } from ${JSON.stringify(import.meta.resolve('#dist/data/turns.js'))};
      await takeTurn(${JSON.stringify(own)}, () => process.kill(process.pid, 'SIGKILL'));`;
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
    assert.equal(signal, 'SIGKILL');
    const [lock] = await readdir(own);
    const tomorrow = Date.now() / 1000 + 86_400;
    await utimes(join(own, lock!), tomorrow, tomorrow);
    assert.equal(await takeTurn(own, async () => 3), 3);
  });
});
