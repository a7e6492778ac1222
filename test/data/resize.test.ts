import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { resizeGrey } from '#dist/data/resize.js';

const side = fc.integer({ min: 1, max: 40 });
const image = fc.tuple(side, side).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    height: fc.constant(height),
    pixels: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
  }),
);

describe('resizeGrey', () => {
  test('copies exactly when the size is the same', () => {
    fc.assert(
      fc.property(side, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (dim, bytes) => {
        const pixels = Uint8Array.from({ length: dim * dim }, () => bytes.next().value);
        assert.deepEqual(resizeGrey(pixels, dim, dim, dim), pixels);
      }),
    );
  });

  test('keeps a constant image constant and never leaves the range of the input', () => {
    fc.assert(
      fc.property(image, side, fc.integer({ min: 0, max: 255 }), ({ width, height, pixels }, dim, value) => {
        const flat = resizeGrey(new Uint8Array(width * height).fill(value), width, height, dim);
        assert.ok(flat.every((pixel) => pixel === value));
        const resized = resizeGrey(pixels, width, height, dim);
        assert.equal(resized.length, dim * dim);
        assert.ok(Math.min(...resized) >= Math.min(...pixels) && Math.max(...resized) <= Math.max(...pixels));
      }),
    );
  });

  test('averages blocks when it shrinks by whole factors', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        (dim, fx, fy, bytes) => {
          const width = dim * fx;
          const pixels = Uint8Array.from({ length: width * dim * fy }, () => bytes.next().value);
          resizeGrey(pixels, width, dim * fy, dim).forEach((pixel, i) => {
            let sum = 0;
            for (let y = 0; y < fy; y++)
              for (let x = 0; x < fx; x++) sum += pixels[(Math.floor(i / dim) * fy + y) * width + (i % dim) * fx + x]!;
            assert.ok(Math.abs(pixel - sum / (fx * fy)) <= 0.5 + 1e-9);
          });
        },
      ),
    );
  });

  test('keeps the mean when it shrinks by a fraction', () => {
    fc.assert(
      fc.property(image, fc.integer({ min: 1, max: 40 }), ({ width, height, pixels }, want) => {
        const dim = Math.min(want, width, height);
        const mean = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
        assert.ok(Math.abs(mean(resizeGrey(pixels, width, height, dim)) - mean(pixels)) <= 0.5 + 1e-9);
      }),
    );
  });

  test('interpolates a ramp linearly when it grows, and leaves it upright', () => {
    assert.deepEqual([...resizeGrey(Uint8Array.of(0, 100, 0, 100), 2, 2, 4).slice(0, 4)], [0, 25, 75, 100]);
    assert.deepEqual(
      [...resizeGrey(Uint8Array.of(0, 100), 1, 2, 4)].filter((_, i) => i % 4 === 0),
      [0, 25, 75, 100],
    );
    assert.deepEqual([...resizeGrey(Uint8Array.of(10, 20, 30, 40), 4, 1, 2)], [15, 35, 15, 35]);
  });

  test('refuses sides that are no sides and pixels of another length', () => {
    assert.throws(() => resizeGrey(new Uint8Array(4), 2, 2, 0), /2 x 2 to 0 x 0/);
    assert.throws(() => resizeGrey(new Uint8Array(4), 2, 2, 1.5), RangeError);
    assert.throws(() => resizeGrey(new Uint8Array(5), 2, 2, 1), /4 bytes, not 5/);
  });
});
