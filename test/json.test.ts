import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '#dist/json.js';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test('JSON as it is, but for what is nested too deeply', () => {
  assert.deepEqual(parseJson('{"a": [1, {"b": null}]}'), { a: [1, { b: null }] });
  assert.doesNotThrow(() => parseJson(nested(100)));
  for (const text of [nested(102), nested(200_000), `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`])
    assert.throws(() => parseJson(text), /^SyntaxError: it is nested more than 100 deep$/);
  assert.throws(() => parseJson('{'), SyntaxError);
});
