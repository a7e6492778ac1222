import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { arrayParts, batchScript, countStates, maxArraySize } from '#dist/sweep/slurm.js';
import { temporaryFolder } from '../cli/program.ts';

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
  const command = `node main.js sweep '/a b' --task "$((\${1:-0} + SLURM_ARRAY_TASK_ID))" --runs_per_task 20 --jobs "\${SLURM_CPUS_PER_TASK:-1}" &`;
  assert.ok(lines.includes(command));
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

test('told of the time limit at any moment, also before the program listens, a task is put back into the queue', async () => {
  const folder = temporaryFolder();
  const scontrol = join(folder, 'scontrol');
  writeFileSync(scontrol, `#!/bin/sh\necho "$*" > ${folder}/asked\n`);
  chmodSync(scontrol, 0o755);
  for (const [program, code] of [
    ["trap 'exit 140' USR2; echo ready; while :; do sleep 0.05; done", 140],
    ['echo ready; exec sleep 60', 140], // It dies of the signal.
    ['echo ready; exit 3', 3],
  ] as const) {
    rmSync(join(folder, 'asked'), { force: true });
    writeFileSync(join(folder, 'program.sh'), program);
    const text = batchScript({ ...script, command: `bash ${folder}/program.sh` });
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      SLURM_ARRAY_JOB_ID: '7',
      SLURM_ARRAY_TASK_ID: '2',
    };
    const child = spawn('bash', ['-c', text], { env });
    await once(child.stdout, 'data');
    if (code === 140) child.kill('SIGUSR2');
    assert.deepEqual(await once(child, 'close'), [code, null]);
    const asked = existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '';
    assert.equal(asked, code === 140 ? 'requeue 7_2\n' : '');
  }
});
