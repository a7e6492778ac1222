import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { BINARY, imageFolder, listing, SMALL, temporaryFolder } from './program.js';

test('under a limit on address space the wasm engine offers the reference engine, which runs', (t) => {
  const cwd = temporaryFolder();
  imageFolder(cwd);
  const before = listing(cwd);
  const run = (...argv: string[]) =>
    spawnSync('sh', ['-c', 'ulimit -v 5000000 && exec "$@"', 'sh', process.execPath, ...argv], {
      cwd,
      encoding: 'utf8',
    });
  if (run('--version').status !== 0) return t.skip('needs a system with ulimit -v, and a Node that starts under it');
  const { status, stdout, stderr } = run(BINARY, ...SMALL, '--episodes', '1');
  assert.match(
    stderr,
    /^meta-plasticity: the wasm engine cannot have its memory \(.*\(ulimit -v\), or use .*--engine reference/,
  );
  assert.deepEqual([status, stdout, listing(cwd)], [1, '', before]);
  assert.equal(run(BINARY, ...SMALL, '--episodes', '1', '--engine', 'reference', '--quiet').status, 0);
});
