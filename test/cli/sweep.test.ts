import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { sweepWith } from '#dist/cli/sweep.js';
import { findRuns } from '#dist/results/recorded-run.js';
import type { RunProgram } from '#dist/sweep/program.js';
import { imageFolder, listing, run, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const GRID = ['--grid', 'fbk=fix,sym', 'vec=none,F2 F9', '--seeds', '1..2', '--episodes', '3', '--jobs', '2'];
const sweep = (...argv: string[]) => run(['sweep', ...argv]);

/** Journals by group and seed, without their times. */
async function journals(out: string) {
  const folders = await findRuns(join(out, 'runs'));
  return Object.fromEntries(
    folders.map((folder) => [
      folder.slice(out.length).replace(/\/[\d_-]*$/, ''),
      readFileSync(join(folder, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*,/g, ''),
    ]),
  );
}

/** Runs the command with a stand-in for the program, which hears the words of each run. */
async function sweepBy(program: RunProgram, argv: readonly string[]) {
  const texts: string[] = [];
  const stream = { write: (text: string) => texts.push(text) };
  const code = await sweepWith(program).run(argv, { stdout: stream, stderr: stream, env: {} });
  return { code, said: texts.join('') };
}
const none: RunProgram = () => assert.fail('nothing is due');

describe('sweep', () => {
  let first: Awaited<ReturnType<typeof run>>;
  before(async () => {
    first = await sweep(...GRID, ...SMALL, '--out', 'whole');
  });

  test('runs every combination with every seed, and leaves recipe, runs, figure and tables', () => {
    const { code, stdout, stderr } = first;
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^8 runs, 0 of them done before; 2 at a time\n/);
    assert.match(stdout, /\[##########\] 8\/8 runs {2}24\/24 steps .* {2}fbk=sym F0 \+ F2 \+ F9, seed \d\n/);
    assert.match(stdout, /\| fbk=fix F0 \(2 seeds\) \| fbk=fix F0 \+ F2 \+ F9 \(2 seeds\) \| fbk=sym F0 \(2 seeds\)/);
    assert.deepEqual(readdirSync('whole').sort(), [
      ...['findings.json', 'report.html', 'runs', 'sweep.csv', 'sweep.json', 'sweep.md', 'sweep.png', 'sweep.svg'],
    ]);
    const { grid, seeds, flags } = JSON.parse(readFileSync('whole/sweep.json', 'utf8'));
    assert.deepEqual([grid, seeds], [{ fbk: ['fix', 'sym'], vec: ['none', 'F2 F9'] }, '1..2']);
    assert.equal(flags.database, join(process.cwd(), 'images'), 'paths are absolute: it goes on from anywhere');
  });

  test('each run’s journal is, byte for byte, that of the command that --print_commands prints', async () => {
    const { stdout } = await sweep(...GRID, ...SMALL, '--out', 'printed', '--print_commands');
    assert.ok(!existsSync('printed'));
    const commands = stdout.trim().split('\n');
    assert.equal(commands.length, 8);
    for (const command of commands) {
      const [, ...words] = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      assert.equal((await run([...words.slice(1), '--no_figures', '--quiet'])).code, 0, command);
    }
    assert.deepEqual(await journals('printed'), await journals('whole'));
    const { code, said } = await sweepBy(none, [...GRID, ...SMALL, '--out', 'printed']);
    assert.match(said, /^8 runs, 8 of them done before/);
    assert.equal(code, 0);
  });

  test('a larger grid does what is new only, whatever runs are called then; so do more seeds and episodes', async () => {
    cpSync('whole', 'larger', { recursive: true });
    const words: string[] = [];
    const heard: RunProgram = async (argv) => {
      words.push(argv.join(' '));
      return { code: 0, stdout: '', lastWords: [] };
    };
    await sweepBy(heard, [
      ...GRID.with(1, 'fbk=fix,sym,dfa'),
      ...SMALL,
      '--out',
      'larger',
      '--zip',
      'lamb=0,0.1',
    ]).catch(() => {});
    assert.equal(words.length, 3 * 2 * 2 * 2 - 8);
    words.length = 0;
    await sweepBy(heard, ['larger', '--seeds', '1..3']).catch(() => {});
    assert.equal(words.length, 3 * 2 * 2 * 3 - 8);
    cpSync('whole', 'longer', { recursive: true });
    assert.equal((await sweep('longer', '--episodes', '4', '--quiet')).code, 0);
    assert.ok(Object.values(await journals('longer')).every((journal) => journal.split('\n').length === 5));
    assert.match((await sweep('longer', '--dry_run')).stdout, /8 runs, 8 of them done/, 'the folder remembers');
  });

  test('a YAML file, and the folder from another place', async () => {
    writeFileSync(
      'mine.yaml',
      `# Two ways of feedback
title: Mine
flags: { database: images, dim: 4, layers: [16, 5, 3], M: 2, K: 3, Q: 2, episodes: 3, clip: off }
grid:
  fbk: [fix, sym]
  vec: [none, F2 F9]
exclude:
  - { fbk: sym, vec: F9 F2 }
seeds: 1..2
draw: [{ column: accuracy, runs: [fbk=sym F0] }]
`,
    );
    const { code, stdout } = await sweep('mine.yaml', '--out', 'yaml');
    assert.equal(code, 0);
    assert.match(stdout, /^6 runs/);
    process.chdir('yaml');
    assert.match((await sweep('.', '--dry_run')).stdout, /\n6 runs, 6 of them done/);
    process.chdir('..');
    assert.match((await run(['reproduce', 'mine.yaml', '--res', 'byYaml', '--seeds', '1'])).stdout, /^3 runs/);
  });

  test('networks that learn', async () => {
    const flags = [
      '--theta',
      'F0=0.01',
      '--images',
      '12',
      '--every',
      '4',
      '--Q',
      '2',
      '--dim',
      '4',
      '--database',
      'images',
    ];
    const argv = ['learn', ...flags, '--layers', '16,5,3', '--grid', 'fbk=fix,sym', '--seeds', '2', '--out', 'learnt'];
    const { code, stdout, stderr } = await sweep(...argv);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /\| fbk=fix \(2 seeds\) \| fbk=sym \(2 seeds\) \|/);
    assert.match((await sweep('learnt', '--dry_run')).stdout, /4 runs, 4 of them done/);
    assert.ok(!listing('learnt/runs').some((path) => path.endsWith('.svg')));
  });

  test('--dry_run says every run, what is done, and how long the rest takes; nothing is written', async () => {
    const small = SMALL.toSpliced(SMALL.indexOf('--K'), 2);
    const dry = await sweep(...GRID, ...small, '--out', 'whole', '--grid', 'K=3,4', '--dry_run');
    assert.match(dry.stdout, /- fbk=sym F0 \+ F2 \+ F9 K=4: `--vec F2 F9 --fbk sym --K 4`/);
    assert.match(dry.stdout, /\| fbk=fix F0 K=3 .*\| 2 +\| 2 +\| 3 +\| +\|/, 'done: not measured');
    assert.match(dry.stdout, /\| fbk=fix F0 K=4 .*\| 2 +\| 0 +\| 3 +\| \d[\d.]* +\|/);
    assert.match(dry.stdout, /\n16 runs, 8 of them done; the others take about 0:\d\d, 2 at a time/);
    assert.deepEqual(JSON.parse(readFileSync('whole/sweep.json', 'utf8')).grid.K, undefined);
  });

  test('one that fails stops no other, is listed with its own sentence, and is tried again', async () => {
    let fails = true;
    const program: RunProgram = async (argv) => {
      if (fails && argv[argv.indexOf('--seed') + 1] === '2')
        return { code: 1, stdout: '', lastWords: ['Warning: x', 'meta-plasticity: no luck'] };
      const { code, stdout } = await run(argv);
      return { code, stdout, lastWords: [] };
    };
    const argv = [
      '--grid',
      'fbk=fix,sym',
      ...SMALL,
      '--seeds',
      '3',
      '--episodes',
      '2',
      '--out',
      'failing',
      '--jobs',
      '1',
    ];
    const failed = await sweepBy(program, argv);
    assert.equal(failed.code, 1);
    assert.match(
      failed.said,
      /Warning: 2 runs failed:\n- fbk=fix, seed 2: no luck\n {2}\S+failing.runs.fbk=fix-\w{8}\n/,
    );
    assert.match(failed.said, /\| fbk=fix \(2 seeds\)/, 'what there is is shown');
    assert.ok(listing('failing/runs').some((path) => path.endsWith('seed-2.failed.json')));
    fails = false;
    const again = await sweepBy(program, ['failing']);
    assert.equal(again.code, 0);
    assert.match(again.said, /^6 runs, 4 of them done before/);
    assert.ok(!listing('failing/runs').some((path) => path.endsWith('failed.json')));
  });
});

describe('stopped, killed', () => {
  const argv = ['sweep', ...SMALL, '--seeds', '4', '--episodes', '400', '--jobs', '2', '--out', 'long'];
  const lines = () =>
    existsSync('long/runs')
      ? listing('long/runs')
          .filter((path) => path.endsWith('journal.jsonl'))
          .map((path) => readFileSync(join('long/runs', path), 'utf8').split('\n').length - 1)
      : [];
  /** Starts it, and calls back once some run has so many episodes more. */
  const until = async (more: number, then: (child: ReturnType<typeof start>['child']) => void) => {
    const before = lines().reduce((sum, n) => sum + n, 0);
    const { child, ended } = start(argv, cwd);
    const poll = setInterval(() => {
      if (lines().reduce((sum, n) => sum + n, 0) < before + more) return;
      clearInterval(poll);
      then(child);
    }, 5);
    const outcome = await ended;
    clearInterval(poll);
    return outcome;
  };
  const workersOf = (pid: number) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);

  test('Ctrl-C ends the episodes under way, twice at once; kill -9 of either process loses no episode', async (t) => {
    const once = await until(40, (child) => child.kill('SIGINT'));
    assert.equal(once.code, 130);
    assert.match(once.stderr, /To go on: npx meta-plasticity sweep \S+long\n$/);
    assert.ok(!listing('long/runs').some((path) => path.endsWith('lock')), 'ended by themselves');
    const before = lines();
    assert.ok(Math.max(...before) > 1);
    const killed = await until(40, (child) => child.kill('SIGKILL'));
    assert.equal(killed.code, null);
    if (process.platform === 'linux') {
      const outcome = await until(40, ({ pid }) => process.kill(workersOf(pid!)[0]!, 'SIGKILL'));
      assert.equal(outcome.code, 1);
      assert.match(outcome.stderr, /1 run failed:\n- F0, seed \d: its process was ended by a signal\n/);
    } else t.diagnostic('skipped: no /proc to find the workers by');
    assert.equal((await run([...argv, '--quiet'])).code, 0);
    const whole = [...argv.slice(0, -1), 'atOnce', '--quiet'];
    assert.equal((await run(whole)).code, 0);
    assert.deepEqual(await journals('long'), await journals('atOnce'));
    assert.ok(!listing('long/runs').some((path) => /lock$|failed\.json$/.test(path)));
  });

  test('two on one folder share the runs', async () => {
    const shared = [...argv.slice(0, -1), 'shared'];
    const both = await Promise.all([1, 2].map(() => start(shared, cwd).ended));
    for (const { code, stderr } of both) assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(await journals('shared'), await journals('atOnce'));
    assert.equal((await findRuns('shared/runs')).length, 4);
  });
});

describe('refuses, before anything is written', () => {
  for (const [argv, message] of [
    [[], /^meta-plasticity: sweep needs --grid, --zip or --seeds, a study, or the folder of a sweep\./],
    [['--grid', 'K=3,50'], /^meta-plasticity: Run K=50: --K plus --Q must be at most/],
    [['--grid', 'vec=F2,F3', '--init', 'F2=0.1'], /^meta-plasticity: Run F0 \+ F3: --init must be about a term/],
    [
      ['--grid', 'fbk=fix,sign'],
      /^meta-plasticity: Run fbk=sign: --engine must be reference or tensorflow for feedback/,
    ],
    [['--grid', 'engine=reference', '--relaxed'], /^meta-plasticity: Run engine=reference: --relaxed goes with/],
    [['--grid', 'fbk=fix,sym', '--fbk', 'fix'], /--fbk must be left out: the sweep has several values of it/],
    [['--grid', 'K=3,4', 'K=5'], /--grid must have each flag once, not K twice/],
    [['--theta', 'F0=1', '--seeds', '2'], /--theta is no flag of train: sweep learn has it/],
    [['--seeds', 'x'], /--seeds must be a whole number from 1 to 10000, or like 1\.\.20 or 3,5,8, not 'x'/],
    [['whole.yaml'], /whole\.yaml is not a YAML file \(.* at line \d/],
    [['tagged.yaml'], /tagged\.yaml is not a YAML file \(Unresolved tag/],
    [['images'], /sweep needs the folder of a sweep, but 'images' has no sweep\.json/],
    [['fig33'], /There is no study 'fig33'/],
    [['fig3', '--grid', 'K=3'], /--grid goes with flags alone: 'fig3' says by itself what is run/],
    [['all'], /sweep takes one study, not 'all'/],
  ] as const)
    test(`sweep ${argv.join(' ')}`, async () => {
      writeFileSync('whole.yaml', 'title: t\nruns: {A: {}\n');
      writeFileSync('tagged.yaml', 'title: !!js/function x\nruns: {A: {}}\n');
      const small = argv[0]?.startsWith('--')
        ? SMALL.filter((_, i, all) => ![i, i - 1].some((j) => all[j] === '--K' && argv[1]?.includes('K=')))
        : [];
      const { code, stdout, stderr } = await sweep(...argv, ...small, '--out', 'refused', '--quiet');
      assert.match(stderr, message);
      assert.deepEqual([code, stdout, existsSync('refused')], [2, '', false]);
    });
});

test('--help fits 80 columns', async () => {
  const { stdout } = await sweep('--help');
  for (const line of stdout.split('\n')) assert.ok([...line].length <= 80, line);
});
