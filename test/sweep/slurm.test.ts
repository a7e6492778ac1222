import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrayParts, batchScript, countStates, maxArraySize } from '#dist/sweep/slurm.js';

const script = {
  ...{ name: 'my sweep', folder: '/a/100%/slurm/1', cwd: '/home/me and you', command: "node main.js sweep '/a b'" },
  ...{ partition: 'gpu', time: '4:00:00', runs_per_task: 20, max_parallel: undefined, sbatch: ['--account=x'] },
};

test('the script says what a task is, and what sbatch is to know; words of the user’s come last', () => {
  const lines = batchScript(script).split('\n');
  assert.equal(lines[0], '#!/bin/bash');
  const directives = lines.filter((line) => line.startsWith('#SBATCH'));
  assert.deepEqual(directives, [
    '#SBATCH --job-name=my_sweep',
    '#SBATCH --output=/a/100%%/slurm/1/%A_%a.log',
    '#SBATCH --open-mode=append',
    '#SBATCH --requeue',
    '#SBATCH --signal=B:USR2@60',
    '#SBATCH --cpus-per-task=1',
    '#SBATCH "--chdir=/home/me and you"',
    '#SBATCH --partition=gpu',
    '#SBATCH --time=4:00:00',
    '#SBATCH --account=x',
  ]);
  const command = `exec node main.js sweep '/a b' --task "$((\${1:-0} + SLURM_ARRAY_TASK_ID))" --runs_per_task 20 --jobs "\${SLURM_CPUS_PER_TASK:-1}"`;
  assert.equal(lines.at(-2), command);
});

test('tasks as arrays, split where a number would be too large', () => {
  assert.deepEqual(arrayParts([0, 1, 2, 5], 1001, undefined), [{ offset: 0, array: '0-2,5' }]);
  assert.deepEqual(arrayParts([0, 3, 4, 5, 9], 4, 2), [
    { offset: 0, array: '0,3%2' },
    { offset: 4, array: '0-1%2' },
    { offset: 8, array: '1%2' },
  ]);
  assert.deepEqual(arrayParts([], 4, 2), []);
});

test('what Slurm says', () => {
  assert.equal(maxArraySize('Foo = 1\nMaxArraySize            = 2001\nBar = 2'), 2001);
  assert.equal(maxArraySize(''), 1001);
  assert.deepEqual(
    [...countStates('7_0 RUNNING\n7_1 RUNNING\n7_2 OUT_OF_MEMORY\n7_3 CANCELLED by 0\n\n')],
    [
      ['running', 2],
      ['out of memory', 1],
      ['cancelled', 1],
    ],
  );
});
