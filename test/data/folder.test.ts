import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { PNG, type PNGOptions } from 'pngjs';
import { datasetChecksum } from '#dist/data/checksum.js';
import { type FolderOptions, loadFolder } from '#dist/data/folder.js';

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

/** The data set, and what was told on the way. */
async function load(path: string, options: FolderOptions) {
  const notices: string[] = [];
  const set = await loadFolder(path, { ...options, onNotice: (sentence) => notices.push(sentence) });
  return { set, notices };
}

describe('loadFolder', () => {
  test('reads grey images exactly and upright', async () => {
    const path = folder({ 'a/1.png': png(2, grey(1, 2, 3, 4), { colorType: 0 }), 'b/1.png': png(2, grey(5, 6, 7, 8)) });
    const set = await loadFolder(path, { dim: 2 });
    const [images, labels] = [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(0, 1)];
    const checksum = datasetChecksum(images, labels);
    assert.deepEqual(set, { name: path, dim: 2, classes: ['a', 'b'], images, labels, checksum });
  });

  test('makes colours grey by luma, takes what is transparent for ground, and makes 16 bits 8', async () => {
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

  test('leaves aside hidden entries, loose files and files that are not PNGs', async () => {
    const path = folder({
      'a/1.png': dot(1),
      'a/.2.png': 'junk',
      'a/notes.txt': 'notes',
      '.git/1.png': dot(9),
      'loose.png': dot(9),
    });
    const { classes, images } = await loadFolder(path, { dim: 1 });
    assert.deepEqual({ classes, images: [...images] }, { classes: ['a'], images: [1] });
  });

  test('follows links to folders and files, and says where two classes are one folder', async () => {
    const elsewhere = folder({ 'x/1.png': dot(1), 'y.png': dot(2) });
    const path = folder({ 'b/1.png': dot(3) });
    symlinkSync(join(elsewhere, 'x'), join(path, 'a'));
    symlinkSync(join(elsewhere, 'y.png'), join(path, 'b', '2.png'));
    const { set, notices } = await load(path, { dim: 1 });
    assert.deepEqual({ classes: set.classes, images: [...set.images] }, { classes: ['a', 'b'], images: [1, 3, 2] });
    assert.doesNotMatch(notices.join(), /same/);
    symlinkSync(join(elsewhere, 'x'), join(path, 'c'));
    assert.match((await load(path, { dim: 1 })).notices.join(), /Class folders .*a and .*c are the same: /);
  });

  test('names links to nothing and what is no file, and does not open pipes or devices', async () => {
    const link = (to: string, name: string) => {
      const path = folder({ 'a/1.png': dot(1) });
      symlinkSync(to, join(path, name));
      return loadFolder(path);
    };
    await assert.rejects(link('nowhere', 'a/2.png'), /^Error: cannot read .*2\.png: it is a link to nothing$/);
    await assert.rejects(link('nowhere', 'b'), /^Error: cannot read .*b: it is a link to nothing$/);
    await assert.rejects(link('b', 'b'), /^Error: cannot read .*b: it is a link to itself$/);
    await assert.rejects(
      link('/dev/zero', 'a/2.png'),
      /^Error: cannot read .*2\.png: it is a pipe or device, not a file$/,
    );
    const inside = folder({ 'a/1.png/2.png': dot(1) });
    await assert.rejects(loadFolder(inside), /^Error: cannot read .*1\.png: it is a folder, not a file$/);
  });

  test('reads names that are not UTF-8, as Latin-1', async () => {
    const path = folder({});
    const latin = (name: string) => Buffer.from(join(path, name), 'latin1');
    mkdirSync(latin('café'));
    writeFileSync(latin('café/à.png'), dot(1));
    writeFileSync(latin('café/b.png'), dot(2));
    const { classes, images } = await loadFolder(path, { dim: 1 });
    assert.deepEqual({ classes, images: [...images] }, { classes: ['café'], images: [2, 1] });
    writeFileSync(latin('café/à.png'), '');
    await assert.rejects(loadFolder(path), /cannot read .*café.à\.png as a PNG image: it is empty/);
  });

  test('tells of bytes after the end of an image, once', async () => {
    const more = Buffer.concat([dot(1), Buffer.from('more')]);
    const { notices } = await load(folder({ 'a/1.png': dot(1), 'a/2.png': more, 'a/3.png': more }), { dim: 1 });
    assert.match(
      notices[0]!,
      /^2 of 3 PNG files go on after the image's end, .*2\.png first: what follows is left aside\.$/,
    );
  });

  test('turns dark ink on a light or transparent ground over, and tells where it should have', async () => {
    const ink = (pixel: number[], ground: number[]) =>
      png(
        3,
        Array.from({ length: 9 }, (_, i) => (i === 4 ? pixel : ground)),
      );
    const [black, white, clear] = [
      [0, 0, 0, 255],
      [255, 255, 255, 255],
      [0, 0, 0, 0],
    ];
    const cross = [0, 0, 0, 0, 255, 0, 0, 0, 0];
    const shown = async (image: Buffer, invert: boolean) => {
      const { set, notices } = await load(folder({ 'a/1.png': image }), { dim: 3, invert });
      return { pixels: [...set.images], notices: notices.join() };
    };
    for (const [image, invert] of [
      [ink(white, black), false],
      [ink(white, clear), false],
      [ink(black, white), true],
      [ink(black, clear), true],
    ] as const) {
      assert.deepEqual(await shown(image, invert), { pixels: cross, notices: '' });
      assert.match(
        (await shown(image, !invert)).notices,
        invert ? /(try|needs) --invert/ : /(leave --invert out|needs no --invert)/,
      );
    }
  });

  test('names blank images and classes', async () => {
    const some = png(1, grey(1, 2), { colorType: 0 });
    const path = folder({ 'a/1.png': some, 'a/2.png': dot(0), 'b/1.png': dot(5), 'c/1.png': dot(7) });
    const { notices } = await load(path, { dim: 2 });
    assert.match(notices[0]!, /^3 of 4 images are blank, of one grey throughout, .*2\.png first; all of b, c are\. /);
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
