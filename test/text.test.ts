import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableLines, shortened } from '#dist/text.js';

test('what cannot be seen is written as in JSON, all else stays', () => {
  assert.equal(printable('θ_2 "é" 😀 \\n'), 'θ_2 "é" 😀 \\n');
  assert.equal(printable('a\nb\t\x1b[31m\x7f\x9b\0'), 'a\\nb\\t\\u001b[31m\\u007f\\u009b\\u0000');
  assert.equal(printable('\u2028\u2029\u202e\u2066\ud800\ufffe'), '\\u2028\\u2029\\u202e\\u2066\\ud800\\ufffe');
  assert.equal(printableLines('a\tb\n\x1b[2J\r'), 'a\tb\n\\u001b[2J\\r');
});

test('a text of JSON means the same when it is printable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = printable(JSON.stringify([text]));
      assert.deepEqual(JSON.parse(json), [text]);
      assert.doesNotMatch(json, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/u);
    }),
    { seed: 1 },
  );
});

test('what is too long is cut', () => {
  assert.equal(shortened('abcdef', 6), 'abcdef');
  assert.equal(shortened('abcdefg', 6), 'abcde…');
});
