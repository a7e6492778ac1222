import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageFolder, SMALL, start, temporaryFolder } from '../cli/program.ts';

test('a run of five episodes by the command line follows the reference engine', async () => {
  const cwd = temporaryFolder();
  imageFolder(cwd);
  const theta = async (engine: string): Promise<number[][]> => {
    const flags = [...SMALL, '--episodes', '5', '--vec', 'bio', '--engine', engine, '--res', engine, '--json'];
    const { code, stdout, stderr } = await start(flags, cwd).ended;
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      engine === 'tensorflow' ? /Engine +tensorflow \(@tensorflow\/tfjs.*CPU\)/ : /Engine +reference/,
    );
    assert.doesNotMatch(stderr, /Hi, looks like|node backend/);
    const lines = readFileSync(join(JSON.parse(stdout).folder, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => JSON.parse(line).next.theta);
  };
  const [actual, expected] = await Promise.all([theta('tensorflow'), theta('reference')]);
  assert.equal(actual.length, 5);
  actual.forEach((values, episode) => {
    assert.equal(values.length, 3);
    values.forEach((value, r) => {
      assert.ok(Math.abs(value - expected[episode]![r]!) < 2e-6, `theta ${r} after episode ${episode + 1}`);
    });
  });
});
