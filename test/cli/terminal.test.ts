import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuNotice } from '#dist/cli/gpu.js';
import { catchInterrupt } from '#dist/cli/interrupt.js';
import { bar, duration, Terminal } from '#dist/cli/terminal.js';

function terminal(flags: { quiet?: boolean; json?: boolean } = {}) {
  const written: [string, string][] = [];
  const stream = (name: string) => ({ isTTY: true, columns: 12, write: (text: string) => written.push([name, text]) });
  const io = { stdout: stream('out'), stderr: stream('err'), env: {} };
  return { written, terminal: new Terminal(io, { quiet: false, verbose: false, json: false, ...flags }) };
}

test('the line of progress makes way for text, and comes at most ten times a second', () => {
  const { written, terminal: shown } = terminal();
  for (let i = 0; i < 1000; i++) shown.progress(() => `episode ${i} of a thousand`);
  shown.say('text');
  shown.say('more');
  shown.warn('careful');
  assert.deepEqual(written.slice(0, 3), [
    ['err', '\r\x1b[Kepisode 0 o'],
    ['err', '\r\x1b[K'],
    ['out', 'text\n'],
  ]);
  assert.deepEqual(written.slice(3), [
    ['out', 'more\n'],
    ['err', 'Warning: careful\n'],
  ]);
});

test('quiet lets warnings and the result through', () => {
  const { written, terminal: shown } = terminal({ quiet: true, json: true });
  shown.say('text');
  shown.progress(() => 'line');
  shown.warn('careful');
  shown.result({ a: 1 });
  assert.deepEqual(written, [
    ['err', 'Warning: careful\n'],
    ['out', '{"a":1}\n'],
  ]);
});

test('names do not steer the terminal; the result stays JSON', () => {
  const name = '\x1b]0;title\x07\x9b2J\u202eeman';
  const { written, terminal: shown } = terminal({ json: true });
  shown.say(`a ${name}\n\tb`);
  shown.warn(name);
  shown.result({ [name]: name });
  const plain = '\\u001b]0;title\\u0007\\u009b2J\\u202eeman';
  assert.deepEqual(written.slice(0, 2), [
    ['err', `a ${plain}\n\tb\n`],
    ['err', `Warning: ${plain}\n`],
  ]);
  assert.doesNotMatch(written[2]![1], /[\p{Cc}\p{Bidi_Control}]./u);
  assert.deepEqual(JSON.parse(written[2]![1]), { [name]: name });
});

test('bar and duration', () => {
  assert.equal(bar(0, 4), '[----]');
  assert.equal(bar(0.5, 4), '[##--]');
  assert.equal(bar(1, 4), '[####]');
  assert.equal(duration(59.4), '0:59');
  assert.equal(duration(59.6), '1:00');
  assert.equal(duration(3599.6), '1:00:00');
  assert.equal(duration(7384), '2:03:04');
});

test('what is said of GPUs', () => {
  assert.equal(gpuNotice(1, false, 'reference'), undefined);
  assert.match(
    gpuNotice(1, true, 'reference')!,
    /^The reference engine computes on the CPU; only --engine tensorflow .* uses the GPU\.$/,
  );
  assert.equal(gpuNotice(1, true, 'tensorflow'), undefined);
  assert.equal(gpuNotice(0, true, 'reference'), undefined);
});

test('the first signal asks to stop, the second one is left to the system', () => {
  const before = process.listenerCount('SIGINT');
  let asked = 0;
  const { abort, received, stop } = catchInterrupt(() => asked++);
  assert.equal(process.listenerCount('SIGINT'), before + 1);
  process.emit('SIGINT', 'SIGINT');
  assert.ok(abort.aborted);
  assert.equal(received(), 'SIGINT');
  assert.equal(asked, 1);
  for (const signal of ['SIGINT', 'SIGTERM']) assert.equal(process.listenerCount(signal), before);
  stop();
});
