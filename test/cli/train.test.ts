import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { imageFolder, listing, onlyRun, run, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
let count = 0;
/** Flags that put results into a folder of the test's own, which is empty. */
const into = () => ['--res', `results-${++count}`];
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

const FILES = [
  ...['E1_meta.txt', 'acc_meta.txt', 'args.txt', 'e_ang_meta.txt', 'journal.jsonl', 'loss_meta.txt'],
  ...['accuracy', 'angle', 'loss', 'orthonormality', 'params'].flatMap((name) => [
    `meta_${name}.png`,
    `meta_${name}.svg`,
  ]),
  ...['params.txt', 'report.html', 'run.json'],
];

describe('a run', () => {
  test('leaves its folder, says its header, a line per episode and the summary', async () => {
    const [, res] = into();
    const { code, stdout, stderr } = await run([
      ...SMALL,
      '--episodes',
      '3',
      '--vec',
      '1',
      '--res',
      res!,
      '--test_name',
      'try',
    ]);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    const folder = onlyRun(cwd, join(res!, 'try'));
    assert.match(folder, /\/\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_1$/);
    assert.deepEqual(listing(folder), FILES);
    assert.match(stdout, /dW = θ0 \(-e y_pre'\)\n +\+ θ2 \(-e e_pre'\)\n/);
    assert.match(stdout, /16-5-3, softplus 10, feedback fixed random \(FA\)/);
    assert.match(stdout, /26 images of 4 x 4, 3 classes/);
    assert.equal(
      stdout.match(/^Train Episode: \d\tLoss: \d+\.\d{6}\tAccuracy: \d\.\d{3}\tMetaParam_1: .*\tMetaParam_2: /gm)
        ?.length,
      3,
    );
    assert.match(stdout, /theta F2 .*\n\nResults are in .*try/);
    assert.equal(readFileSync(join(folder, 'params.txt'), 'utf8'), stdout.match(/^Train Episode.*\n/gm)!.join(''));
  });

  test('run.json tells every setting, the rule, the data and the machine', async () => {
    const flags = [
      ...SMALL,
      ...into(),
      '--episodes',
      '1',
      '--term',
      "own = y e_pre'",
      '--init',
      'own=0.5',
      '--a',
      '-1e-3',
    ];
    const { stdout } = await run([...flags, '--json', '--quiet', '--fbk', 'sym', '--lamb', '0.1']);
    const file = json(join(JSON.parse(stdout).folder, 'run.json'));
    assert.deepEqual(file.rule, [
      { name: 'F0', formula: "-e y_pre'", initial: -1e-3 },
      { name: 'own', formula: "y e_pre'", initial: 0.5 },
    ]);
    assert.equal(file.settings.fbk, 'sym');
    assert.equal(file.settings.lamb, 0.1);
    assert.equal(file.settings.lr_meta, 1e-3);
    assert.equal(file.settings.database, join(process.cwd(), 'images'));
    assert.deepEqual(file.layers, [16, 5, 3]);
    assert.match(file.data.checksum, /^[0-9a-f]{64}$/);
    assert.equal(file.engine, 'wasm');
    assert.equal(file.node, process.version);
    assert.ok(file.machine.cores >= 1 && file.started.endsWith('Z'));
    const journal = json(join(JSON.parse(stdout).folder, 'journal.jsonl'));
    assert.deepEqual(journal.theta, [-1e-3, 0.5]);
  });

  test('--term_scale: what Adam does is in the header and, with what was measured, in run.json', async () => {
    const flags = [...SMALL, '--vec', 'F3', '--episodes', '2', '--lamb', '0.1', '--json'];
    const auto = await run([...flags, ...into(), '--term_scale', 'auto', '--clip', '3']);
    const [, scale] =
      /Adam +rate 0.001, L1 0.1 by subgradient steps, gradients clipped to norm 3, terms scaled: F3 x (.*)/.exec(
        auto.stderr,
      )!;
    const folder = JSON.parse(auto.stdout).folder;
    const { rule, settings } = json(join(folder, 'run.json'));
    assert.deepEqual([rule[0].scale, rule[1].scale, settings.term_scale], [undefined, Number(scale), 'auto']);
    assert.ok(Number(scale) > 0 && Number(scale) < 1);
    // Adam's first step is its rate, in the units that it sees.
    const second = JSON.parse(readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n')[1]!);
    assert.ok(Math.abs(Math.abs(second.theta[1]) - 1e-3 * Number(scale)) < 1e-8);
    const given = await run([...flags, ...into(), '--term_scale', `F3=${scale}`, '--clip', '3']);
    assert.deepEqual(JSON.parse(given.stdout).summary, JSON.parse(auto.stdout).summary);
  });

  test('safeguards are on where a rule has more than F0, off where it has not, or if they are not wanted', async () => {
    const adam = async (...flags: string[]) => {
      const { stderr } = await run([...SMALL, ...into(), '--episodes', '1', '--json', ...flags]);
      return /^Adam +rate 0.001, (.*)$/m.exec(stderr)![1]!;
    };
    assert.equal(await adam(), 'gradients clipped to norm 10');
    assert.equal(await adam('--clip', 'auto'), 'gradients not clipped');
    assert.match(await adam('--vec', 'F3'), /^gradients clipped to norm 10, terms scaled: F3 x 0\.\d+$/);
    assert.equal(await adam('--vec', 'F3', '--clip', 'off', '--term_scale', 'none'), 'gradients not clipped');
    assert.equal(await adam('--clip', '3'), 'gradients clipped to norm 3');
  });

  test('--parity draws as main.py does and turns the safeguards off', async () => {
    const { stdout, stderr } = await run([
      ...SMALL,
      ...into(),
      '--parity',
      '--clip',
      'off',
      '--episodes',
      '1',
      '--json',
    ]);
    assert.match(stderr, /^Tasks .*, classes drawn with replacement, always the first images/m);
    assert.match(stderr, /^Adam .*, gradients not clipped, as main.py does/m);
    const { settings } = json(join(JSON.parse(stdout).folder, 'run.json'));
    assert.deepEqual(
      [settings.replacement, settings.first_images, settings.clip, settings.l1, settings.term_scale],
      [true, true, 0, 'subgradient', {}],
    );
    const folder = JSON.parse(stdout).folder;
    assert.equal((await run(['--resume', folder, '--episodes', '2', '--quiet'])).code, 0);
  });

  test('--parity stops at the first episode that is not finite', async () => {
    const flags = [...SMALL, ...into(), '--episodes', '30', '--json', '--parity', '--a', '1e200'];
    const { code, stdout, stderr } = await run(flags);
    assert.equal(code, 1);
    assert.match(stderr, /Stopped after episode 1: loss or gradient was not finite\. What may help: /m);
    assert.equal(JSON.parse(stdout).summary.skipped, 1);
  });

  test('a run that learns nothing says so, with what may help', async () => {
    const flags = [...SMALL, ...into(), '--episodes', '120', '--a', '-0.5', '--lr_meta', '1e-9', '--vec', 'F2'];
    const bare = ['--clip', 'off', '--term_scale', 'none'];
    const { code, stdout, stderr } = await run([...flags, ...bare]);
    assert.equal(code, 0);
    assert.match(stdout, /^accuracy +0\./m);
    assert.match(
      stderr,
      /^Warning: It is stuck: .* What may help: --clip 10, --term_scale auto, --a 0\.001, an --lr_meta below 1e-9 or another --seed than 1\.$/m,
    );
    const safe = await run([...flags, '--quiet']);
    assert.match(
      safe.stderr,
      /^Warning: It is stuck: .* What may help: --term_scale F2=0\.1, --a 0\.001, an --lr_meta/,
    );
  });

  test('the same seed gives the same journal, another seed another one', async () => {
    const journal = async (seed: string) => {
      const { stdout } = await run([...SMALL, ...into(), '--episodes', '3', '--seed', seed, '--json', '--quiet']);
      return readFileSync(join(JSON.parse(stdout).folder, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*/g, '');
    };
    const first = await journal('5');
    assert.equal(await journal('5'), first);
    assert.notEqual(await journal('6'), first);
  });

  test('--json alone on stdout, the rest on stderr; --quiet says nothing', async () => {
    const flags = [...SMALL, '--episodes', '2'];
    const told = await run([...flags, ...into(), '--json']);
    const { outcome, summary } = JSON.parse(told.stdout);
    assert.equal(outcome, 'complete');
    assert.equal(summary.episodes, 2);
    assert.match(told.stderr, /^Rule .*[\s\S]*Results are in/m);
    assert.deepEqual(await run([...flags, ...into(), '--quiet']), { code: 0, stdout: '', stderr: '' });
  });

  test('on a terminal one line of progress, cut to its width; with --verbose a line per episode', async () => {
    const flags = [...SMALL, '--episodes', '2', '--vec', 'pool'];
    const shown = await run([...flags, ...into()], { terminal: true });
    assert.doesNotMatch(shown.stdout, /Train Episode/);
    const lines = shown.stderr.split('\r\x1b[K').filter(Boolean);
    assert.match(lines[0]!, /^\[#{5}-{5}\] 1\/2 {2}ETA 0:0\d {2}loss \d/);
    for (const line of lines) assert.ok([...line].length < 60);
    assert.ok(shown.stderr.endsWith('\r\x1b[K'));
    const verbose = await run([...flags, ...into(), '--verbose'], { terminal: true });
    assert.match(verbose.stdout, /Train Episode: 2/);
    assert.equal(verbose.stderr, '');
  });

  test('--config gives flags, the command line goes before it', async () => {
    const [, res] = into();
    writeFileSync(
      'config.json',
      JSON.stringify({
        database: 'images',
        dim: 4,
        layers: [16, 5, 3],
        M: 2,
        K: 3,
        Q: 2,
        vec: ['F2'],
        init: { F2: -0.01 },
        episodes: 9,
        lrMeta: 0.5,
        quiet: true,
        res,
      }),
    );
    const { code, stdout } = await run(['--config', 'config.json', '--episodes', '1', '--json']);
    assert.equal(code, 0);
    const { settings, rule } = json(join(JSON.parse(stdout).folder, 'run.json'));
    assert.equal(settings.episodes, 1);
    assert.equal(settings.lr_meta, 0.5);
    assert.equal(rule[1].initial, -0.01);
  });

  test('--split leaves classes and images out', async () => {
    const { code } = await run([...SMALL, ...into(), '--episodes', '2', '--quiet', '--split', '0.3', '0.3']);
    assert.equal(code, 0);
  });

  test('a run that diverges says so, stops, and keeps what it has', async () => {
    const flags = [...SMALL, ...into(), '--episodes', '30', '--json', '--a', '1e200'];
    const { code, stdout, stderr } = await run(flags);
    const { folder, outcome } = JSON.parse(stdout);
    assert.equal(code, 1);
    assert.equal(outcome, 'diverged');
    assert.match(stderr, /^Warning: Episode 1: loss or gradient is not finite/m);
    assert.match(stderr, /Stopped after episode 10: .* in a row\. What may help: .*--a 0\.001/);
    assert.equal(readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').length, 11);
    assert.deepEqual(listing(folder), FILES);
    const again = await run(['--resume', folder, '--quiet']);
    assert.equal(again.code, 1);
  });

  test('says nothing of a GPU where none may be used', async () => {
    const flags = [...SMALL, '--episodes', '1'];
    assert.doesNotMatch((await run([...flags, ...into(), '--gpu_mode', '0'])).stdout, /GPU/);
  });

  test('several that start at once get folders of their own', async () => {
    const [, res] = into();
    const flags = [...SMALL, '--episodes', '1', '--quiet', '--res', res!];
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => start(flags, cwd).ended));
    assert.deepEqual(
      outcomes.map(({ code, stderr }) => [code, stderr]),
      Array(4).fill([0, '']),
    );
    const folders = readdirSync(join(cwd, res!));
    assert.equal(folders.length, 4);
    for (const folder of folders) assert.deepEqual(listing(join(cwd, res!, folder)), FILES);
  });
});

describe('the program', () => {
  test('--help fits 80 columns and names every flag', async () => {
    for (const argv of [['--help'], ['data', '-h']]) {
      const { code, stdout } = await run(argv);
      assert.equal(code, 0);
      for (const line of stdout.split('\n')) assert.ok([...line].length <= 80, line);
    }
    const { stdout } = await run(['--help', '--episodes', '3']);
    for (const flag of [
      'gpu_mode',
      'seed',
      'database',
      'dim',
      'test_name',
      'episodes',
      'K',
      'Q',
      'M',
      'lamb',
      'lr_meta',
      'a',
      'res',
      'avg_window',
      'vec',
      'fbk',
    ]) {
      assert.match(stdout, new RegExp(`^  --${flag} `, 'm'));
    }
  });

  test('--version', async () => {
    const { stdout } = await run(['--version']);
    const { version } = json(new URL('../../package.json', import.meta.url).pathname);
    assert.equal(stdout, `${version}\n`);
    const verbose = await run(['--version', '--verbose']);
    assert.match(verbose.stdout, new RegExp(`^${version}\nNode ${process.version}\n(Engine .*\n)+$`));
    assert.match(verbose.stdout, /^Engine tensorflow \(@tensorflow\/tfjs-backend-wasm, WebAssembly on the CPU/m);
  });
});

test('--meta_batch: the same journal for any number of --workers', async () => {
  const journals: string[] = [];
  for (const workers of ['1', '2', '3']) {
    const { code, stdout } = await run([
      ...SMALL,
      '--episodes',
      '3',
      '--meta_batch',
      '4',
      '--workers',
      workers,
      '--json',
    ]);
    assert.equal(code, 0);
    const text = readFileSync(join(JSON.parse(stdout).folder, 'journal.jsonl'), 'utf8');
    journals.push(text.replace(/"ms":[^,]*,/g, ''));
  }
  assert.equal(journals[1], journals[0]);
  assert.equal(journals[2], journals[0]);
});

test('--workers 1 does without the helper thread, to the same journal', async () => {
  const journal = async (...flags: string[]) => {
    const { stdout } = await run([...SMALL, '--episodes', '6', '--vec', 'bio', '--json', ...flags]);
    return readFileSync(join(JSON.parse(stdout).folder, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*,/g, '');
  };
  assert.equal(await journal('--workers', '1'), await journal());
});

test('--relaxed goes with the wasm engine only', async () => {
  const { code, stderr } = await run([...SMALL, '--relaxed', '--engine', 'reference']);
  assert.equal(code, 2);
  assert.match(stderr, /--relaxed goes with --engine wasm, not 'reference'/);
});
