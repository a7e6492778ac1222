import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
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

test('a process that was killed and that its parent has not yet taken notice of holds nothing', {
  skip: process.platform !== 'linux' && 'only Linux tells',
}, async () => {
  // The shell turns into a program that takes no notice of the child it finds itself with.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(line);
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid, host: hostname() }));
    await assert.rejects(lockFolder(folder), /Another process/);
    process.kill(pid, 'SIGKILL');
    await until(() => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z'));
    await (await lockFolder(folder))();
  } finally {
    parent.kill('SIGKILL');
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(10);
}
