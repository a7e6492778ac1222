import assert from 'node:assert/strict';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { decodeJournal } from '#dist/meta/journal.js';
import type { RunFile } from '#dist/results/run-file.js';
import { imageFolder, onlyRun, rewriteRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
let folder = '';

const exported = async (...argv: string[]) => {
  const { code, stdout, stderr } = await run(['export', folder, ...argv]);
  assert.equal(code, 0, stderr);
  return stdout;
};
const refused = async (argv: string[], message: RegExp) => {
  const { code, stdout, stderr } = await run(['export', ...argv]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, message);
  assert.equal(stdout, '');
};

describe('export', () => {
  before(async () => {
    const term = "own = y e_pre' - 0.5 W";
    await run([
      ...SMALL,
      '--vec',
      '2',
      '--term',
      term,
      '--episodes',
      '4',
      '--seed',
      '7',
      '--engine',
      'reference',
      '--quiet',
    ]);
    folder = onlyRun(cwd);
  });

  test('the coefficients with all their digits, their mean as `test` takes it, or after the last step', async () => {
    const records = decodeJournal(readFileSync(join(folder, 'journal.jsonl'), 'utf8'), 3);
    const terms = async (...argv: string[]) =>
      JSON.parse(await exported('--to', 'json', ...argv)).terms.map(({ theta }: { theta: number }) => theta);
    assert.deepEqual(await terms('--theta', 'last'), records.at(-1)!.next.theta);
    const mean = [0, 1, 2].map((i) => records.reduce((sum, { theta }) => sum + theta[i]! / 4, 0));
    (await terms()).forEach((value: number, i: number) => {
      assert.ok(Math.abs(value - mean[i]!) < 1e-16);
    });
    assert.deepEqual(await terms('--theta', 'mean'), await terms());
    assert.equal((await run(['test', folder, '--tasks', '1', '--out', 'tested', '--quiet'])).code, 0);
    const [tested] = JSON.parse(readFileSync(join('tested', 'meta-test.json'), 'utf8')).tests;
    assert.deepEqual(Object.values(tested.theta), await terms());
  });

  test('where it came from, in every text; the same text again', async () => {
    for (const to of ['numpy', 'pytorch', 'jax', 'latex', 'json']) {
      const text = await exported('--to', to);
      for (const part of [
        basename(folder),
        'seed 7',
        'F0 + F9 + own',
        '16-5-3',
        'feedback fix',
        'mean of the last 4 of 4 episodes',
      ])
        assert.ok(text.includes(part), `${part} in\n${text}`);
      assert.ok(!text.includes(cwd), 'paths of this machine are nobody’s business');
      assert.equal(await exported('--to', to), text);
    }
  });

  test('--out writes a file, but not over another without --force', async () => {
    assert.match(await exported('--to', 'numpy', '--out', 'rule.py'), /^Written: rule.py\n$/);
    assert.equal(readFileSync('rule.py', 'utf8'), await exported('--to', 'numpy'));
    await refused([folder, '--to', 'latex', '--out', 'rule.py'], /--out must be a new file, not 'rule.py'.*--force/);
    await exported('--to', 'latex', '--out', 'rule.py', '--force');
    assert.equal(readFileSync('rule.py', 'utf8'), await exported('--to', 'latex'));
    await refused(
      [folder, '--to', 'latex', '--out', 'images/a/0.png/rule.py'],
      /--out must be a file that can be written/,
    );
  });

  test('what cannot be is refused in a sentence', async () => {
    await refused([], /export needs one run's folder/);
    await refused([folder, folder, '--to', 'json'], /Unexpected '.*': export takes one run's folder/);
    await refused([folder], /needs --to: pytorch, jax, numpy, latex or json/);
    await refused([folder, '--to', 'matlab'], /--to must be pytorch, jax, numpy, latex or json, not 'matlab'/);
    await refused(['images', '--to', 'json'], /not 'images' \(.*run.json/);
  });

  test('a folder that was tampered with', async () => {
    const change = (edit: (file: RunFile) => void): string => {
      rmSync('copy', { recursive: true, force: true });
      cpSync(folder, 'copy', { recursive: true });
      rewriteRun('copy', edit);
      return 'copy';
    };
    const settings = (changes: object) => change((file) => Object.assign(file.settings, changes));
    await refused(
      [change((file) => Object.assign(file, { layers: [16, 0] })), '--to', 'json'],
      /its layers must be 2 to 257 sizes/,
    );
    await refused([settings({ beta: '10' }), '--to', 'json'], /its settings.beta must be a number above 0, not "10"/);
    await refused(
      [settings({ fbk: 'telepathy' }), '--to', 'json'],
      /its settings.fbk must be fix or .*, not "telepathy"/,
    );
    await refused(
      [change((file) => Object.assign(file, { rule: [{ name: 'F0', formula: '-e' }] })), '--to', 'json'],
      /'copy' \(/,
    );
    appendFileSync(
      join(
        change(() => {}),
        'journal.jsonl',
      ),
      'x\n',
    );
    await refused(['copy', '--to', 'json'], /Line 5 of copy\/journal\.jsonl is damaged/);
    writeFileSync(
      join(
        change(() => {}),
        'journal.jsonl',
      ),
      '',
    );
    await refused(['copy', '--to', 'json'], /no episode yet/);
  });
});
