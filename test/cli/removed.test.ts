/** What becomes of a run whose files are removed under its hands. */
import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageFolder, onlyRun, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
imageFolder(cwd);

const learning = [
  'learn',
  '--database',
  'images',
  '--dim',
  '4',
  '--layers',
  '16,5,3',
  '--theta',
  'F0=0.01',
  '--Q',
  '2',
];
const commands = {
  train: { argv: [...SMALL, '--episodes', '1000000'], line: 'Train Episode: 5\t', journal: 'journal.jsonl' },
  learn: {
    argv: [...learning, '--images', '1000000', '--every', '5'],
    line: 'images 20 ',
    journal: 'learn.jsonl',
  },
};
const removals: Record<string, (folder: string, journal: string) => void> = {
  'its folder moved': (folder) => renameSync(folder, `${folder}-moved`),
  'its journal removed': (_, journal) => rmSync(journal),
  'its journal replaced': (_, journal) => {
    rmSync(journal);
    writeFileSync(journal, '');
  },
};

for (const [name, { argv, line, journal }] of Object.entries(commands)) {
  for (const [what, remove] of Object.entries(removals)) {
    test(`${name}, ${what}: it notices, says so and fails`, async () => {
      const res = `${name} ${what}`;
      let done = false;
      const { ended } = start([...argv, '--res', res, '--verbose'], cwd, (stdout) => {
        if (done || !stdout.includes(line)) return;
        done = true;
        const folder = onlyRun(cwd, res);
        remove(folder, join(folder, journal));
      });
      const { code, stderr } = await ended;
      assert.match(stderr, /^meta-plasticity: .*\.jsonl is gone: it was removed, moved or replaced/m);
      assert.equal(code, 1);
    });
  }
}
