import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Holder, thisProcess } from '#dist/holder.js';
import { HeldError, holderOf, takeLock } from '#dist/lock.js';
import { temporaryFolder } from './cli/program.ts';

const linux = { skip: process.platform !== 'linux' && 'only Linux tells' };
const fresh = () => join(temporaryFolder(), 'lock');

/** Writes a lock as that holder would. */
function leave(holder: Partial<Holder> | string): string {
  const path = fresh();
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return path;
}
const isHeld = (holder: Partial<Holder> | string) => assert.rejects(takeLock(leave(holder)), HeldError);
const isFree = async (holder: Partial<Holder>) => {
  const path = leave(holder);
  const release = await takeLock(path);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).pid, process.pid);
  await release();
  assert.deepEqual(readdirSync(dirname(path)), []);
};

test('of several at once, one gets the lock, also one left behind; released, another may', async () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  for (const path of [fresh(), leave({ pid: dead, host: hostname() })]) {
    const tries = await Promise.allSettled([1, 2, 3, 4, 5].map(() => takeLock(path)));
    const held = tries.filter((result) => result.status === 'fulfilled');
    assert.equal(held.length, 1);
    for (const result of tries) {
      if (result.status === 'rejected')
        assert.match(result.reason.message, /^Another process \(\d+ on .*\) holds .*lock: wait/);
    }
    await held[0]!.value();
    assert.deepEqual(readdirSync(dirname(path)), []);
    await (await takeLock(path))();
  }
});

test('a lock that says nothing is respected, and named', async () => {
  for (const text of ['', '{"pid":', 'null', '{"pid":-1,"host":"x"}', '{"pid":1}'])
    await assert.rejects(
      takeLock(leave(text)),
      /^HeldError|Another process \(an unknown one\) holds .*lock: wait .* delete the file/,
    );
});

describe('a holder is gone', () => {
  const me = thisProcess();
  const other = { ...me, pid: process.ppid, started: '1' };

  test('where no process has its number, or one that was started later', linux, async () => {
    await isFree(other);
    await isFree({ ...other, host: 'renamed-since' });
    const parent = readFileSync(`/proc/${process.ppid}/stat`, 'latin1').split(') ').at(-1)!;
    await isHeld({ ...other, started: parent.split(' ')[19]! });
  });

  test('where it has our own number and is not us, as in a container that was started again', async () => {
    await isFree({ pid: process.pid, host: hostname() });
    if (me.started) {
      await isFree({ ...me, started: '1' });
      await isHeld(me);
    }
  });

  test('where the machine was started since, but not where it is another machine', linux, async () => {
    await isFree({ ...me, boot: 'before' });
    await isHeld({ ...me, boot: 'before', host: 'elsewhere' });
    await isHeld({ pid: process.pid, host: 'elsewhere' });
  });

  test('whatever the date of its lock', async () => {
    const path = leave({ pid: process.pid, host: hostname() });
    const future = new Date(Date.now() + 1e9);
    utimesSync(path, future, future);
    writeFileSync(`${path}.takeover`, JSON.stringify({ pid: process.pid, host: hostname() }));
    utimesSync(`${path}.takeover`, future, future);
    await (await takeLock(path))();
  });

  test('where it was killed and its parent has not yet taken notice', linux, async () => {
    // The shell turns into a program that takes no notice of the child it finds itself with.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(line);
      await isHeld({ pid, host: hostname() });
      process.kill(pid, 'SIGKILL');
      while (!readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z')) await setTimeout(10);
      await isFree({ pid, host: hostname() });
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

test('of another name space, its socket tells whether it lives', async (t) => {
  const space = ['--pid', '--fork', '--mount-proc', '--kill-child'];
  if (spawnSync('unshare', [...space, 'true']).status !== 0) return t.skip('needs unshare and the right to it');
  const path = fresh();
  const program = `
    import { takeLock } from '${new URL('../dist/lock.js', import.meta.url).href}';
    await takeLock('${path}');
    console.log('held');
    for (;;);`;
  const child = spawn('unshare', [...space, process.execPath, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).pid, 1);
  await assert.rejects(takeLock(path), /Another process \(1 on/);
  child.kill('SIGKILL');
  await once(child, 'close');
  await (await takeLock(path))();
  assert.deepEqual(readdirSync(dirname(path)), []);
});

test('of another machine, it is given up once it has been silent for long, by the clock of the file system', async () => {
  const path = join(temporaryFolder(), 'lock');
  const holder = { pid: 1, host: 'elsewhere', boot: 'another', beats: true };
  const write = (secondsAgo: number, content: object) => {
    writeFileSync(path, JSON.stringify(content));
    const time = Date.now() / 1000 - secondsAgo;
    utimesSync(path, time, time);
  };
  write(30, holder);
  assert.equal((await holderOf(path))?.host, 'elsewhere');
  await assert.rejects(takeLock(path), (error) => error instanceof HeldError && error.lives);
  // A clock that was set back since: nobody knows.
  write(-3600, holder);
  await assert.rejects(takeLock(path), HeldError);
  // One of an older version gives no signs of life.
  write(3600, { ...holder, beats: false });
  await assert.rejects(takeLock(path), (error) => error instanceof HeldError && !error.lives);
  write(90, holder);
  assert.equal(await holderOf(path), undefined);
  const giveBack = await takeLock(path);
  assert.equal((await holderOf(path))?.here, true);
  await giveBack();
  assert.equal(await holderOf(path), undefined);
});
