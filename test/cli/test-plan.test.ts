import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { mnistFolder, onlyRun, run, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** A run on a folder of its own, of MNIST's files. */
async function runOn(name: string, seed: number): Promise<{ folder: string; checksum: string }> {
  const { code, stderr } = await run([...mnistFolder(name, seed), '--episodes', '1', '--res', `runs-${name}`]);
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
