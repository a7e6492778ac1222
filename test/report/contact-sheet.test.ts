import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PNG } from 'pngjs';
import { contactSheet } from '#dist/report/contact-sheet.js';

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
/** An image and the line between two, where pixels are magnified to make room for a name. */
const PITCH = 17;

/** Rows of grey: the columns with the images, and those with the names. */
function parts(png: Buffer, columns: number) {
  const { width, height, data } = PNG.sync.read(png);
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      const [red, green, blue, alpha] = data.subarray(4 * (y * width + x));
      assert.deepEqual([green, blue, alpha], [red, red, 255]);
      return red!;
    }),
  );
  const left = width - columns;
  return { images: rows.map((row) => row.slice(left)), names: rows.map((row) => row.slice(0, left)) };
}

const sheet = async (classes: readonly string[], perClass: number) =>
  parts(await contactSheet({ ...dataset, classes }, { perClass }), Math.min(perClass, 3) * PITCH + 1);
const times = (count: number, value: number) => new Array<number>(count).fill(value);

describe('contactSheet', () => {
  test('shows a row a class, images upright and in order, magnified where they are small', async () => {
    const row = (...values: number[]) =>
      values.flatMap((value, i) => [...(i % 2 ? [] : [GAP]), ...times(8, value)]).concat(GAP);
    const line = times(2 * PITCH + 1, GAP);
    const rows = (...values: number[][]) => values.flatMap((one) => times(8, 0).map(() => row(...one)));
    const { images } = await sheet(['a', 'b'], 2);
    assert.deepEqual(images, [
      line,
      ...rows([1, 2, 5, 6], [3, 4, 7, 8]),
      line,
      ...rows([90, 91, GAP, GAP], [92, 93, GAP, GAP]),
      line,
    ]);
    assert.deepEqual((await sheet(['a', 'b'], 1000)).images[1]!.length, 3 * PITCH + 1);
  });

  test('writes the name of each class beside its row', async () => {
    const namesOf = async (...classes: string[]) => (await sheet(classes, 1)).names;
    const inRow = (names: number[][], row: number) => names.slice(row * PITCH, (row + 1) * PITCH);
    const names = await namesOf('A', 'WWWW');
    const dots = (rows: number[][]) => rows.flat().filter((grey) => grey !== GAP).length;
    assert.ok(dots(inRow(names, 0)) > 20);
    assert.ok(dots(inRow(names, 1)) > 4 * dots(inRow(names, 0)) - 40);
    // Each row's name depends on its own class only.
    assert.deepEqual(inRow(await namesOf('B', 'WWWW'), 1), inRow(names, 1));
    assert.notDeepEqual(inRow(await namesOf('B', 'WWWW'), 0), inRow(names, 0));
    // What is no text in SVG is drawn all the same, and what is too long is shortened.
    for (const name of ['<&>"', '\x1b[2J\x00']) assert.ok(dots(inRow(await namesOf(name, 'b'), 0)) > 20);
    assert.notDeepEqual(inRow(await namesOf('<', 'b'), 0), inRow(await namesOf('&', 'b'), 0));
    assert.ok((await namesOf('W'.repeat(300), 'b'))[0]!.length <= 28 * 16);
  });

  test('magnifies', async () => {
    const { images } = parts(await contactSheet(dataset, { perClass: 1, scale: 9 }), 20);
    assert.deepEqual([images.length, images[0]!.length], [2 * 19 + 1, 20]);
    assert.deepEqual(images[1], [GAP, ...times(9, 1), ...times(9, 2), GAP]);
    assert.deepEqual(images[9], images[1]);
    assert.deepEqual(images[10], [GAP, ...times(9, 3), ...times(9, 4), GAP]);
  });

  test('refuses what is no count, and what would be too large', async () => {
    await assert.rejects(contactSheet(dataset, { perClass: 0 }), /perClass must be a positive integer, not 0/);
    await assert.rejects(contactSheet(dataset, { scale: 1.5 }), /scale/);
    await assert.rejects(
      contactSheet(dataset, { scale: 2000 }),
      /A contact sheet of \d+ x 8003 pixels is too large: show fewer/,
    );
  });
});
