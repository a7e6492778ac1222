import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseIdx } from '#dist/data/idx.js';
import { makeIdx } from './loopback-server.js';

describe('parseIdx', () => {
  test('reads a file written out by hand', () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60);
    assert.deepEqual(parseIdx(bytes), { shape: [2, 3], data: Uint8Array.of(10, 20, 30, 40, 50, 60) });
  });

  test('gives back any shape and bytes, also from the middle of a buffer', () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 9 }), (shape, offset) => {
        const data = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i * 7);
        const file = Buffer.concat([Buffer.alloc(offset), makeIdx(shape, data)]).subarray(offset);
        const parsed = parseIdx(file);
        assert.deepEqual(parsed.shape, shape);
        assert.deepEqual(parsed.data, data);
      }),
    );
  });

  test('refuses every shorter and longer file', () => {
    const file = makeIdx([2, 3], new Uint8Array(6));
    for (let length = 0; length < file.length; length++) {
      assert.throws(() => parseIdx(file.subarray(0, length)), /expected/, `${length} bytes`);
    }
    assert.throws(() => parseIdx(Buffer.concat([file, Buffer.alloc(1)])), /7 bytes, expected 2 x 3 = 6/);
  });

  test('says what it found instead of the header', () => {
    assert.throws(() => parseIdx(Buffer.from('\x1f\x8b\x08\x00 gzip', 'latin1')), /starts with 1f 8b 08 00/);
    assert.throws(() => parseIdx(Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0)), /type 0x0d, expected 0x08/);
    assert.throws(() => parseIdx(Uint8Array.of(0, 0, 8, 0)), /0 dimensions/);
    assert.throws(
      () => parseIdx(Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255)),
      /0 bytes, expected/,
    );
  });
});
