import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { imageFolder, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const bin = join(cwd, 'bin');
mkdirSync(bin);
/** A stand-in for one of Slurm's commands, which writes down its words. */
function command(name: string, script: string): void {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> ${cwd}/asked\n${script}\n`);
  chmodSync(path, 0o755);
}
const asked = () => {
  const lines = readFileSync('asked', 'utf8').trim().split('\n');
  writeFileSync('asked', '');
  return lines;
};
const FLAGS = ['--grid', 'fbk=fix,sym', ...SMALL, '--seeds', '3', '--episodes', '2'];
const SLURM = ['--executor', 'slurm', '--runs_per_task', '2', '--max_parallel', '4', '--sbatch', '--account=x'];
const sweep = (...argv: string[]) => run(['sweep', ...argv]);

describe('--executor slurm', () => {
  before(() => {
    process.env.PATH = `${bin}:${process.env.PATH}`;
    command('scontrol', 'echo "MaxArraySize = 2"');
    command('sbatch', 'echo "$$;cluster" | sed s/[0-9]*/71/');
    command('squeue', 'echo "71_0 RUNNING"; echo "71_1 PENDING"');
    command('scancel', '');
  });

  test('--dry_run says the script and submits nothing', async () => {
    const { code, stdout } = await sweep(...FLAGS, '--out', 'dry', ...SLURM, '--dry_run');
    assert.equal(code, 0);
    assert.match(stdout, /dry.slurm.1.batch\.sh:\n\n#!\/bin\/bash\n#SBATCH --job-name=sweep\n/);
    assert.match(stdout, /#SBATCH --account=x\n/);
    assert.deepEqual([existsSync('dry'), existsSync('asked')], [false, false]);
  });

  test('submits what is due, in parts of MaxArraySize; status and cancel ask Slurm', async () => {
    const { code, stdout, stderr } = await sweep(...FLAGS, '--out', 'far', ...SLURM);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Submitted as job 71, 71; script and logs are in \S+far.slurm.1\n/);
    const batch = join(cwd, 'far/slurm/1/batch.sh');
    assert.deepEqual(asked(), [
      'scontrol show config',
      `sbatch --parsable --array=0-1%4 ${batch} 0`,
      `sbatch --parsable --array=0%4 ${batch} 2`,
    ]);
    assert.deepEqual(readdirSync('far/slurm/1').sort(), ['batch.sh', 'job.json', 'sweep.json']);
    const status = await sweep('status', 'far');
    assert.equal(status.code, 3);
    assert.match(
      status.stdout,
      /^6 runs: 0 done, 0 running, 0 failed, 6 waiting\nSlurm: tasks 1 running, 1 pending\n$/,
    );
    command('squeue', 'exit 1');
    command('sacct', 'echo "71_0 OUT_OF_MEMORY"');
    assert.match((await sweep('status', 'far')).stdout, /\nSlurm: tasks 1 out of memory\n$/);
    asked();
    assert.match((await sweep('cancel', 'far')).stdout, /^Told to stop: job 71, job 71\n$/);
    assert.deepEqual(asked(), ['scancel 71 71']);
  });

  test('a task does its share and nothing else; what is left is submitted by the same command', async () => {
    const task = ['far/slurm/1', '--runs_per_task', '2', '--jobs', '1'];
    const { code, stdout } = await sweep(...task, '--task', '1');
    assert.equal(code, 0);
    assert.match(stdout, /^2 runs, 0 of them done before; 1 at a time\n/);
    assert.ok(!existsSync('far/sweep.md'));
    asked();
    assert.equal((await sweep('far', ...SLURM)).code, 0);
    assert.deepEqual(
      asked()
        .slice(1)
        .map((line) => line.split(' ')[2]),
      ['--array=0%4', '--array=0%4'],
    );
    for (const number of ['0', '2']) assert.equal((await sweep(...task, '--task', number, '--quiet')).code, 0);
    assert.match((await sweep('far', ...SLURM)).stdout, /nothing is due/);
    const status = await sweep('status', 'far', '--json');
    assert.deepEqual([status.code, JSON.parse(status.stdout).done], [0, 6]);
    assert.match((await sweep('far')).stdout, /^6 runs, 6 of them done before/);
  });

  test('reproduce too; its study is then known by its folder', async () => {
    writeFileSync(
      'mine.json',
      JSON.stringify({ title: 'Mine', flags: { episodes: 1 }, runs: { FA: {}, BP: { fbk: 'sym' } } }),
    );
    assert.equal((await run(['reproduce', 'mine.json', ...SMALL, '--seeds', '1', '--res', 'res', ...SLURM])).code, 0);
    assert.equal((await sweep('res/mine/slurm/1', '--task', '0', '--runs_per_task', '2', '--quiet')).code, 0);
    assert.deepEqual(readdirSync('res').sort(), ['mine', 'runs']);
    assert.match((await sweep('status', 'res/mine')).stdout, /^2 runs: 2 done/);
    const { stdout } = await run(['reproduce', 'mine.json', ...SMALL, '--seeds', '1', '--res', 'res']);
    assert.match(stdout, /^2 runs, 2 of them done before/);
  });

  test('what Slurm refuses, or its absence, is said in a sentence, and nothing is left', async () => {
    command('sbatch', 'echo "sbatch: error: invalid partition" >&2; exit 1');
    const refused = await sweep(...FLAGS, '--out', 'refused', ...SLURM);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /sbatch failed: sbatch: error: invalid partition\n$/);
    assert.deepEqual(readdirSync('refused/slurm'), []);
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    const absent = await sweep(...FLAGS, '--out', 'absent', ...SLURM);
    process.env.PATH = path;
    assert.equal(absent.code, 2);
    assert.match(
      absent.stderr,
      /--executor slurm needs Slurm's commands, but there is no scontrol here: --executor local/,
    );
  });
});

test('status of a sweep on this machine: failures with their last words, and exit codes', async () => {
  assert.equal((await sweep(...FLAGS, '--out', 'near', '--quiet')).code, 0);
  const [folder] = readdirSync('near/runs');
  writeFileSync(join('near/runs', folder!, 'seed-9.failed.json'), '{"message":"not of it"}');
  assert.match((await sweep('status', 'near')).stdout, /^6 runs: 6 done, 0 running, 0 failed, 0 waiting\n$/);
  const more = JSON.parse(readFileSync('near/sweep.json', 'utf8'));
  writeFileSync('near/sweep.json', JSON.stringify({ ...more, seeds: '1..3,9' }));
  const { code, stdout } = await sweep('status', 'near');
  assert.equal(code, 1);
  assert.match(stdout, /^8 runs: 6 done, 0 running, 1 failed, 1 waiting\n1 run failed:\n- not of it\n/);
  assert.match((await sweep('cancel', 'near')).stdout, /^Nothing of it is running\.\n$/);
});
