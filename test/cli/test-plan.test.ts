import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeIdx, noise } from '../data/loopback-server.js';
import { onlyRun, run, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** A folder of MNIST's files with ten images of each class, and a run on them. */
async function runOn(name: string, seed: number): Promise<{ folder: string; checksum: string }> {
  mkdirSync(name);
  writeFileSync(join(name, 't10k-images-idx3-ubyte'), makeIdx([100, 28, 28], noise(100 * 784, seed)));
  writeFileSync(
    join(name, 't10k-labels-idx1-ubyte'),
    makeIdx(
      [100],
      Uint8Array.from({ length: 100 }, (_, i) => i % 10),
    ),
  );
  const small = ['--dim', '4', '--layers', '16,5,10', '--M', '2', '--K', '3', '--Q', '2', '--episodes', '1'];
  const { code, stderr } = await run(['--database', 'mnist', '--data_dir', name, ...small, '--res', `runs-${name}`]);
  assert.equal(code, 0, stderr);
  const folder = onlyRun('.', `runs-${name}`);
  return { folder, checksum: json(join(folder, 'run.json')).data.checksum };
}

describe('test', () => {
  test('tries each run on its own data where two folders hold a database of one name', async () => {
    const [a, b] = [await runOn('a', 1), await runOn('b', 2)];
    assert.notEqual(a.checksum, b.checksum);
    const checksums = async (flags: string[]) => {
      const { code, stderr } = await run(['test', a.folder, b.folder, '--tasks', '1', '--force', ...flags]);
      assert.equal(code, 0, stderr);
      return json(join('meta-test', 'meta-test.json')).tests.map(
        ({ data }: { data: { checksum: string } }) => data.checksum,
      );
    };
    assert.deepEqual(await checksums([]), [a.checksum, b.checksum]);
    assert.deepEqual(await checksums(['--database', 'mnist']), [a.checksum, b.checksum]);
    assert.deepEqual(await checksums(['--database', 'mnist', '--data_dir', 'b']), [b.checksum, b.checksum]);
  });
});
