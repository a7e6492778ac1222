import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageFolder, listing, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
/** The flags of SMALL but one. */
const small = (flag: string) => SMALL.filter((word, i) => word !== flag && SMALL[i - 1] !== flag);
const before = listing(cwd);

test('what cannot fit in memory is refused before anything is made, and says what it would need', async () => {
  for (const [argv, images] of [
    [['--replacement', '--M', '1000000000', ...small('--M')], '3,000,000,000'],
    [['--replacement', '--M', '1000000000', '--engine', 'reference', '--vec', 'bio', ...small('--M')], '3,000,000,000'],
    [['--layers', '16,65536,65536,3', ...small('--layers')], '6'],
  ] as const) {
    const { code, stdout, stderr } = await run(argv);
    assert.match(
      stderr,
      new RegExp(
        `^meta-plasticity: ${images} training images at a time \\(of 16-.*-3\\) need at least [\\d,.]+ GiB of memory with --engine (wasm|reference), which can have [\\d,.]+ GiB here: .*\\.\n$`,
      ),
    );
    assert.deepEqual([code, stdout], [2, '']);
  }
  const learning = ['learn', '--database', 'images', '--dim', '4', '--theta', 'F0=1', '--Q', '2'];
  const { code, stderr } = await run([...learning, '--images', '1000000000', '--every', '1000000000']);
  assert.match(stderr, /^meta-plasticity: 1,000,000,000 training images at a time/);
  assert.deepEqual([code, listing(cwd)], [2, before]);
});
