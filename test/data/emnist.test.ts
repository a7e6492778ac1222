import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadEmnist } from '#dist/data/emnist.js';
import { type EmnistSplit, emnistFileNames } from '#dist/data/emnist-splits.js';
import { resizeGrey } from '#dist/data/resize.js';
import { sharedPath } from '../shared.js';
import { makeEmnist, makeIdx, nistZip, serve } from './loopback-server.js';

const made = makeEmnist();
const { published } = made;
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

  for (const sub of ['.', 'emnist', 'EMNIST/raw']) {
    test(`takes unzipped files from ${sub}, and knows the classes without a mapping`, async (t) => {
      const dataDir = await temporary(t);
      const unzipped = Object.entries(made.files)
        .filter(([name]) => name.endsWith('.gz'))
        .map(([name, bytes]) => [name.slice(0, -3), gunzipSync(bytes)]);
      await write(join(dataDir, sub), Object.fromEntries(unzipped));
      const { images, labels, classes } = await loadEmnist({ dataDir });
      assert.deepEqual(images, new Uint8Array(made.images));
      assert.deepEqual(labels, made.labels);
      assert.equal(classes.join(''), '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt');
    });
  }

  test('letters without a mapping count from 1 too', async (t) => {
    const dataDir = await temporary(t);
    await write(dataDir, {
      'emnist-letters-test-images-idx3-ubyte': makeIdx([1, 28, 28], new Uint8Array(784)),
      'emnist-letters-test-labels-idx1-ubyte': makeIdx([1], Uint8Array.of(26)),
    });
    const { labels, classes } = await loadEmnist({ dataDir, split: 'letters' });
    assert.deepEqual([classes.length, classes[labels[0]!]], [26, 'Zz']);
  });

  test('takes a gzip file of several members', async (t) => {
    const dataDir = await temporary(t);
    const whole = gunzipSync(made.files[names.images]!);
    for (const cut of [3, 16, 1000]) {
      const members = [whole.subarray(0, cut), Buffer.alloc(0), whole.subarray(cut)].map((part) => gzipSync(part));
      await write(dataDir, { ...made.files, [names.images]: Buffer.concat(members) });
      assert.deepEqual((await loadEmnist({ dataDir })).images, new Uint8Array(made.images));
    }
  });

  test('data of own is taken with a word, what is published without', async (t) => {
    const dataDir = await temporary(t);
    await write(dataDir, made.files);
    const notices: string[] = [];
    const onNotice = (sentence: string) => notices.push(sentence);
    await loadEmnist({ dataDir, published, onNotice });
    assert.deepEqual(notices, []);
    // Packed anew, and a pixel changed.
    const whole = gunzipSync(made.files[names.images]!);
    whole[5000]! ^= 1;
    await write(dataDir, { [names.images]: gzipSync(whole) });
    await loadEmnist({ dataDir, published, onNotice });
    assert.equal(notices.length, 1);
    assert.match(notices[0]!, /^emnist-balanced-test-images-idx3-ubyte\.gz of .*: not as NIST published/);
  });

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
    [
      'images beyond what the header says',
      { [names.images]: gzipSync(Buffer.concat([gunzipSync(made.files[names.images]!), Buffer.alloc(1)])) },
      /images.*IDX data of at least 47041 bytes, expected 60 x 28 x 28 = 47040/,
    ],
    ['a mapping without an end', { [names.mapping]: '0 48\n'.repeat(20_000) }, /mapping.txt is too long for a mapping/],
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

  test('refuses what is no file', async (t) => {
    const dataDir = await temporary(t);
    await write(dataDir, made.files);
    await rm(join(dataDir, names.labels));
    await mkdir(join(dataDir, names.labels));
    await assert.rejects(loadEmnist({ dataDir }), /labels.* is not a regular file/);
  });

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
    const first = await loadEmnist({ cacheDir, url: server.url, env: {}, published });
    assert.deepEqual(first.images, new Uint8Array(made.images));
    assert.deepEqual((await readdir(join(cacheDir, 'emnist'))).sort(), Object.values(names).sort());
    await server.close();
    assert.deepEqual(await loadEmnist({ cacheDir, url: server.url, env: {}, published }), first);
  });

  test('two processes at once download once', async (t) => {
    const cacheDir = await temporary(t);
    const server = await serve(nistZip(made.files));
    t.after(() => server.close());
    const program = `
      import { loadEmnist } from ${JSON.stringify(import.meta.resolve('#dist/data/emnist.js'))};
      const { checksum } = await loadEmnist(${JSON.stringify({ cacheDir, url: server.url, env: {}, published })});
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

  test('refuses a part that is not the published one, and says which', async (t) => {
    for (const name of [names.images, names.labels, names.mapping]) {
      const changed = Buffer.from(name === names.mapping ? '0 48\n1 65\n2 98\n' : gunzipSync(made.files[name]!));
      if (name !== names.mapping) changed[changed.length - 1] = 0;
      const cacheDir = await temporary(t);
      const bytes = name === names.mapping ? changed : gzipSync(changed);
      const server = await serve(nistZip({ ...made.files, [name]: bytes }));
      t.after(() => server.close());
      await assert.rejects(
        loadEmnist({ cacheDir, url: server.url, env: {}, published }),
        new RegExp(`${name} is not the file that NIST published.*--data_dir`),
      );
      assert.ok(!(await readdir(join(cacheDir, 'emnist'))).includes(name));
    }
  });

  test("made-up files are none of NIST's, packed anew they are what they were", async (t) => {
    const server = await serve(nistZip(made.files));
    t.after(() => server.close());
    const load = loadEmnist({ cacheDir: await temporary(t), url: server.url, env: {} });
    await assert.rejects(load, /images.*is not the file that NIST published/);
    const unpacked = Object.fromEntries(
      Object.entries(made.files).map(([name, bytes]) => [
        name.replace('.gz', ''),
        {
          unpacked: createHash('sha256')
            .update(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
            .digest('hex'),
        },
      ]),
    );
    await loadEmnist({ cacheDir: await temporary(t), url: server.url, env: {}, published: unpacked });
  });

  test('where nothing can be kept it is for this time only, with a word', async (t) => {
    const server = await serve(nistZip(made.files));
    t.after(() => server.close());
    const cacheDir = join(await temporary(t), 'file');
    await writeFile(cacheDir, '');
    const notices: string[] = [];
    const onNotice = (sentence: string) => notices.push(sentence);
    const { images } = await loadEmnist({ cacheDir, url: server.url, env: {}, published, onNotice });
    assert.deepEqual(images, new Uint8Array(made.images));
    assert.match(notices.join(), /cannot be kept in .*XDG_CACHE_HOME.*downloaded for this time only/);
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

describe('memory', () => {
  test('stays within 512 MB whatever comes: bombs and what is as large as can be', async (t) => {
    const dataDir = await temporary(t);
    // In members of 16 MB, so that this process needs no memory itself.
    const block = gzipSync(Buffer.alloc(2 ** 24), { level: 1 });
    const zipped = (shape: number[], bytes: number) => {
      const first = gzipSync(makeIdx(shape, Buffer.alloc(bytes % 2 ** 24)), { level: 1 });
      return Buffer.concat([first, ...new Array(Math.floor(bytes / 2 ** 24)).fill(block)]);
    };
    const pair = (count: number, bytes: number) => ({
      [names.images]: zipped([count, 28, 28], bytes),
      [names.labels]: zipped([count], count),
      [names.mapping]: '0 48\n',
    });
    // The second is as large as is read.
    for (const [count, bytes] of [
      [10, 2 ** 30],
      [171_196, 171_196 * 784],
    ] as const) {
      await write(dataDir, pair(count, bytes));
      const program = `
        import { loadEmnist } from ${JSON.stringify(import.meta.resolve('#dist/data/emnist.js'))};
        import { readFileSync } from 'node:fs';
        const outcome = await loadEmnist({ dataDir: ${JSON.stringify(dataDir)} }).then(({ labels }) => labels.length, (e) => e.message);
        const [, peak] = /VmHWM:\\s*(\\d+)/.exec(process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '') ?? [];
        console.log(JSON.stringify({ outcome, peak: Number(peak ?? 0) }));`;
      const child = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
      const { outcome, peak } = JSON.parse(child.stdout);
      if (count === 10) assert.match(outcome, /IDX data of at least \d+ bytes, expected 10 x 28 x 28/);
      else assert.equal(outcome, count);
      assert.ok(peak < 400 * 1024, `${peak} KiB`);
    }
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

  test('is known by its sums, zipped and unzipped', { skip }, async (t) => {
    const notices: string[] = [];
    const onNotice = (sentence: string) => notices.push(sentence);
    for (const split of ['balanced', 'mnist'] as const) {
      await loadEmnist({ dataDir, split, onNotice });
      const unzipped = await temporary(t);
      const { images, labels } = emnistFileNames(split);
      for (const name of [images, labels])
        await write(unzipped, { [name.slice(0, -3)]: gunzipSync(await readFile(join(dataDir!, name))) });
      assert.equal(
        (await loadEmnist({ dataDir: unzipped, split })).checksum,
        (await loadEmnist({ dataDir, split })).checksum,
      );
    }
    assert.deepEqual(notices, []);
  });

  test('mnist: 10 digits of 1,000', { skip }, async () => {
    const { name, labels, classes } = await loadEmnist({ dataDir, split: 'mnist' });
    assert.deepEqual([name, labels.length, classes.join('')], ['emnist-mnist', 10_000, '0123456789']);
  });
});
