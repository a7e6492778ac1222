import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readRecordedRun } from '#dist/results/recorded-run.js';
import type { RunFile } from '#dist/results/run-file.js';
import { seal } from '#dist/results/sealed.js';
import { imageFolder, onlyRun, run, SMALL, temporaryFolder } from '../cli/program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
let folder: string;
let other: string;

/** A copy of the run with one of its files changed. */
function changed(file: string, change: (text: string) => string): string {
  rmSync('copy', { recursive: true, force: true });
  mkdirSync('copy');
  for (const name of ['run.json', 'journal.jsonl']) cpSync(join(folder, name), join('copy', name));
  const path = join('copy', file);
  const [before, after] = [readFileSync(path, 'latin1'), change(readFileSync(path, 'latin1'))];
  assert.notEqual(after, before);
  writeFileSync(path, after, 'latin1');
  return 'copy';
}

describe('a run that was changed is not believed', () => {
  before(async () => {
    const flags = [...SMALL, '--engine', 'reference', '--vec', 'F2', '--episodes', '3', '--quiet'];
    await run([...flags, '--res', 'one']);
    await run([...flags, '--res', 'two', '--seed', '2']);
    folder = onlyRun(cwd, 'one');
    other = onlyRun(cwd, 'two');
  });

  test('run.json with other settings, its check as it was', async () => {
    const edit = (change: (file: RunFile & { settings: Record<string, unknown> }) => void) =>
      changed('run.json', (text) => {
        const file = JSON.parse(text);
        change(file);
        return JSON.stringify(file);
      });
    const settings = { seed: 2, lr_meta: 0.01, beta: 5, fbk: 'sym', M: 3, K: 2, clip: 1, vec: [] };
    for (const [name, value] of Object.entries(settings)) {
      await assert.rejects(
        readRecordedRun(edit((file) => Object.assign(file.settings, { [name]: value }))),
        /^Error: copy\/run\.json is damaged \(its check does not fit what it holds: it was changed\)$/,
      );
    }
    for (const change of [{ layers: [16, 4, 3] }, { version: '9.9.9' }, { rule: [] }, { data: { checksum: '00' } }])
      await assert.rejects(readRecordedRun(edit((file) => Object.assign(file, change))), /its check does not fit/);
    await assert.rejects(
      readRecordedRun(edit((file) => Object.assign(file, { check: undefined }))),
      /copy\/journal\.jsonl has checks and the file that describes the run has none/,
    );
  });

  test('run.json with another check that fits it, but not the journal', async () => {
    const changes = { seed: 2, lr_meta: 0.01, beta: 5, fbk: 'sym', M: 3 };
    for (const [name, value] of Object.entries(changes)) {
      const copy = changed('run.json', (text) => {
        const file = JSON.parse(text);
        return JSON.stringify(seal({ ...file, settings: { ...file.settings, [name]: value } }));
      });
      await assert.rejects(readRecordedRun(copy), /Line 1 of copy\/journal\.jsonl is damaged \(it does not fit/);
    }
  });

  test('how far it goes and where it lies may change', async () => {
    const places = { episodes: 100, data_dir: '/elsewhere', database: '/elsewhere', res: 'there', avg_window: 3 };
    const copy = changed('run.json', (text) => {
      const file = JSON.parse(text);
      return JSON.stringify(seal({ ...file, settings: { ...file.settings, ...places } }));
    });
    assert.equal((await readRecordedRun(copy)).records.length, 3);
  });

  test('the journal, or a line, of a run with another seed', async () => {
    const journal = readFileSync(join(other, 'journal.jsonl'), 'latin1');
    await assert.rejects(readRecordedRun(changed('journal.jsonl', () => journal)), /Line 1 of copy\/journal/);
    const second = (text: string) => text.split('\n')[1]!;
    const copy = changed('journal.jsonl', (text) => text.replace(second(text), second(journal)));
    await assert.rejects(readRecordedRun(copy), /Line 2 of copy\/journal/);
  });
});

test('runs of version 0.1.0, without checks, are read; and are resumed with a word, still without', async () => {
  const old = 'old';
  cpSync(folder, old, { recursive: true });
  const { check: _, ...file } = JSON.parse(readFileSync(join(old, 'run.json'), 'utf8'));
  writeFileSync(join(old, 'run.json'), JSON.stringify(file));
  const text = readFileSync(join(old, 'journal.jsonl'), 'utf8').replace(/,"check":\{[^}]*\}/g, '');
  writeFileSync(join(old, 'journal.jsonl'), text);
  const { code, stderr } = await run(['--resume', old, '--episodes', '4', '--quiet']);
  assert.match(
    stderr,
    /^Warning: The run in .*old is of a version that wrote no checks: .* believed as they stand\.\n$/,
  );
  assert.equal(code, 0);
  const journal = readFileSync(join(old, 'journal.jsonl'), 'utf8');
  assert.ok(journal.startsWith(text) && !journal.includes('check'));
  assert.equal((await readRecordedRun(old)).records.length, 4);
  for (const argv of [
    ['compare', old],
    ['draw', old],
    ['export', old, '--to', 'json'],
  ]) {
    const outcome = await run([...argv, ...(argv[0] === 'compare' ? ['--out', 'compared'] : []), '--quiet']);
    assert.equal(outcome.code, 0);
    assert.match(outcome.stderr, /is of a version that wrote no checks/);
  }
});
