import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { DisposedError, Thread } from '#dist/engine/thread.js';
import { temporaryFolder } from '../cli/program.ts';

const dist = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href;

/** A thread's program that answers as the source says. */
function program(answer: string): URL {
  const path = join(temporaryFolder(), 'program.mjs');
  writeFileSync(path, `import { answerRequests } from '${dist('engine/thread.js')}';\nanswerRequests(${answer});\n`);
  return pathToFileURL(path);
}

test('answers in order, passes on what goes wrong, and goes on', async () => {
  const thread = new Thread<number, number>(
    program('async (n) => { if (n === 2) throw new RangeError("not 2"); return n * 10; }'),
  );
  assert.equal(thread.ready, false);
  const asked = [1, 2, 3].map((n) => thread.ask(n));
  await assert.rejects(asked[1]!, new RangeError('not 2'));
  assert.deepEqual([await asked[0], await asked[2], thread.ready, thread.failure], [10, 30, true, undefined]);
  await assert.rejects(async () => thread.ask((() => 1) as unknown as number), /could not be cloned/);
  assert.equal(await thread.ask(4), 40);
  await thread.dispose();
});

test('refuses what it is asked when it is disposed of, has ended, or never was', async () => {
  const disposed = new Thread<number, number>(program('(n) => { for (;;); }'));
  const waiting = disposed.ask(1);
  await disposed.dispose();
  await assert.rejects(waiting, DisposedError);
  await assert.rejects(disposed.ask(2), DisposedError);

  const ended = new Thread<number, number>(program('(n) => process.exit(n)'));
  await assert.rejects(ended.ask(7), /^Error: it ended with 7$/);
  await assert.rejects(ended.ask(8), /^Error: it ended with 7$/);

  const absent = new Thread<number, number>(pathToFileURL(join(temporaryFolder(), 'absent.mjs')));
  await assert.rejects(absent.ask(1), /Cannot find module/);
  for (const thread of [ended, absent]) await thread.dispose();
});

test('needs nothing of how the process was started, whatever folder that is in now', () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(here, 'preload.mjs'), '');
  mkdirSync(join(here, 'node_modules/preload'), { recursive: true });
  writeFileSync(join(here, 'node_modules/preload/index.js'), '');
  const script = `
    const { Thread } = await import('${dist('engine/thread.js')}');
    process.chdir('${there}');
    const thread = new Thread(new URL('${program('(n) => [n, process.execArgv.length, process.env.NODE_OPTIONS ?? 0, process.env.KEPT]')}'));
    console.log(JSON.stringify(await thread.ask(1)));
    await thread.dispose();`;
  for (const preload of ['./preload.mjs', 'preload']) {
    for (const [argv, NODE_OPTIONS] of [
      [[`--import=${preload}`], ''],
      [[], `--import=${preload}`],
    ] as const) {
      const { stdout, stderr } = spawnSync(process.execPath, [...argv, '--input-type=module', '--eval', script], {
        cwd: here,
        env: { ...process.env, NODE_OPTIONS, KEPT: 'yes' },
        encoding: 'utf8',
      });
      assert.deepEqual([stdout, stderr], ['[1,0,0,"yes"]\n', '']);
    }
  }
});
