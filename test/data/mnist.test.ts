import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { datasetChecksum } from '#dist/data/checksum.js';
import { loadMnist } from '#dist/data/mnist.js';
import { DATABASES, namedSize, openDataset } from '#dist/data/open.js';
import { sharedPath } from '../shared.js';
import { makeIdx, noise } from './loopback-server.js';

const TEST = { pixels: noise(3 * 784, 1), labels: Uint8Array.of(9, 0, 4) };
const TRAIN = { pixels: noise(2 * 784, 2), labels: Uint8Array.of(5, 1) };

/** A folder with these files in a sub-folder of it. */
async function folderWith(t: TestContext, files: Record<string, Uint8Array>, sub = '.'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mnist-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, sub), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, sub, name), bytes);
  return folder;
}

function files(part: string, { pixels, labels }: typeof TEST): Record<string, Uint8Array> {
  return {
    [`${part}-images-idx3-ubyte`]: makeIdx([labels.length, 28, 28], pixels),
    [`${part}-labels-idx1-ubyte`]: makeIdx([labels.length], labels),
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const gzipped = (plain: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(plain).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));

describe('loadMnist', () => {
  for (const sub of ['.', 'mnist', 'MNIST/raw']) {
    test(`takes test and training images as they are stored from ${sub}`, async (t) => {
      const dataDir = await folderWith(t, { ...files('train', TRAIN), ...gzipped(files('t10k', TEST)) }, sub);
      const dataset = await loadMnist('mnist', { dataDir });
      assert.deepEqual(dataset.images, new Uint8Array([...TEST.pixels, ...TRAIN.pixels]));
      assert.deepEqual(dataset.labels, Uint8Array.of(9, 0, 4, 5, 1));
      assert.equal(dataset.classes.join(''), '0123456789');
      assert.equal(dataset.checksum, datasetChecksum(dataset.images, dataset.labels));
    });
  }

  test('takes names with dots', async (t) => {
    const named = Object.entries(files('t10k', TEST)).map(([name, bytes]) => [name.replace('-idx', '.idx'), bytes]);
    const dataDir = await folderWith(t, Object.fromEntries(named));
    assert.deepEqual((await loadMnist('mnist', { dataDir })).labels, TEST.labels);
  });

  test('the folder of its name goes before loose files, which may be of another', async (t) => {
    const dataDir = await folderWith(t, files('t10k', TEST));
    for (const sub of ['FashionMNIST/raw', 'fashion-mnist']) {
      const other = { pixels: noise(2 * 784, sub.length), labels: Uint8Array.of(7, 8) };
      await mkdir(join(dataDir, sub), { recursive: true });
      for (const [name, bytes] of Object.entries(files('t10k', other)))
        await writeFile(join(dataDir, sub, name), bytes);
      assert.deepEqual((await loadMnist('fashion-mnist', { dataDir })).labels, other.labels);
      assert.deepEqual((await loadMnist('mnist', { dataDir })).labels, TEST.labels);
      await rm(join(dataDir, sub), { recursive: true });
    }
  });

  test('compares with the published files: the other data set is refused, data of own taken with a word', async (t) => {
    const sums = (one: typeof TEST) =>
      Object.fromEntries(
        Object.entries(files('t10k', one)).map(([name, bytes]) => [name, { unpacked: sha256(bytes) }]),
      );
    const published = { mnist: sums(TEST), 'fashion-mnist': sums(TRAIN) };
    for (const stored of [files('t10k', TEST), gzipped(files('t10k', TEST))]) {
      const dataDir = await folderWith(t, stored);
      const notices: string[] = [];
      const options = { dataDir, published, onNotice: (sentence: string) => notices.push(sentence) };
      await loadMnist('mnist', options);
      assert.deepEqual(notices, []);
      await assert.rejects(
        loadMnist('fashion-mnist', options),
        /t10k-images-idx3-ubyte(\.gz)? is of mnist, not of fashion-mnist/,
      );
      await loadMnist('mnist', { ...options, published: { ...published, mnist: sums(TRAIN), 'fashion-mnist': {} } });
      assert.match(notices.join(), /t10k-images.* and t10k-labels.*: not as published as mnist, .*data of your own/);
    }
  });

  test('more than fits is refused before it is read', async (t) => {
    const part = (count: number) => ({
      'train-images-idx3-ubyte': makeIdx([count, 28, 28], new Uint8Array(0)),
      'train-labels-idx1-ubyte': makeIdx([count], new Uint8Array(0)),
    });
    for (const count of [180_000, 4_000_000_000]) {
      const dataDir = await folderWith(t, { ...part(count), ...files('t10k', TEST) });
      await assert.rejects(loadMnist('mnist', { dataDir }), /images, expected at most 171196/);
    }
  });

  test('opens by name, with the garments for classes and the side that is asked for', async (t) => {
    const dataDir = await folderWith(t, files('t10k', TEST));
    const { name, dim, classes, images } = await openDataset('fashion-mnist', { dim: 14, dataDir });
    assert.deepEqual([name, dim, classes.length, classes[9]], ['fashion-mnist', 14, 10, 'Ankle boot']);
    // Half the side: each pixel is the mean of four.
    const [a, b, c, d] = [0, 1, 28, 29].map((i) => TEST.pixels[i]!) as [number, number, number, number];
    assert.ok(Math.abs(images[0]! - (a + b + c + d) / 4) <= 0.5);
    assert.equal(images.length, 3 * 14 * 14);
  });

  test('says what is missing, or wrong', async (t) => {
    await assert.rejects(
      loadMnist('mnist', { dataDir: undefined }),
      /--database mnist is not downloaded: name with --data_dir/,
    );
    const empty = await folderWith(t, { 't10k-images-idx3-ubyte': makeIdx([1, 28, 28], new Uint8Array(784)) });
    await assert.rejects(
      loadMnist('fashion-mnist', { dataDir: empty }),
      /does not hold the files of fashion-mnist: expected t10k-/,
    );
    const wrong = await folderWith(t, files('t10k', { ...TEST, labels: Uint8Array.of(1, 10, 2) }));
    await assert.rejects(
      loadMnist('mnist', { dataDir: wrong }),
      /t10k-labels-idx1-ubyte: label 10 of image 1 is none of 0 to 9/,
    );
    const short = await folderWith(t, files('t10k', { ...TEST, labels: Uint8Array.of(1, 1, 2, 3) }));
    await assert.rejects(loadMnist('mnist', { dataDir: short }), /IDX data of 2352 bytes/);
    const cut = await folderWith(t, gzipped(files('t10k', TEST)));
    await writeFile(join(cut, 't10k-labels-idx1-ubyte.gz'), 'not gzip');
    await assert.rejects(
      loadMnist('mnist', { dataDir: cut }),
      /t10k-labels-idx1-ubyte.gz is not a whole gzip'd IDX file/,
    );
  });
});

describe('namedSize', () => {
  test('is of a known name, or undefined', () => {
    const known = DATABASES.filter((name) => namedSize(name) !== undefined);
    assert.deepEqual(known, ['emnist', 'emnist-letters', 'emnist-digits', 'emnist-mnist', 'glyphs']);
    assert.equal(namedSize('toString'), undefined);
  });

  const dataDir = sharedPath('data/emnist');
  for (const name of ['emnist', 'emnist-mnist']) {
    test(`is that of ${name}`, { skip: !dataDir && 'needs ../shared/data/emnist' }, async () => {
      const { classes, labels } = await openDataset(name, { dim: 28, dataDir: dataDir! });
      const size = namedSize(name)!;
      assert.deepEqual(size.classes, classes);
      assert.deepEqual(Array.from(size.labels).sort(), Array.from(labels).sort());
    });
  }
});
