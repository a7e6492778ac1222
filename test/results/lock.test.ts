import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '#dist/results/lock.js';
import { temporaryFolder } from '../cli/program.js';

test('of several at once, one gets the lock; released, another may', async () => {
  const folder = temporaryFolder();
  const tries = await Promise.allSettled([1, 2, 3, 4].map(() => lockFolder(folder)));
  const held = tries.filter((result) => result.status === 'fulfilled');
  assert.equal(held.length, 1);
  for (const result of tries) {
    if (result.status === 'rejected')
      assert.match(result.reason.message, /^Another process \(\d+ on .*\) is writing to/);
  }
  await held[0]!.value();
  assert.deepEqual(readdirSync(folder), []);
  await (await lockFolder(folder))();
});

test('a lock that says nothing is respected', async () => {
  const folder = temporaryFolder();
  for (const text of ['', '{"pid":', 'null', '{"pid":-1,"host":"x"}']) {
    writeFileSync(join(folder, 'lock'), text);
    await assert.rejects(lockFolder(folder), /Another process .* delete .*lock if it is gone\.$/);
  }
});
