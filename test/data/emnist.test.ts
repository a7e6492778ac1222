import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type EmnistSplit, emnistFileNames, loadEmnist } from '#dist/data/emnist.js';
import { resizeGrey } from '#dist/data/resize.js';
import { sharedPath } from '../shared.js';
import { makeEmnist, makeIdx, nistZip, serve } from './loopback-server.js';

const made = makeEmnist();
const names = emnistFileNames('balanced');

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'emnist-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

async function write(folder: string, files: Record<string, Uint8Array | string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, data] of Object.entries(files)) await writeFile(join(folder, name), data);
}

describe('loadEmnist from a folder', () => {
  for (const sub of ['.', 'gzip', 'emnist']) {
    test(`finds the files in ${sub} and turns the images upright`, async (t) => {
      const dataDir = await temporary(t);
      await write(join(dataDir, sub), made.files);
      const { checksum, ...dataset } = await loadEmnist({ dataDir });
      assert.deepEqual(dataset, {
        name: 'emnist',
        dim: 28,
        classes: made.classes,
        images: new Uint8Array(made.images),
        labels: made.labels,
      });
      assert.equal(checksum, createHash('sha256').update(made.images).update(made.labels).digest('hex'));
    });
  }

  test('resizes the upright images', async (t) => {
    const dataDir = await temporary(t);
    await write(dataDir, made.files);
    const { dim, images } = await loadEmnist({ dataDir, dim: 10 });
    assert.equal(dim, 10);
    assert.equal(images.length, 60 * 100);
    assert.deepEqual(images.subarray(700, 800), resizeGrey(made.images.subarray(7 * 784, 8 * 784), 28, 28, 10));
  });

  test('letters: labels count from 1, classes have two characters', async (t) => {
    const dataDir = await temporary(t);
    const files = emnistFileNames('letters');
    await write(dataDir, {
      [files.images]: gzipSync(makeIdx([2, 28, 28], new Uint8Array(2 * 784))),
      [files.labels]: gzipSync(makeIdx([2], Uint8Array.of(2, 1))),
      [files.mapping]: '1 65 97\r\n2 66 98\r\n',
    });
    const { name, classes, labels } = await loadEmnist({ dataDir, split: 'letters' });
    assert.deepEqual([name, classes, [...labels]], ['emnist-letters', ['Aa', 'Bb'], [1, 0]]);
  });

  test('missing files are named, with the folder, and not downloaded', async (t) => {
    const dataDir = await temporary(t);
    await write(dataDir, { [names.images]: made.files[names.images]! });
    const load = loadEmnist({ dataDir, url: 'http://127.0.0.1:1/gzip.zip' });
    await assert.rejects(load, (error: Error) =>
      [dataDir, ...Object.values(names), '--data_dir', '--database glyphs'].every((s) => error.message.includes(s)),
    );
  });

  const wrong: [what: string, files: Record<string, Uint8Array | string>, message: RegExp][] = [
    [
      'images that are not gzip',
      { [names.images]: 'PK' },
      /images-idx3-ubyte\.gz is not a whole gzip'd IDX file \(inco/,
    ],
    ['cut images', { [names.images]: made.files[names.images]!.subarray(0, -9) }, /images.*whole.*unexpected end/],
    ['a wrong kind of IDX', { [names.labels]: gzipSync(Buffer.from('hello')) }, /labels.*starts with 68 65 6c 6c/],
    [
      'images of another size',
      { [names.images]: gzipSync(makeIdx([60, 2, 2], new Uint8Array(240))) },
      /holds 60 x 2 x 2 values, expected images x 28 x 28/,
    ],
    [
      'fewer labels than images',
      { [names.labels]: gzipSync(makeIdx([59], new Uint8Array(59))) },
      /holds 59 labels, expected one for each of 60/,
    ],
    [
      'a label without a class',
      { [names.labels]: gzipSync(makeIdx([60], new Uint8Array(60).fill(3, 40))) },
      /label 3 of image 40 is not in the mapping, 0 to 2/,
    ],
    ['an empty mapping', { [names.mapping]: '\n' }, /mapping\.txt holds ''/],
    ['a mapping with a gap', { [names.mapping]: '0 48\n2 49\n' }, /mapping\.txt holds '2 49'/],
    ['a mapping that is a web page', { [names.mapping]: '<html>\n' }, /mapping\.txt holds '<html>'/],
    ['a mapping without codes', { [names.mapping]: '0\n' }, /mapping\.txt holds '0'/],
    ['control codes', { [names.mapping]: '0 48\n1 7\n' }, /mapping\.txt holds '1 7'/],
  ];
  for (const [what, files, message] of wrong) {
    test(`refuses ${what}`, async (t) => {
      const dataDir = await temporary(t);
      await write(dataDir, { ...made.files, ...files });
      await assert.rejects(loadEmnist({ dataDir }), message);
    });
  }

  test('refuses a split or side that there is not', async () => {
    await assert.rejects(loadEmnist({ split: 'train' as EmnistSplit }), /'train': expected one of balanced, byclass/);
    for (const dim of [0, -1, 2.5, Number.NaN]) await assert.rejects(loadEmnist({ dim }), /image side .*whole number/);
  });
});

describe('loadEmnist by download', () => {
  test('into the cache, where the next load finds it', async (t) => {
    const cacheDir = await temporary(t);
    const server = await serve(nistZip(made.files));
    t.after(() => server.close());
    const first = await loadEmnist({ cacheDir, url: server.url, env: {} });
    assert.deepEqual(first.images, new Uint8Array(made.images));
    assert.deepEqual((await readdir(join(cacheDir, 'emnist'))).sort(), Object.values(names).sort());
    await server.close();
    assert.deepEqual(await loadEmnist({ cacheDir, url: server.url, env: {} }), first);
  });

  test('two processes at once download once', async (t) => {
    const cacheDir = await temporary(t);
    const server = await serve(nistZip(made.files));
    t.after(() => server.close());
    const program = `
      import { loadEmnist } from ${JSON.stringify(import.meta.resolve('#dist/data/emnist.js'))};
      const { checksum } = await loadEmnist(${JSON.stringify({ cacheDir, url: server.url, env: {} })});
      process.stdout.write(checksum);`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    const outputs = await Promise.all([run(), run()]);
    const expected = createHash('sha256').update(made.images).update(made.labels).digest('hex');
    assert.deepEqual(
      outputs.map(({ stdout }) => stdout),
      [expected, expected],
    );
    assert.equal(server.ranges.length, 7);
  });

  test('without a network says in one message what failed, how to place the files, and what else there is', async (t) => {
    const cacheDir = await temporary(t);
    const server = await serve(Buffer.alloc(0));
    await server.close();
    const load = loadEmnist({ cacheDir, url: server.url, env: {}, retryDelays: [] });
    await assert.rejects(load, (error: Error) =>
      [
        'ECONNREFUSED',
        server.url,
        ...Object.values(names),
        join(cacheDir, 'emnist'),
        '--data_dir',
        '--database glyphs',
      ].every((s) => error.message.includes(s)),
    );
    assert.deepEqual(await readdir(join(cacheDir, 'emnist')), []);
  });

  test('an abort is no failed download', async (t) => {
    const cacheDir = await temporary(t);
    const reason = new Error('enough');
    await assert.rejects(loadEmnist({ cacheDir, signal: AbortSignal.abort(reason) }), reason);
  });
});

describe('real EMNIST', () => {
  const dataDir = sharedPath('data/emnist');
  const skip = dataDir === undefined && 'needs ../shared/data/emnist';

  test('balanced: 47 classes of 400, upright', { skip }, async () => {
    const { images, labels, classes } = await loadEmnist({ dataDir });
    assert.equal(images.length, 18_800 * 784);
    assert.equal(classes.join(''), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt');
    const counts = new Array(47).fill(0);
    for (const label of labels) counts[label]++;
    assert.deepEqual(counts, new Array(47).fill(400));

    /** Ink of all images of a class in rows `from` to `to`. */
    const ink = (name: string, from: number, to: number) => {
      let sum = 0;
      labels.forEach((label, i) => {
        if (classes[label] !== name) return;
        for (let p = from * 28; p < to * 28; p++) sum += images[i * 784 + p]!;
      });
      return sum;
    };
    // 7, T and F have their bar on top, L at the bottom; lying on their side (as stored) they have not.
    for (const name of ['7', 'T', 'F']) assert.ok(ink(name, 0, 14) > 1.2 * ink(name, 14, 28), name);
    assert.ok(ink('L', 14, 28) > 1.2 * ink('L', 0, 14), 'L');
  });

  test('mnist: 10 digits of 1,000', { skip }, async () => {
    const { name, labels, classes } = await loadEmnist({ dataDir, split: 'mnist' });
    assert.deepEqual([name, labels.length, classes.join('')], ['emnist-mnist', 10_000, '0123456789']);
  });
});
