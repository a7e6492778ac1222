import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkWritable, createRunFolder } from '#dist/results/run-folder.js';
import { temporaryFolder } from '../cli/program.js';

const folder = temporaryFolder();
const date = new Date(2026, 0, 2, 3, 4, 5);

describe('createRunFolder', () => {
  test('counts up, never taking a folder that is there', async () => {
    const res = join(folder, 'results');
    assert.equal(await createRunFolder(res, 'name', date), join(res, 'name', '2026-01-02_03-04-05_1'));
    mkdirSync(join(res, 'name', '2026-01-02_03-04-05_3'));
    const more = await Promise.all([1, 2, 3].map(() => createRunFolder(res, 'name', date)));
    assert.equal(new Set(more).size, 3);
    assert.deepEqual(
      readdirSync(join(res, 'name')),
      [1, 2, 3, 4, 5].map((n) => `2026-01-02_03-04-05_${n}`),
    );
  });

  test('without a name, right below the results', async () => {
    const res = join(folder, 'plain');
    assert.equal(await createRunFolder(res, '', date), join(res, '2026-01-02_03-04-05_1'));
  });
});

describe('checkWritable', () => {
  test('makes nothing', async () => {
    await checkWritable(join(folder, 'deep/er'));
    assert.ok(!existsSync(join(folder, 'deep')));
  });

  test('names a file that stands in the way', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await assert.rejects(checkWritable(file), { message: `${file} is not a folder` });
    await assert.rejects(checkWritable(join(file, 'below')), /is not a folder$/);
  });

  // The administrator may write everywhere.
  test('names a folder that is not writable', { skip: process.getuid?.() === 0 && 'runs as root' }, async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o500 });
    await assert.rejects(checkWritable(join(closed, 'below')), { message: `${closed} is not writable` });
  });
});

test('a place where no folder can be made is an error at once', {
  skip: !existsSync('/proc') && 'needs /proc',
}, async () => {
  await assert.rejects(createRunFolder('/proc/none', '', new Date()));
});
