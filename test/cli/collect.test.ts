import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { parquetReadObjects } from 'hyparquet';
import { imageFolder, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const collect = (...argv: string[]) => run(['collect', ...argv]);
/** Rows of a CSV file without quotes in its cells' middle. */
const rowsOf = (path: string) => {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const cells = (line: string) =>
    [...line.matchAll(/("[^"]*"|[^,]*)(,|$)/g)].map(([, cell]) => cell!.replace(/^"|"$/g, ''));
  const names = cells(head!).slice(0, -1);
  return lines.map((line) =>
    Object.fromEntries(
      cells(line)
        .slice(0, -1)
        .map((cell, i) => [names[i]!, cell]),
    ),
  );
};

describe('collect', () => {
  before(async () => {
    for (const seed of ['1', '2']) {
      const { stdout } = await run([
        ...SMALL,
        '--seed',
        seed,
        '--vec',
        'F9',
        '--term',
        "own = y y_pre'",
        '--episodes',
        '3',
        '--res',
        'loop',
        '--json',
        '--no_figures',
      ]);
      const { settings, ...result } = JSON.parse(stdout);
      assert.deepEqual(
        [result.seed, settings.vec, settings.episodes],
        [Number(seed), ['F9'], 3],
        '--json says the settings',
      );
    }
    const learning = ['--theta', 'F0=0.01', '--images', '12', '--every', '4', '--Q', '2', ...SMALL.slice(0, 6)];
    assert.equal((await run(['learn', ...learning, '--res', 'course', '--no_figures', '--quiet'])).code, 0);
    const testing = ['--tasks', '2', '--database', 'images', '--M', '2', '--K', '2', '--Q', '2'];
    assert.equal(
      (await run(['test', 'loop', ...testing, '--out', 'tests', '--quiet'])).stderr.includes('meta-plasticity:'),
      false,
    );
  });

  test('a row a run, the same columns in the same order, in CSV and in Parquet', async () => {
    const { code, stdout } = await collect('loop', 'course', 'tests', '--out', 'all.csv');
    assert.equal(code, 0);
    assert.match(stdout, /^4 rows of \d+ columns, of 4 runs: all\.csv\n$/);
    const rows = rowsOf('all.csv');
    const names = Object.keys(rows[0]!);
    assert.deepEqual(names.slice(0, 6), ['id', 'command', 'seed', 'rule', 'vec', 'term']);
    const numbers = names.slice(names.indexOf('outcome'));
    assert.deepEqual(numbers, [
      ...['outcome', 'accuracy', 'loss', 'theta_F0', 'theta_F9', 'theta_own', 'angle_0', 'angle_1'],
      ...['orthonormality_1', 'orthonormality_2', 'seconds', 'folder'],
    ]);
    const [first, second, course, tested] = rows;
    assert.match(first!.id!, /^[0-9a-f]{8}-1$/);
    assert.equal(second!.id, first!.id!.replace(/1$/, '2'));
    const some = ['command', 'rule', 'vec', 'term', 'K', 'replacement', 'layers', 'outcome'].map(
      (name) => first![name],
    );
    assert.deepEqual(some, ['train', 'F0 + F9 + own', 'F9', "own = y y_pre'", '3', 'false', '16,5,3', 'complete']);
    const journal = readFileSync(`${first!.folder}/journal.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const mean = (value: (record: (typeof journal)[number]) => number) =>
      journal.reduce((sum, record) => sum + value(record), 0) / 3;
    assert.ok(Math.abs(Number(first!.accuracy) - mean(({ accuracy }) => accuracy)) < 1e-12);
    assert.ok(Math.abs(Number(first!.theta_F9) - mean(({ theta }) => theta[1])) < 1e-12);
    assert.ok(Math.abs(Number(first!.seconds) - (3 * mean(({ ms }) => ms)) / 1000) < 1e-9);
    assert.deepEqual([course!.command, course!.images, course!.theta_F0, course!.vec], ['learn', '12', '0.01', '']);
    assert.deepEqual([tested!.command, tested!.tasks, tested!.M], ['test', '2', '2']);

    assert.equal((await collect('loop', 'course', 'tests', '--out', 'all.parquet')).code, 0);
    const { buffer } = Uint8Array.from(readFileSync('all.parquet'));
    const read = await parquetReadObjects({ file: buffer });
    assert.deepEqual(Object.keys(read[0]!), names);
    for (const [i, row] of read.entries())
      for (const name of names) assert.equal(String(row[name] ?? ''), rows[i]![name], `${name} of row ${i}`);
    const { seed, K, lr_meta, replacement, theta_F9 } = read[0]!;
    assert.deepEqual([seed, K, lr_meta, replacement, typeof theta_F9], [1n, 3n, 0.001, false, 'number']);
  });

  test('--episodes: a row an episode, or a measurement', async () => {
    const { stdout } = await collect('loop', 'course', '--out', 'each.csv', '--episodes');
    assert.match(stdout, /^10 rows/);
    const rows = rowsOf('each.csv');
    assert.deepEqual(
      rows.map(({ episode, image }) => episode || image),
      [...'123123', '0', '4', '8', '12'],
    );
    const journal = readFileSync(`${rows[0]!.folder}/journal.jsonl`, 'utf8').split('\n');
    assert.equal(Number(rows[1]!.loss), JSON.parse(journal[1]!).loss);
  });

  test('what is damaged is named and left out; nothing is written over; nothing at all is refused', async () => {
    const [run1] = rowsOf('all.csv');
    const path = `${run1!.folder}/journal.jsonl`;
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"loss":', '"loss":1'));
    const { code, stdout, stderr } = await collect('loop', '--out', 'left.csv');
    writeFileSync(path, text);
    assert.equal(code, 0);
    assert.match(stderr, /is left out: Line 1 of .*journal\.jsonl is damaged/);
    assert.match(stdout, /^1 rows/);
    for (const [argv, message] of [
      [['loop', '--out', 'left.csv'], /--out must be a new file, not 'left\.csv'/],
      [['loop', '--out', 'a.xls'], /--out must be a file that ends in \.csv or \.parquet, not 'a\.xls'/],
      [['images', '--out', 'b.csv'], /There are no results in images/],
      [['nowhere', '--out', 'b.csv'], /collect needs folders, but there is no folder 'nowhere'/],
    ] as const) {
      const refused = await collect(...argv);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, message);
    }
  });
});
