import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheDir, describeCache, withLock } from '#dist/data/cache.js';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
});
after(() => rm(folder, { recursive: true }));

test('defaultCacheDir follows XDG_CACHE_HOME where it is absolute, else the home folder', () => {
  assert.equal(defaultCacheDir({ XDG_CACHE_HOME: '/x', HOME: '/home/a' }), join('/x', 'meta-plasticity'));
  const atHome = join('/home/a', '.cache', 'meta-plasticity');
  assert.equal(defaultCacheDir({ HOME: '/home/a' }), atHome);
  assert.equal(defaultCacheDir({ XDG_CACHE_HOME: '', HOME: '/home/a' }), atHome);
  assert.equal(defaultCacheDir({ XDG_CACHE_HOME: 'relative', HOME: '/home/a' }), atHome);
});

describe('withLock', () => {
  test('one at a time, in a folder that it makes; the second is told that it waits', async () => {
    const own = join(folder, 'deep', 'lock');
    const events: string[] = [];
    const run = () =>
      withLock(
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
      withLock(own, async () => Promise.reject(new Error('mine'))),
      /mine/,
    );
    assert.equal(await withLock(own, async () => 7), 7);
  });

  test('takes over from a process that was killed, but waits for one that lives until aborted', async () => {
    const own = join(folder, 'stale');
    await mkdir(join(own, '.lock'), { recursive: true });
    await assert.rejects(
      withLock(own, async () => 1, { signal: AbortSignal.timeout(150) }),
      /timeout/,
    );
    const aMinuteAgo = new Date(Date.now() - 60_000);
    await utimes(join(own, '.lock'), aMinuteAgo, aMinuteAgo);
    assert.equal(await withLock(own, async () => 2), 2);
  });
});

describe('describeCache', () => {
  test('lists finished files with size and SHA-256 (of "abc": FIPS 180-2, appendix B.1)', async () => {
    const own = join(folder, 'list');
    await mkdir(join(own, 'emnist'), { recursive: true });
    await writeFile(join(own, 'emnist', 'b'), 'abc');
    await writeFile(join(own, 'a'), '');
    await writeFile(join(own, 'emnist', 'c.part'), 'unfinished');
    await writeFile(join(own, '.d.1-1.tmp'), 'unfinished');
    assert.deepEqual(await describeCache(own), [
      { file: 'a', bytes: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
      {
        file: join('emnist', 'b'),
        bytes: 3,
        sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
    ]);
  });

  test('an absent folder holds nothing', async () => {
    assert.deepEqual(await describeCache(join(folder, 'absent')), []);
  });
});
