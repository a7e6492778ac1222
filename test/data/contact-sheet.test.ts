import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PNG } from 'pngjs';
import { contactSheet } from '#dist/data/contact-sheet.js';

// Two classes of 2 x 2 images: three of class 0, one of class 1.
const dataset = {
  name: 'four',
  dim: 2,
  classes: ['a', 'b'],
  images: Uint8Array.of(1, 2, 3, 4, 90, 91, 92, 93, 5, 6, 7, 8, 9, 10, 11, 12),
  labels: Uint8Array.of(0, 1, 0, 0),
  checksum: '',
};
const GAP = 64;

function grey(png: Buffer) {
  const { width, height, data } = PNG.sync.read(png);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const [red, green, blue, alpha] = data.subarray(4 * (y * width + x));
      assert.deepEqual([green, blue, alpha], [red, red, 255]);
      return red;
    }),
  );
}

describe('contactSheet', () => {
  test('shows a row a class, images upright and in order', () => {
    const gap = new Array(7).fill(GAP);
    assert.deepEqual(grey(contactSheet(dataset, { perClass: 2 })), [
      gap,
      [GAP, 1, 2, GAP, 5, 6, GAP],
      [GAP, 3, 4, GAP, 7, 8, GAP],
      gap,
      [GAP, 90, 91, GAP, GAP, GAP, GAP],
      [GAP, 92, 93, GAP, GAP, GAP, GAP],
      gap,
    ]);
  });

  test('magnifies', () => {
    const sheet = grey(contactSheet(dataset, { perClass: 1, scale: 3 }));
    assert.deepEqual([sheet.length, sheet[0]!.length], [15, 8]);
    assert.deepEqual(sheet[1], [GAP, 1, 1, 1, 2, 2, 2, GAP]);
    assert.deepEqual(sheet[3], sheet[1]);
    assert.deepEqual(sheet[4], [GAP, 3, 3, 3, 4, 4, 4, GAP]);
  });

  test('refuses what is no count', () => {
    assert.throws(() => contactSheet(dataset, { perClass: 0 }), /perClass must be a positive integer, not 0/);
    assert.throws(() => contactSheet(dataset, { scale: 1.5 }), /scale/);
  });
});
