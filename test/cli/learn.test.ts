import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PNG } from 'pngjs';
import { imageFolder, listing, onlyRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd, 20);
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const lines = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const DATA = ['--database', 'images', '--dim', '4', '--layers', '16,5,3'];
const LEARN = ['learn', ...DATA, '--Q', '4', '--images', '50', '--every', '20', '--theta', 'F0=0.02', 'oja=0.001'];

describe('learn', () => {
  test('leaves its points, figure and description', async () => {
    const { code, stdout, stderr } = await run([
      ...LEARN,
      '--term',
      'own = -e e_pre^T',
      '--theta',
      'own=-0.01',
      'F2@each=-0.02',
      '--json',
    ]);
    assert.equal(code, 0, stderr);
    const folder = onlyRun(cwd);
    assert.deepEqual(listing(folder), ['learn.csv', 'learn.json', 'learn.jsonl', 'learn.png', 'learn.svg']);
    const points = lines(join(folder, 'learn.jsonl')).map(({ check: _, ...point }) => point);
    assert.deepEqual(
      points.map(({ images }) => images),
      [0, 20, 40, 50],
    );
    const { rule, layers, settings } = json(join(folder, 'learn.json'));
    assert.deepEqual(
      rule.map(({ name, theta }: { name: string; theta: number }) => [name, theta]),
      [
        ['F0', 0.02],
        ['F9', 0.001],
        ['F2@1', -0.02],
        ['F2@2', -0.02],
        ['own', -0.01],
      ],
    );
    assert.deepEqual([layers, settings.fbk, settings.images], [[16, 5, 3], 'fix', 50]);
    const { folder: said, outcome, seed, settings: used, ...last } = JSON.parse(stdout);
    assert.deepEqual([said, outcome, seed, last], [folder, 'complete', 1, points.at(-1)]);
    assert.deepEqual([used.theta['F2@each'], used.images, used.layers], [-0.02, 50, [16, 5, 3]]);
    assert.match(readFileSync(join(folder, 'learn.csv'), 'utf8'), /\nlearn,accuracy,20,0?\.?\d+/);
  });

  test('says that the network diverged, and ends there', async () => {
    const { code, stderr } = await run([...LEARN.slice(0, -2), 'F3=-1e30', '--res', 'wild']);
    assert.equal(code, 1);
    assert.match(stderr, /Warning: The network diverged by image 20: smaller coefficients may help\./);
    assert.equal(lines(join(onlyRun(cwd, 'wild'), 'learn.jsonl')).at(-1).loss, 'NaN');
  });

  test('constants of a formula have their numbers by --theta too, and a run with other numbers learns otherwise', async () => {
    const own = ['--term', 'own = (y - c one) e_pre^T', '--json', '--quiet'];
    const with_ = (c: number, ...rest: string[]) =>
      run([...LEARN, ...own, '--theta', 'own=-0.01', `c=${c}`, 'F2@each=-0.02', '--res', 'constants', ...rest]);
    const [half, zero] = [await with_(0.5), await with_(0)];
    assert.equal(half.code, 0, half.stderr);
    assert.notEqual(JSON.parse(half.stdout).loss, JSON.parse(zero.stdout).loss);
    const written = await run([
      ...[...LEARN, '--term', 'own = (y - 0.5 one) e_pre^T', '--json', '--quiet', '--res', 'constants'],
      ...['--theta', 'own=-0.01', 'F2@each=-0.02'],
    ]);
    assert.ok(Math.abs(JSON.parse(written.stdout).loss - JSON.parse(half.stdout).loss) < 1e-6);
    const { rule } = json(join(JSON.parse(half.stdout).folder, 'learn.json'));
    assert.deepEqual(rule.at(-1), { name: 'c', theta: 0.5 });
  });

  const refused: [given: string[], message: RegExp][] = [
    [[...LEARN, '--term', 'own = y e_pre^T', '--theta', 'own=1', 'c=1'], /unknown term 'c'/],
    [['learn', ...DATA], /learn needs a rule: --theta F0=0.0029, for example/],
    [[...LEARN, '--theta', 'F0=1'], /--theta must name a term once, not 'F0' twice/],
    [[...LEARN, '--theta', 'F10=1'], /--theta and --term: unknown term 'F10'/],
    [[...LEARN, '--theta', 'F2@3=1'], /the term 'F2@3' is for layer 3, but the network has layers 1 to 2/],
    [[...LEARN, '--term', 'own = y'], /--theta must give every term a coefficient, but there is none for 'own'/],
    [[...LEARN, '--term', 'own = y', '--theta', 'own=1'], /--theta and --term: .*post x 1/],
    [
      [...LEARN.slice(0, 7), '--theta', 'F0=1', '--Q', '19'],
      /--Q must be below 19, .* smallest class \('c'\).*not '19'/,
    ],
    [['learn', ...DATA, '--theta', 'F0=1', '--images', '0'], /--images must be a whole number of at least 1, not '0'/],
    [['learn', 'more', ...DATA, '--theta', 'F0=1'], /Unexpected 'more'/],
    [[...LEARN, '--fbk', 'none'], /--fbk must be .*, not 'none'/],
  ];
  for (const [given, message] of refused) {
    test(`refuses ${given.filter((word) => !LEARN.includes(word)).join(' ')}`, async () => {
      const { code, stderr } = await run([...given, '--res', 'refused']);
      assert.match(stderr, message);
      assert.equal(code, 2);
      assert.ok(!existsSync(join(cwd, 'refused')));
    });
  }
});

/** An image with its rows and columns exchanged: other bytes. */
function turned(from: string, to: string): void {
  const { data } = PNG.sync.read(readFileSync(from));
  const png = new PNG({ width: 4, height: 4 });
  for (let i = 0; i < 16; i++) png.data.set(data.subarray(4 * (4 * (i % 4) + (i >> 2))).subarray(0, 4), 4 * i);
  writeFileSync(to, PNG.sync.write(png));
}

describe('test', () => {
  const trained = (async () => {
    const flags = ['--episodes', '4', '--quiet', '--res', 'runs'];
    for (const seed of ['1', '2'])
      await run([...SMALL, ...flags, '--vec', 'F2', '--seed', seed, '--test_name', `bio-${seed}`]);
    const oneClass = SMALL.with(SMALL.indexOf('--M') + 1, '1');
    await run([...oneClass, ...flags, '--split', '0.34', '0', '--test_name', 'split']);
  })();

  test('draws curves with bands of several runs, data and numbers of classes', async () => {
    await trained;
    const flags = ['--M', '2', '3', '--tasks', '3', '--every', '4', '--out', 'tested', '--json'];
    const { code, stdout, stderr } = await run(['test', 'runs/bio-1', 'runs/bio-2', ...flags]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /bio-1\S+ has been trained on all that it is tested on/);
    assert.deepEqual(
      listing(join(cwd, 'tested')),
      ['csv', 'json', 'md', 'png', 'svg'].map((suffix) => `meta-test.${suffix}`),
    );
    const { curves } = JSON.parse(stdout);
    assert.deepEqual(
      curves.map(({ curve, M, K, runs, tasks, from }: Record<string, unknown>) => [curve, M, K, runs, tasks, from]),
      [
        ['M=2', 2, 3, 2, 3, 'all classes'],
        ['M=3', 3, 3, 2, 3, 'all classes'],
      ],
    );
    const csv = readFileSync(join(cwd, 'tested', 'meta-test.csv'), 'utf8');
    const x = csv
      .split('\n')
      .filter((line) => /^M=3,loss,.*,$/.test(line))
      .map((line) => line.split(',')[2]);
    assert.deepEqual(x, ['0', '4', '8', '9']);
    assert.match(csv, new RegExp(`^M=3,loss,9,${curves[1].loss.mean},`, 'm'));
    assert.equal(
      csv.match(/^M=3,loss,9,[\d.]+,,,seed [12], task [123]$|^M=3,loss,9,[\d.]+,,,"seed [12], task [123]"$/gm)?.length,
      6,
    );
    const { tests } = json(join(cwd, 'tested', 'meta-test.json'));
    const [folder] = tests.map(({ run }: { run: string }) => run);
    const thetas = lines(join(folder, 'journal.jsonl')).map(({ theta }) => theta[1]);
    assert.ok(Math.abs(tests[0].theta.F2 - thetas.reduce((a, b) => a + b) / 4) < 1e-15);
  });

  test('on other data: images that a run was trained on are left out, outputs are those of the network or of the data', async () => {
    await trained;
    // Another folder with two of the classes; one image of class a is the run's own, one is new.
    mkdirSync('more/a', { recursive: true });
    mkdirSync('more/b', { recursive: true });
    for (const i of [0, 1, 2, 3, 4, 5, 6]) copyFileSync(`images/a/${i}.png`, `more/a/${i}.png`);
    for (const [i, source] of ['c/0', 'c/1', 'c/2', 'c/3', 'c/4', 'c/5', 'c/6'].entries())
      turned(`images/${source}.png`, `more/b/${i}.png`);
    for (const i of [0, 1, 2, 3, 4, 5, 6]) turned(`images/b/${i}.png`, `more/a/new${i}.png`);
    const flags = ['--database', 'more', '--tasks', '2', '--json', '--force'];
    const { stdout, stderr, code } = await run(['test', 'runs/bio-1', ...flags, '--out', 'other']);
    assert.equal(code, 0, stderr);
    const [curve] = JSON.parse(stdout).curves;
    assert.match(curve.from, /^all classes without 7 images of .*images$/);
    assert.equal(curve.outputs, 3);
    const data = JSON.parse((await run(['test', 'runs/bio-1', ...flags, '--outputs', 'data', '--out', 'two'])).stdout);
    assert.equal(data.curves[0].outputs, 2);
    assert.notEqual(data.curves[0].loss.mean, curve.loss.mean);
  });

  test('ablate: what each term of a run gives, with its effect; the terms that --only names', async () => {
    await trained;
    const flags = ['--tasks', '5', '--out', 'ablated', '--json'];
    const { code, stdout, stderr } = await run(['ablate', 'runs/bio-1', 'runs/bio-2', ...flags]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(listing(join(cwd, 'ablated')), ['ablation.json', 'ablation.md']);
    const { runs } = JSON.parse(stdout);
    for (const { terms } of runs) {
      assert.deepEqual(
        terms.map(({ name, gains }: { name: string; gains: number[] }) => [name, gains.length]),
        [
          ['F0', 5],
          ['F2', 5],
        ],
      );
      assert.equal(terms[0].effect, 1);
      assert.ok(terms[1].effect > 0);
    }
    assert.match(
      readFileSync('ablated/ablation.md', 'utf8'),
      /^2 runs, 5 tasks each, .* over tasks.*\n\n.*\n.*\n\| θ_0 /,
    );
    const only = await run(['ablate', 'runs/bio-1', '--only', 'F2', '--tasks', '2', '--out', 'one']);
    assert.match(only.stdout, /^one run, 2 tasks, /);
    assert.doesNotMatch(only.stdout, /\| θ_0 /);
    const wrong = await run(['ablate', 'runs/bio-1', '--only', 'F9', '--out', 'none']);
    assert.deepEqual([wrong.code, existsSync(join(cwd, 'none'))], [2, false]);
    assert.match(wrong.stderr, /--only must name terms of .* \(F0 F2\), not 'F9'/);
  });

  test('draws tasks from the classes that --split held out', async () => {
    await trained;
    const { code, stdout, stderr } = await run(['test', 'runs/split', '--tasks', '2', '--out', 'held', '--json']);
    assert.deepEqual([code, stderr.includes('Warning')], [0, false]);
    assert.equal(JSON.parse(stdout).curves[0].from, 'held-out classes');
  });

  const refused: [given: string[], message: RegExp][] = [
    [[], /test needs at least one folder of a run/],
    [['nowhere'], /test needs folders, but there is no folder 'nowhere'/],
    [['images'], /There is no run with an episode in images/],
    [
      ['runs/split', '--M', '2'],
      /--M must be at most 1, the classes of .*images that --split 0.34 0 holds out, not '2'/,
    ],
    [
      ['runs/split', '--from', 'images'],
      /--from must be all for .*split.*, which has no held-out images .*, not 'images'/,
    ],
    [['runs/bio-1', '--K', '17', '--Q', '3'], /--K plus --Q must be at most 19, .*not 17 \+ 3 = 20/],
    [['runs/bio-1', '--database', 'emnist-foo'], /--database must be emnist, .*not 'emnist-foo'/],
    [['runs/bio-1', '--database', 'mnist'], /--database mnist is not downloaded: name with --data_dir/],
    [['runs/bio-1', '--theta', 'best'], /--theta must be mean or last, not 'best'/],
    [
      ['runs/bio-1', '--engine', 'tensorflow'],
      /--engine tensorflow only runs whole episodes with their gradient: use wasm or reference/,
    ],
  ];
  for (const [given, message] of refused) {
    test(`refuses ${given.join(' ') || 'nothing'}`, async () => {
      await trained;
      const { code, stderr } = await run(['test', ...given, '--out', 'refused']);
      assert.match(stderr, message);
      assert.notEqual(code, 0);
      assert.ok(!existsSync(join(cwd, 'refused')));
    });
  }
});
