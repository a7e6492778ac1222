import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startWorkers } from '#dist/sweep/workers.js';
import { temporaryFolder } from '../cli/program.ts';

const script = join(temporaryFolder(), 'worker.mjs');
writeFileSync(
  script,
  `import { createInterface } from 'node:readline';
  const say = (said) => process.stdout.write(JSON.stringify(said) + '\\n');
  process.stdin.on('end', () => process.exit());
  for await (const line of createInterface(process.stdin)) {
    const { argv: [word] } = JSON.parse(line);
    say({ line: 'pid ' + process.pid });
    if (word === 'die') { process.stderr.write('out of memory\\n', () => process.kill(process.pid, 'SIGKILL')); await new Promise(() => {}); }
    if (word === 'wait') { await new Promise((stopped) => process.once('SIGINT', stopped)); say({ code: 130, stdout: '' }); }
    else say({ code: 0, stdout: word });
  }`,
);
const never = new AbortController().signal;
const pidOf = ({ lastWords }: { lastWords: readonly string[] }) => lastWords[0];

test('one process does one run after the other; two at once are two', async () => {
  const { program, close } = startWorkers(script);
  const heard: string[] = [];
  const first = await program(['a'], { stop: never, onLine: (line) => heard.push(line) });
  const second = await program(['b'], { stop: never });
  assert.deepEqual([first.code, first.stdout, second.stdout], [0, 'a', 'b']);
  assert.equal(pidOf(first), pidOf(second));
  assert.deepEqual(heard, [pidOf(first)]);
  const both = await Promise.all(['c', 'd'].map((word) => program([word], { stop: never })));
  assert.notEqual(pidOf(both[0]!), pidOf(both[1]!));
  close();
});

test('one that dies is told by its last words, and another takes its place', async () => {
  const { program, close } = startWorkers(script);
  const died = await program(['die'], { stop: never });
  assert.deepEqual([died.code, died.lastWords], [null, ['out of memory']]);
  assert.equal((await program(['a'], { stop: never })).stdout, 'a');
  close();
});

test('asked to stop, it ends the run and is there for another', async () => {
  const { program, close } = startWorkers(script);
  const stop = new AbortController();
  const { code } = await program(['wait'], { stop: stop.signal, onLine: () => setTimeout(() => stop.abort(), 20) });
  assert.equal(code, 130);
  assert.equal((await program(['a'], { stop: never })).stdout, 'a');
  close();
});
