import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfigFile } from '#dist/cli/config-file.js';
import { runOptions } from '#dist/cli/options.js';
import { evaluate } from '#dist/cli/parse.js';
import { findStudies } from '#dist/cli/studies.js';
import { imageFolder, onlyRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const written = (json: string) => {
  writeFileSync('flags.json', json);
  return readConfigFile(runOptions, 'flags.json');
};

test('a byte order mark before the JSON is passed over, in flags and in studies', () => {
  assert.equal(evaluate(runOptions, [written('\uFEFF{ "episodes": 3 }')]).episodes, 3);
  writeFileSync('mine.json', '\uFEFF{ "title": "t", "runs": { "a": {} } }');
  assert.deepEqual(
    findStudies(['mine.json']).map(({ name }) => name),
    ['mine'],
  );
});

test("a run's run.json gives its settings, which flags override", async () => {
  await run([...SMALL, '--episodes', '2', '--vec', 'F9', 'F2', '--seed', '7', '--quiet', '--res', 'first']);
  const first = onlyRun(cwd, 'first');
  copyFileSync(join(first, 'run.json'), 'as.json');
  const again = await run(['--config', 'as.json', '--res', 'second', '--json', '--quiet']);
  assert.equal(again.code, 0, again.stderr);
  const compared = await run(['compare', 'first', 'second', '--json', '--quiet']);
  assert.equal(JSON.parse(compared.stdout).groups.length, 1);
  const { code } = await run(['--config', 'as.json', '--res', 'third', '--seed', '8', '--quiet']);
  assert.equal(code, 0);
});

test("what only looks like a run's file is refused", () => {
  for (const json of [
    '{ "settings": 5, "rule": [] }',
    '{ "settings": {}, "rule": 1 }',
    '{ "settings": { "version": 1 }, "rule": [] }',
  ])
    assert.throws(() => written(json), /Unknown option (settings|version) in flags\.json/);
});
