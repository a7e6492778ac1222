import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seal, unseal } from '#dist/results/sealed.js';

const content = {
  version: '1.2.3',
  settings: { seed: 1, vec: ['F2'], init: { F2: -0.01 }, layers: undefined },
  on: true,
};
const sealed = seal(content);
const text = JSON.stringify(sealed, undefined, 2);

describe('a sealed file', () => {
  test('reads back, and is sealed again after a change', () => {
    assert.deepEqual(unseal(text), JSON.parse(text));
    assert.deepEqual(seal(sealed), sealed);
    assert.notEqual(seal({ ...sealed, on: false }).check, sealed.check);
    assert.deepEqual(unseal('{"version":"0.1.0"}'), { version: '0.1.0' });
  });

  test('no flipped bit is believed: where it hides the check, nothing else is changed', () => {
    const bytes = Buffer.from(text);
    let hidden = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      let read: object;
      try {
        read = unseal(flipped.toString('utf8'));
      } catch {
        continue;
      }
      const { check, ...rest } = read as typeof sealed;
      assert.equal(check, undefined, `bit ${bit}`);
      assert.equal(JSON.stringify(Object.values(rest).slice(0, -1)), JSON.stringify(Object.values(content)));
      hidden++;
    }
    assert.ok(hidden <= 8 * 'check'.length);
  });

  test('what is no object is refused', () => {
    for (const wrong of ['', '7', 'null', '[]', '{"check":3}', '{"check":null}', text.slice(1)])
      assert.throws(() => unseal(wrong));
  });
});
