import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkFile, checkFolder, writeOut } from '#dist/cli/out.js';
import { imageFolder, listing, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
writeFileSync('file', 'theirs');
mkdirSync('folder');
writeFileSync('folder/name.csv', 'theirs');

describe('what --out names', () => {
  test('a new file, or one with --force, in folders that are made for it', async () => {
    await assert.rejects(
      checkFile({ out: 'file', force: false }),
      /--out must be a new file, not 'file', or be given with --force/,
    );
    await checkFile({ out: 'file', force: true });
    await assert.rejects(checkFile({ out: 'folder', force: true }), /--out must be a file, not the folder 'folder'/);
    await assert.rejects(
      checkFile({ out: 'file/x', force: true }),
      /--out must be a file that can be written, not 'file\/x' \(.*not a folder\)/,
    );
    await checkFile({ out: 'a/b/c', force: false });
    await writeOut('a/b/c', 'ours');
    assert.equal(readFileSync('a/b/c', 'utf8'), 'ours');
  });

  test('a folder without files of that name, or --force', async () => {
    await assert.rejects(
      checkFolder({ out: 'folder', force: false }, 'name'),
      /--out must be a folder without 'name.csv', not 'folder', or be given with --force/,
    );
    await checkFolder({ out: 'folder', force: true }, 'name');
    await checkFolder({ out: 'folder', force: false }, 'other');
    await checkFolder({ out: 'new/folder', force: false }, 'name');
    await assert.rejects(
      checkFolder({ out: 'file/x', force: true }, 'name'),
      /--out must be a folder that can be written to, not 'file\/x'/,
    );
  });
});

test('every command with --out asks for --force before it works, and writes nothing', async () => {
  await run([...SMALL, '--episodes', '1', '--quiet', '--res', 'runs']);
  const [folder = ''] = listing('runs');
  const commands = [
    ['compare', 'runs', '--out', 'compared'],
    ['test', 'runs', '--tasks', '1', '--out', 'tested'],
    ['data', 'sheet', '--database', 'images', '--dim', '4', '--out', 'sheet.png'],
    ['export', join('runs', folder), '--to', 'json', '--out', 'rule.json'],
  ];
  for (const argv of commands) {
    assert.equal((await run(argv)).code, 0, argv.join(' '));
    const before = listing('.');
    const again = await run(argv);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /^meta-plasticity: --out must be a .*, or be given with --force\.\n$/);
    assert.deepEqual(listing('.'), before);
    assert.equal((await run([...argv, '--force'])).code, 0);
  }
});
