import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from './program.js';

const dist = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href;
const folder = temporaryFolder();
const file = (name: string, source: string) => {
  writeFileSync(join(folder, name), source);
  return join(folder, name);
};
file(
  'busy.mjs',
  `import { writeSync } from 'node:fs';
  import { answerRequests } from '${dist('engine/thread.js')}';
  answerRequests((request) => {
    if (request === 'short') return 'done';
    if (request === 'wrong') throw new Error('wrong it is');
    writeSync(2, 'busy');
    for (;;);
  });`,
);
const child = file(
  'child.mjs',
  `import { workForParent } from '${dist('cli/work-for-parent.js')}';
  workForParent(new URL('./busy.mjs', import.meta.url), process.argv[2], 'It failed', Number(process.argv[3]));`,
);

const start = (request: string, seconds = 600) => spawn(process.execPath, [child, request, `${seconds}`]);

/** Its exit code or signal, and what it said. */
async function end(child: ChildProcess): Promise<unknown[]> {
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return [code ?? signal, said];
}

test('works when it reads a word, and says what comes of it', async () => {
  for (const [request, ...outcome] of [
    ['short', 0, 'done'],
    ['wrong', 1, 'It failed: wrong it is'],
  ] as const) {
    const process = start(request);
    process.stdin.write('go');
    assert.deepEqual(await end(process), outcome);
  }
  const cancelled = start('busy');
  cancelled.stdin.end();
  assert.deepEqual(await end(cancelled), [0, '']);
});

test('ends in the middle of its work when its time is up', async () => {
  const process = start('busy', 0.01);
  process.stdin.write('go');
  const [signal, said] = await end(process);
  assert.deepEqual([signal, String(said).replace('busy', '')], ['SIGKILL', 'It failed: it took longer than 0.01 s.']);
});

test('ends in the middle of its work with its parent, killed or not', async () => {
  const parent = file(
    'parent.mjs',
    `import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['${child}', 'busy', '600'], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    child.stdin.write('go');`,
  );
  const killed = spawn(process.execPath, [parent], { stdio: ['ignore', 'ignore', 'pipe'] });
  killed.stderr.once('data', () => killed.kill('SIGKILL'));
  // Closed when nobody holds its stderr any more: the child is gone too.
  assert.deepEqual(await end(killed), ['SIGKILL', 'busy']);
});
