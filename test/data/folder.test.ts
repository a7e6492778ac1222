import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { PNG, type PNGOptions } from 'pngjs';
import { datasetChecksum } from '#dist/data/checksum.js';
import { loadFolder } from '#dist/data/folder.js';

const scratch = mkdtempSync(join(tmpdir(), 'folder-'));
after(() => rmSync(scratch, { recursive: true }));

/** A folder with these files in it. */
function folder(files: Record<string, string | Uint8Array>): string {
  const root = mkdtempSync(join(scratch, 'set-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

/** A PNG of these RGBA pixels, row by row. */
function png(width: number, rgba: number[][], options: PNGOptions = {}): Buffer {
  const image = new PNG({ width, height: rgba.length / width });
  image.data.set(rgba.flat());
  return PNG.sync.write(image, options);
}

const grey = (...values: number[]) => values.map((value) => [value, value, value, 255]);
const dot = (value: number) => png(1, grey(value), { colorType: 0 });

describe('loadFolder', () => {
  test('reads grey images exactly and upright', async () => {
    const path = folder({ 'a/1.png': png(2, grey(1, 2, 3, 4), { colorType: 0 }), 'b/1.png': png(2, grey(5, 6, 7, 8)) });
    const set = await loadFolder(path, { dim: 2 });
    const [images, labels] = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(0, 1)];
    const checksum = datasetChecksum(images, labels);
    assert.deepEqual(set, { name: path, dim: 2, classes: ['a', 'b'], images, labels, checksum });
  });

  test('makes colours grey by luma, lets black through what is transparent, and makes 16 bits 8', async () => {
    const colours = [
      [255, 0, 0, 255],
      [0, 255, 0, 255],
      [0, 0, 255, 255],
      [255, 255, 255, 102],
    ];
    const deep = new PNG({ width: 2, height: 2 });
    deep.data = Buffer.from(Uint16Array.of(0, 0x8080, 0xffff, 0x4040).buffer);
    const path = folder({
      'a/1.png': png(2, colours, { colorType: 6 }),
      'a/2.png': PNG.sync.write(deep, { bitDepth: 16, colorType: 0, inputColorType: 0 }),
    });
    const { images } = await loadFolder(path, { dim: 2 });
    // 0.299, 0.587 and 0.114 of 255 (ITU-R BT.601); 102 / 255 of white.
    assert.deepEqual([...images], [76, 150, 29, 102, 0, 0x80, 0xff, 0x40]);
  });

  test('resizes to the side asked for, 28 by default', async () => {
    const path = folder({ 'a/1.png': png(4, grey(0, 100, 200, 200, 100, 200, 200, 200)), 'a/2.png': dot(7) });
    const { images } = await loadFolder(path, { dim: 2 });
    assert.deepEqual([...images], [50, 200, 150, 200, 7, 7, 7, 7]);
    const set = await loadFolder(path);
    assert.deepEqual([set.dim, set.images.length], [28, 2 * 28 * 28]);
  });

  test('orders names by code point, and folders by number if all are numbers', async () => {
    const names = async (...folders: string[]) =>
      (await loadFolder(folder(Object.fromEntries(folders.map((name) => [`${name}/x.png`, dot(0)]))), { dim: 1 }))
        .classes;
    assert.deepEqual(await names('10', '9', '000', '1'), ['000', '1', '9', '10']);
    assert.deepEqual(await names('10', '9', 'x'), ['10', '9', 'x']);
    assert.deepEqual(await names('é', 'b', 'B', '\u{1F600}', '\uFF21'), ['B', 'b', 'é', '\uFF21', '\u{1F600}']);
    const files = folder({ 'a/b.png': dot(3), 'a/B.png': dot(2), 'a/10.PNG': dot(1) });
    assert.deepEqual([...(await loadFolder(files, { dim: 1 })).images], [1, 2, 3]);
  });

  test('leaves aside hidden entries, loose files and files that are not PNGs, and follows links', async () => {
    const path = folder({
      'a/1.png': dot(1),
      'a/.2.png': 'junk',
      'a/notes.txt': 'notes',
      '.git/1.png': dot(9),
      'loose.png': dot(9),
    });
    symlinkSync(join(path, 'a'), join(path, 'b'));
    const { classes, images } = await loadFolder(path, { dim: 1 });
    assert.deepEqual(
      [classes, [...images]],
      [
        ['a', 'b'],
        [1, 1],
      ],
    );
  });

  test('says in a sentence what is wrong', async () => {
    await assert.rejects(
      loadFolder(join(scratch, 'nowhere')),
      /nowhere \(ENOENT\): expected a folder with one sub-folder/,
    );
    const loose = folder({ 'loose.png': dot(1) });
    await assert.rejects(loadFolder(loose), /has no sub-folders: expected/);
    await assert.rejects(loadFolder(join(loose, 'loose.png')), /loose.png is not a folder: expected/);
    await assert.rejects(
      loadFolder(folder({ 'a/1.png': dot(1), 'b/1.txt': '' })),
      /class folder .*b holds no PNG file/,
    );
    const many = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`${i}/1.png`, dot(1)]));
    await assert.rejects(loadFolder(folder(many)), /has 257 sub-folders, one per class: at most 256/);
    await assert.rejects(loadFolder(folder({ 'a/1.png': dot(1) }), { dim: 0 }), /image side 0/);
  });

  test('names a PNG that cannot be read', async () => {
    const whole = png(8, grey(...Array.from({ length: 64 }, (_, i) => (i * 37) % 256)), { colorType: 0 });
    const flipped = Buffer.from(whole);
    flipped[whole.length - 20]! ^= 0xff;
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(1 << 20, 16);
    huge.writeUInt32BE(1 << 20, 20);
    for (const bad of [Buffer.alloc(0), Buffer.from('GIF89a'), whole.subarray(0, -30), flipped, huge]) {
      const path = folder({ 'a/fine.png': dot(1), 'a/oops.png': bad });
      await assert.rejects(loadFolder(path), /^Error: cannot read .*oops\.png as a PNG image: .+/);
    }
  });
});
