import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { defaultCacheDir, describeCache, writableCache } from '#dist/data/cache.js';

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

test('defaultCacheDir is undefined where HOME is no folder', () => {
  assert.equal(defaultCacheDir({ HOME: 'relative' }), undefined);
});

test('writableCache makes the folder, or names what can be done', async () => {
  const own = join(folder, 'new', 'cache');
  assert.equal(await writableCache(own), own);
  assert.deepEqual(await readdir(own), []);
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(writableCache(join(folder, 'file', 'cache')), /kept in .*file.cache \(ENOTDIR.*XDG_CACHE_HOME/);
  await assert.rejects(writableCache(undefined), /no home folder.*set XDG_CACHE_HOME to a folder/);
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
