import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { imageFolder, onlyRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const FLAGS = [...SMALL, '--engine', 'reference', '--quiet'];
let folder: string;

describe('where the data lay there is nothing any more', () => {
  before(async () => {
    await run([...FLAGS, '--episodes', '3', '--res', 'whole']);
    await run([...FLAGS, '--episodes', '2', '--res', 'runs']);
    folder = onlyRun(cwd, 'runs');
    cpSync('images', 'other', { recursive: true });
    cpSync('images/a/1.png', 'other/a/2.png');
    renameSync('images', 'moved');
  });

  test('compare, draw and export do not look for it', async () => {
    for (const argv of [
      ['compare', 'runs', '--out', 'compared'],
      ['draw', folder],
      ['export', folder, '--to', 'json'],
    ]) {
      const { code, stderr } = await run(argv);
      assert.deepEqual([code, stderr], [0, ''], argv.join(' '));
    }
  });

  test('test says what to do, takes the new place, and no other data for it', async () => {
    const flags = ['test', folder, '--tasks', '2', '--engine', 'reference', '--out'];
    const gone = await run([...flags, 'gone']);
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /if it has moved, say with --database where it is now/);
    assert.ok(!existsSync('gone'));
    const { code, stdout } = await run([...flags, 'there', '--database', 'moved', '--json', '--quiet']);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).curves[0].data, resolve('moved'));
  });

  test('--resume says what to do, refuses other data, and goes on at the new place to the same bytes', async () => {
    const resume = ['--resume', folder, '--episodes', '3', '--quiet'];
    const gone = await run(resume);
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /if it has moved, say with --database where it is now/);
    const other = await run([...resume, '--database', 'other']);
    assert.equal(other.code, 1);
    assert.match(other.stderr, /The data is not that of the run in .*: its checksum is/);
    const named = await run([...resume, '--database', 'glyphs']);
    assert.match(named.stderr, /--database must be left out or as recorded with --resume/);
    assert.deepEqual(await run([...resume, '--database', 'moved']), { code: 0, stdout: '', stderr: '' });
    const journal = (run: string) => readFileSync(join(run, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*,/g, '');
    assert.equal(journal(folder), journal(onlyRun(cwd, 'whole')));
    const { settings } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    assert.deepEqual([settings.database, settings.episodes], [resolve('moved'), 3]);
    assert.equal((await run(['--resume', folder, '--quiet'])).code, 0);
  });
});
