import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { EpisodeRecord } from '#dist/meta/record.js';
import { appendTextLogs, episodeLine, rewriteTextLogs, writeArgs } from '#dist/report/text-logs.js';
import { record } from './records.js';

const root = mkdtempSync(join(tmpdir(), 'text-logs-'));
after(() => rmSync(root, { recursive: true }));
const folder = (): string => mkdtempSync(join(root, 'run-'));
const read = (path: string, file: string): string => readFileSync(join(path, file), 'utf8');

/** NaN, infinities, negative and huge numbers, two terms. */
const hard: EpisodeRecord[] = [
  record(1, { theta: [1e-3, 0], loss: 3.86, accuracy: 0.02 }),
  record(2, { theta: [-0.0441234567, 5.2e-3], loss: Number.NaN, accuracy: 0, angles: new Array(6).fill(Number.NaN) }),
  record(3, { theta: [1e21, -1.5e300], loss: Number.POSITIVE_INFINITY, accuracy: 1 }),
  record(4, { theta: [-1e-9, 12.5], loss: 1e22, angles: [90, -0.5, Number.NEGATIVE_INFINITY, 60, 50, 0] }),
  record(5, { theta: [0.25, -0.125], loss: 1234567.891 }),
];

/** The release's reader of params.txt: numbers and `nan` in the order found, so many in a row of the table. */
function readParams(text: string, terms: number): number[][] {
  const numbers = [...text.matchAll(/(-?\d+\.\d+|nan)/g)].map(([word]) => (word === 'nan' ? Number.NaN : Number(word)));
  assert.equal(numbers.length % (terms + 2), 0, 'the numbers do not fill the table');
  return Array.from({ length: numbers.length / (terms + 2) }, (_, i) =>
    numbers.slice(i * (terms + 2), (i + 1) * (terms + 2)),
  );
}

/** numpy.loadtxt: lines of words apart by white space, all lines of one length. */
function loadtxt(text: string): number[][] {
  const rows = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line
        .trim()
        .split(/\s+/)
        .map((word) => (word === 'nan' ? Number.NaN : Number(word))),
    );
  for (const row of rows) assert.equal(row.length, rows[0]!.length);
  return rows;
}

/** What six decimals keep of a number. */
function assertClose(actual: readonly number[], expected: readonly number[], precision: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    if (Number.isFinite(value)) assert.ok(Math.abs(actual[i]! - value) <= precision, `${actual[i]} is not ${value}`);
    else assert.ok(Number.isNaN(actual[i]), `${actual[i]} stands for ${value}`);
  }
}

describe('text logs', () => {
  test("an episode's line is main.py's, byte for byte", () => {
    const theta = [0.001, 0];
    assert.equal(
      episodeLine(record(1, { loss: 3.86, accuracy: 0.02, theta })),
      'Train Episode: 1\tLoss: 3.860000\tAccuracy: 0.020\tMetaParam_1: 0.001000\tMetaParam_2: 0.000000',
    );
  });

  test('numbers half-way between two decimals go to the even one, as in Python', () => {
    const accuracies = [1 / 16, 3 / 16, 5 / 16, 7 / 16, 0.0005, 0.0015, 1];
    const written = accuracies.map((accuracy) => /Accuracy: (\S+)/.exec(episodeLine(record(1, { accuracy })))![1]);
    assert.deepEqual(written, ['0.062', '0.188', '0.312', '0.438', '0.001', '0.002', '1.000']);
  });

  test("every file has numpy.savetxt's bytes", async () => {
    const path = folder();
    const episode = record(7, { accuracy: 0.22, loss: 3.5, angles: [90, 12.3456789, 0], orthonormality: [0.5, 2] });
    appendTextLogs(path, episode);
    assert.equal(read(path, 'acc_meta.txt'), '0.220000 \n');
    assert.equal(read(path, 'loss_meta.txt'), '3.500000 \n');
    assert.equal(read(path, 'e_ang_meta.txt'), '90.000000 12.345679 0.000000 \n');
    assert.equal(read(path, 'E1_meta.txt'), '0.500000 2.000000 \n');
    assert.equal(read(path, 'params.txt'), `${episodeLine(episode)}\n`);
  });

  for (const episodes of [hard, hard.slice(0, 1)]) {
    test(`the release's reader gets all numbers back (${episodes.length} episodes)`, async () => {
      const path = folder();
      for (const episode of episodes) appendTextLogs(path, episode);
      const params = readParams(read(path, 'params.txt'), 2);
      const [accuracy, loss, angles, e1] = ['acc_meta', 'loss_meta', 'e_ang_meta', 'E1_meta'].map((file) =>
        loadtxt(read(path, `${file}.txt`)),
      );
      for (const table of [params, accuracy, loss, angles, e1]) assert.equal(table!.length, episodes.length);
      for (const [i, episode] of episodes.entries()) {
        assertClose(params[i]!.slice(2), episode.theta, 5.001e-7);
        assertClose(params[i]!.slice(0, 1), [episode.loss], 5.001e-7);
        assertClose(params[i]!.slice(1, 2), [episode.accuracy], 5.001e-4);
        assertClose(accuracy![i]!, [episode.accuracy], 5.001e-7);
        assertClose(loss![i]!, [episode.loss], 5.001e-7);
        assertClose(angles![i]!, episode.angles, 5.001e-7);
        assertClose(e1![i]!, episode.orthonormality, 5.001e-7);
      }
    });
  }

  const python = spawnSync('python3', ['--version']).status === 0;
  test('Python writes the same bytes for the same numbers and reads them back', {
    skip: !python && 'needs python3',
  }, async () => {
    const path = folder();
    const ties = [1, 3, 5, -7].map((k) => record(6, { loss: k / 128, theta: [k / 128, 0.5] }));
    const episodes = [...hard, ...ties];
    for (const episode of episodes) appendTextLogs(path, episode);
    const losses = episodes.map(({ loss }) => (Number.isFinite(loss) ? String(loss) : 'nan')).join(' ');
    const script = [
      'import re, sys',
      "params = re.findall(r'(-?\\d+\\.\\d+|nan)', open(sys.argv[1] + '/params.txt').read())",
      'loss = [float(x) for x in sys.argv[2].split()]',
      "print(len(params), open(sys.argv[1] + '/loss_meta.txt').read() == ''.join('%0.6f \\n' % x for x in loss))",
      "print(' '.join('%0.6f' % float(x) for x in params))",
    ].join('\n');
    const output = execFileSync('python3', ['-c', script, path, losses], { encoding: 'utf8' });
    const [first, second] = output.split('\n');
    assert.equal(first, `${episodes.length * 4} True`);
    const numbers = second!.split(' ').map(Number);
    for (const [i, { theta }] of episodes.entries()) assertClose(numbers.slice(4 * i + 2, 4 * i + 4), theta, 5.001e-7);
  });

  test('rewriting gives the bytes that appending gave, in place of what was there', async () => {
    const [appended, rewritten] = [folder(), folder()];
    for (const episode of hard) appendTextLogs(appended, episode);
    for (const episode of [...hard, ...hard]) appendTextLogs(rewritten, episode);
    await rewriteTextLogs(rewritten, hard);
    assert.deepEqual(readdirSync(rewritten).sort(), readdirSync(appended).sort());
    for (const file of readdirSync(appended)) assert.equal(read(rewritten, file), read(appended, file));
  });

  test('args.txt holds one line per setting', async () => {
    const path = folder();
    await writeArgs(path, {
      K: 50,
      vec: [1, 2],
      fbk: 'fix',
      lr_meta: 1e-3,
      resume: undefined,
      test_name: 'a\nb',
      res: '\x1b[2J',
    });
    assert.equal(
      read(path, 'args.txt'),
      'K : 50\nvec : [1,2]\nfbk : fix\nlr_meta : 0.001\ntest_name : "a\\nb"\nres : "\\u001b[2J"\n',
    );
  });
});
