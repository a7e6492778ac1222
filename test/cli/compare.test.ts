import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { findRuns } from '#dist/results/recorded-run.js';
import { imageFolder, listing, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);

describe('compare', () => {
  before(async () => {
    for (const [seed, ...flags] of [['1'], ['2'], ['1', '--vec', 'F2'], ['2', '--vec', 'F2'], ['1', '--fbk', 'sym']]) {
      const place = ['--res', 'runs', '--test_name', `seed-${seed}`, '--quiet'];
      await run([...SMALL, ...flags, '--seed', seed!, '--episodes', '3', ...place]);
    }
  });

  test('puts seeds of equal settings together, names groups by what differs, and says means and bands', async () => {
    const { code, stdout, stderr } = await run(['compare', 'runs', '--out', 'all']);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    const head = stdout.split('\n').find((line) => line.includes('seeds)'))!;
    assert.deepEqual(
      head
        .split('|')
        .map((cell) => cell.trim())
        .filter(Boolean)
        .sort(),
      ['F0 + F2 fbk=fix (2 seeds)', 'F0 fbk=fix (2 seeds)', 'F0 fbk=sym (1 seed)'],
    );
    assert.match(stdout, /^\| +\| rule +\| fbk +\| term_scale +\| test_name +\|/);
    assert.match(stdout, /^\| F0 \+ F2 fbk=fix +\| F0 \+ F2 +\| fix +\| auto +\| seed-1, seed-2 \|$/m);
    assert.match(
      stdout,
      /\nEnds: means over the last 100 episodes, of coefficients over the last 50; a band needs at least 4 seeds\./,
    );
    assert.deepEqual(
      listing('all'),
      ['csv', 'md', 'png', 'svg'].map((type) => `comparison.${type}`),
    );
    assert.ok(stdout.startsWith(readFileSync('all/comparison.md', 'utf8').trimEnd()));
  });

  test('the mean is that of the journals', async () => {
    await run(['compare', 'runs', '--out', 'mean', '--quiet', '--avg_window', '1']);
    const losses: number[] = [];
    for (const folder of await findRuns('runs')) {
      const { settings } = JSON.parse(readFileSync(`${folder}/run.json`, 'utf8'));
      if (settings.vec[0] !== 'F2') continue;
      losses.push(JSON.parse(readFileSync(`${folder}/journal.jsonl`, 'utf8').split('\n')[1]!).loss);
    }
    assert.equal(losses.length, 2);
    const csv = readFileSync('mean/comparison.csv', 'utf8');
    const [, mean, low, high] = /^F0 \+ F2 fbk=fix,loss,2,(.*),(.*),(.*),$/m.exec(csv)!;
    assert.ok(Math.abs(Number(mean) - (losses[0]! + losses[1]!) / 2) < 1e-12);
    assert.deepEqual([low, high], ['', ''], 'no band of two seeds');
    const seeds = [...csv.matchAll(/^F0 \+ F2 fbk=fix,loss,2,(.*),,,seed ([12])$/gm)];
    assert.deepEqual(
      seeds.map(([, loss, seed]) => [Number(loss), seed]),
      losses.map((loss, i) => [loss, `${i + 1}`]),
    );
  });

  test('--last says over how many episodes the means are', async () => {
    const { stdout } = await run(['compare', 'runs', '--out', 'last', '--last', '1']);
    assert.match(stdout, /\nEnds: the last episode; a band/);
    const [folder] = (await findRuns('runs/seed-1')).filter((path) =>
      /"fbk": "sym"/.test(readFileSync(`${path}/run.json`, 'utf8')),
    );
    const { theta } = JSON.parse(readFileSync(`${folder}/journal.jsonl`, 'utf8').trim().split('\n').at(-1)!);
    const [, cell] = /^\| θ_0 .* \| ([\d.]+) +\|$/m.exec(stdout)!;
    assert.ok(Math.abs(Number(cell) - theta[0]) < 1e-5);
  });

  test('one run works too, without bands, and a run given twice counts once', async () => {
    const [folder] = await findRuns('runs');
    const { code, stdout } = await run(['compare', folder!, folder!, '--out', 'one', '--json', '--quiet']);
    assert.equal(code, 0);
    const { groups } = JSON.parse(stdout);
    assert.equal(groups.length, 1);
    assert.equal(groups[0].runs.length, 1);
    assert.doesNotMatch(readFileSync('one/comparison.svg', 'utf8'), /aria-description="band/);
  });

  test('equal rules on equal data are one group, however they were said and wherever it lies', async () => {
    cpSync('images', 'copy', { recursive: true });
    for (const [seed, ...flags] of [
      ['1', '--vec', 'bio'],
      ['2', '--vec', '1', '2'],
      ['3', '--vec', 'F9', 'F2', '--database', 'copy'],
    ]) {
      const small = flags.includes('--database') ? SMALL.slice(2) : SMALL;
      await run([...small, ...flags, '--seed', seed!, '--episodes', '2', '--res', 'alike', '--quiet']);
    }
    const { code, stdout } = await run(['compare', 'alike', '--out', 'alike-out', '--json', '--quiet']);
    assert.equal(code, 0);
    const { groups } = JSON.parse(stdout);
    assert.deepEqual(
      groups.map(({ name, runs }: { name: string; runs: string[] }) => [name, runs.length]),
      [['runs', 3]],
    );
  });

  test('a damaged run is named and left out; links are followed, each folder counts once', async () => {
    const [first, second] = (await findRuns('runs')) as [string, string];
    cpSync(first, 'some/whole', { recursive: true });
    cpSync(second, 'some/damaged', { recursive: true });
    cpSync(second, 'some/broken', { recursive: true });
    const journal = 'some/damaged/journal.jsonl';
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"accuracy":', '"accuracy":1'));
    truncateSync('some/broken/run.json', 100);
    symlinkSync('.', 'some/loop');
    symlinkSync('whole', 'some/again');
    symlinkSync('nowhere', 'some/dangling');
    mkdirSync('linked');
    symlinkSync('../some', 'linked/link');
    for (const folder of ['some', 'linked']) {
      const { code, stdout, stderr } = await run(['compare', folder, '--out', `of-${folder}`, '--json', '--quiet']);
      assert.equal(code, 0);
      const warnings = stderr.trimEnd().split('\n');
      assert.equal(warnings.length, 2, stderr);
      assert.match(stderr, /^Warning: .*broken is left out: .*broken\/run\.json is damaged \(/m);
      assert.match(
        stderr,
        /^Warning: .*damaged is left out: Line 1 of .*damaged\/journal\.jsonl is damaged \(it does not fit/m,
      );
      const { groups } = JSON.parse(stdout);
      assert.deepEqual(
        groups.map(({ runs }: { runs: string[] }) => runs.length),
        [1],
      );
      assert.match(groups[0].runs[0], /\/whole$/);
    }
  });

  test('refuses what is no folder, has no run, or is not given', async () => {
    mkdirSync('empty');
    for (const [argv, message] of [
      [[], /compare needs at least one folder/],
      [['nowhere'], /there is no folder 'nowhere'/],
      [['empty'], /There is no run with an episode in empty/],
    ] as const) {
      const { code, stderr } = await run(['compare', ...argv, '--out', 'refused']);
      assert.match(stderr, message);
      assert.equal(code, 2);
      assert.ok(!existsSync('refused'));
    }
  });
});
