import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { threefry2x32 } from '#dist/random/threefry.js';

describe('threefry2x32', () => {
  // Random123's known answers: kat_vectors, threefry2x32 with 20 rounds.
  const known = [
    { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
    { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], words: [0xc4923a9c, 0x483df7a0] },
  ] as const;
  for (const { counter, key, words } of known) {
    test(`counter ${counter[0].toString(16)}`, () => {
      const out = new Int32Array(4);
      threefry2x32(key, counter[0], counter[1], out, 1);
      assert.deepEqual([...new Uint32Array(out.buffer)], [0, ...words, 0]);
    });
  }

  test('the sign of key and counter words does not matter', () => {
    const out = new Int32Array(2);
    threefry2x32([0x13198a2e | 0, 0x03707344], 0x243f6a88, 0x85a308d3 | 0, out);
    assert.equal(out[0]! >>> 0, 0xc4923a9c);
  });
});
