import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockFolder } from '#dist/results/lock.js';
import { temporaryFolder } from '../cli/program.js';

test('one at a time writes to a folder; another is told who does, and what to do', async () => {
  const folder = temporaryFolder();
  const unlock = await lockFolder(folder);
  await assert.rejects(
    lockFolder(folder),
    /^Error: Another process \(\d+ on .*\) is writing to .*: wait for its end, or delete .*lock if it is gone\.$/,
  );
  await unlock();
  await (await lockFolder(folder))();
});
