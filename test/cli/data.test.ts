import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PNG } from 'pngjs';
import { BINARY, imageFolder, run, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const env = { XDG_CACHE_HOME: join(process.cwd(), 'cache') };
const IMAGES = ['--database', 'images', '--dim', '4'];

describe('data', () => {
  test('verify counts', async () => {
    const { code, stdout } = await run(['data', 'verify', ...IMAGES]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /: 26 images of 4 x 4 pixels in 3 classes\nImages in a class: 8 to 9\nClasses: a b c\nGround: dark.*\nSHA-256.*: [0-9a-f]{64}\n$/,
    );
  });

  test('verify --json', async () => {
    const { stdout } = await run(['data', 'verify', ...IMAGES, '--json']);
    const { images, classes, smallest, largest } = JSON.parse(stdout);
    assert.deepEqual(
      { images, classes, smallest, largest },
      { images: 26, classes: ['a', 'b', 'c'], smallest: 8, largest: 9 },
    );
  });

  test('sheet writes a picture of every class', async () => {
    const { code, stdout } = await run(['data', 'sheet', ...IMAGES, '--per_class', '3', '--out', 'sheet.png']);
    assert.equal(code, 0);
    assert.match(stdout, /^Written: .*sheet\.png\n$/);
    const { width, height } = PNG.sync.read(readFileSync('sheet.png'));
    // Images magnified by 4, beside the names of the classes.
    assert.equal(height, 3 * 17 + 1);
    assert.ok(width > 3 * 17 + 1);
    await run(['data', 'sheet', ...IMAGES, '--quiet']);
    assert.ok(readFileSync('images.png').length > 0);
  });

  test('sheet makes the folder that it is to lie in', async () => {
    assert.equal((await run(['data', 'sheet', ...IMAGES, '--out', 'new/folder/sheet.png'])).code, 0);
    assert.ok(readFileSync('new/folder/sheet.png').length > 0);
  });

  test('without a home list and verify go on, fetch does not', async () => {
    const homeless = { HOME: 'none' };
    assert.match((await run(['data', 'list'], { env: homeless })).stdout, /Cache: none.*set XDG_CACHE_HOME/);
    assert.equal((await run(['data', 'verify', ...IMAGES], { env: homeless })).code, 0);
    const { code, stderr } = await run(['data', 'fetch', '--database', 'glyphs'], { env: homeless });
    assert.equal(code, 1);
    assert.match(stderr, /no home folder to keep data in: set XDG_CACHE_HOME/);
  });

  test('a user of whom nobody knows a home can do all that needs none', () => {
    const nobody = `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module';
      os.homedir = () => { throw new Error('uv_os_homedir returned ENOENT'); }; syncBuiltinESMExports();`;
    const argv = ['--import', `data:text/javascript,${encodeURIComponent(nobody)}`, BINARY, 'data'];
    const { HOME: _, XDG_CACHE_HOME: __, ...env } = process.env;
    const data = (action: string) =>
      spawnSync(process.execPath, [...argv, action, ...IMAGES], { env, encoding: 'utf8' });
    const { status, stderr } = data('verify');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(data('list').stdout, /Cache: none.*set XDG_CACHE_HOME/);
  });

  test('list names the files in the cache', async () => {
    assert.match((await run(['data', 'list'], { env })).stdout, /Cache: .*cache.meta-plasticity, empty/);
    const folder = join(env.XDG_CACHE_HOME, 'meta-plasticity', 'emnist');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'abc'), 'abc');
    const { stdout } = await run(['data', 'list', '--json'], { env });
    // FIPS 180-4's example of SHA-256.
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.deepEqual(JSON.parse(stdout).files, [{ file: join('emnist', 'abc'), bytes: 3, sha256 }]);
  });
});
