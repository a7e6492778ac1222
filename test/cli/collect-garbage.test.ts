import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { collectGarbage } from '#dist/cli/collect-garbage.js';

test('what nobody holds is gone at once', async () => {
  const held = new Float64Array(1e6);
  const references = [new WeakRef(held), new WeakRef(new Float64Array(1e6))];
  await setImmediate(); // Until the turn ends, a WeakRef holds what it was made of.
  collectGarbage();
  assert.deepEqual(
    references.map((reference) => reference.deref() !== undefined),
    [true, false],
  );
  assert.equal(held.length, 1e6);
});
