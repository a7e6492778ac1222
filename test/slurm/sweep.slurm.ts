/** A sweep on a real Slurm cluster of this machine, disturbed in three ways. `npm run test:slurm` runs it: as root, on Debian. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findRuns } from '#dist/results/recorded-run.js';
import { BINARY, listing } from '../cli/program.ts';

const SCRIPT = fileURLToPath(new URL('cluster.sh', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'meta-plasticity-slurm-'));
chmodSync(folder, 0o755); // The cluster's munge is a user of its own.
const cluster = join(folder, 'cluster');
const able = process.getuid?.() === 0 && existsSync('/etc/debian_version');
const up = able ? spawnSync(SCRIPT, ['up', cluster], { stdio: 'inherit' }).status : 77;
const skip = up === 77 && 'SKIPPED: needs root on Debian, and its packages, to start a Slurm cluster of this machine';
if (skip) console.error(skip);

/** Tasks of one minute that have more than that to do. */
const SWEEP = [
  '--grid',
  'fbk=fix,sym',
  'K=30,50',
  '--seeds',
  '3',
  '--database',
  'glyphs',
  '--episodes',
  process.env.SLURM_TEST_EPISODES ?? '600',
];
const CLUSTER = ['--executor', 'slurm', '--runs_per_task', '6', '--time', '1', '--sbatch', '--signal=B:USR2@10'];
const MINUTES = 20;

describe('a sweep on Slurm', { skip }, () => {
  const env = {
    ...process.env,
    SLURM_CONF: join(cluster, 'slurm.conf'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
  const program = (...words: string[]) =>
    spawnSync(process.execPath, [BINARY, ...words], { cwd: folder, env, encoding: 'utf8' });
  const status = () => {
    const { status: code, stdout } = program('sweep', 'status', 'far', '--json');
    return { code, ...(JSON.parse(stdout) as { done: number; running: number; slurm: Record<string, number> }) };
  };
  const waitFor = async (what: string, there: () => boolean) => {
    for (const end = Date.now() + MINUTES * 60_000; !there(); await sleep(200))
      assert.ok(Date.now() < end, `${what} did not come in ${MINUTES} minutes`);
  };
  /** Processes that are at runs: the tasks. */
  const tasks = () =>
    listing(join(folder, 'far/runs'))
      .filter((path) => /seed-\d+\.lock$/.test(path))
      .map((path) => spawnSync('cat', [join(folder, 'far/runs', path)], { encoding: 'utf8' }).stdout)
      .filter((text) => text.endsWith('\n')) // Not while it is being written or removed.
      .map((text) => JSON.parse(text).pid as number);
  const journals = async (out: string) => {
    const folders = await findRuns(join(folder, out, 'runs'));
    return Object.fromEntries(
      folders.map((run) => [
        run.slice(join(folder, out).length).replace(/\/[\d_-]*$/, ''),
        readFileSync(join(run, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*,/g, ''),
      ]),
    );
  };

  before(() => assert.equal(up, 0, 'the cluster is up'));
  after(() => {
    execFileSync(SCRIPT, ['down', cluster]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('a task that is killed, one that is requeued, and time limits: the results are those of one machine', async () => {
    assert.equal(program('sweep', ...SWEEP, '--out', 'near', '--quiet').status, 0);
    const submitted = program('sweep', ...SWEEP, '--out', 'far', ...CLUSTER);
    assert.equal(submitted.stderr, '');
    assert.match(submitted.stdout, /^Submitted as job \d+; script and logs are in \S+far.slurm.1\n/);
    const [job] = JSON.parse(readFileSync(join(folder, 'far/slurm/1/job.json'), 'utf8')).jobs;
    await waitFor('two tasks', () => existsSync(join(folder, 'far/runs')) && new Set(tasks()).size === 2);
    const running = status();
    assert.equal(running.code, 3);
    assert.equal(running.running, 2);
    assert.equal(running.slurm.running, 2);

    process.kill(tasks()[0]!, 'SIGKILL');
    const restarts = () =>
      [...execFileSync('scontrol', ['show', 'job', job], { env, encoding: 'utf8' }).matchAll(/Restarts=(\d+)/g)].map(
        ([, count]) => Number(count),
      );
    await waitFor('the end of the killed task', () => (status().slurm.failed ?? 0) > 0);
    // Refused while its time limit has just put it back.
    await waitFor('the requeue', () => spawnSync('scontrol', ['requeue', `${job}_1`], { env }).status === 0);
    await waitFor('a task after its requeue and its time limit', () => Math.max(...restarts()) >= 2);
    await waitFor('the end of the job', () => !status().slurm.running && !status().slurm.pending);
    const logs = listing(join(folder, 'far/slurm/1')).filter((path) => path.endsWith('.log'));
    const said = logs.map((path) => readFileSync(join(folder, 'far/slurm/1', path), 'utf8')).join('');
    assert.match(said, /Stopping the runs after their episode/);

    // What the killed task left, the same command does.
    assert.equal(status().code, 3);
    assert.match(program('sweep', 'far', ...CLUSTER).stdout, /^Submitted as job \d+/);
    await waitFor('the rest', () => status().code === 0);
    assert.deepEqual(await journals('far'), await journals('near'));
    assert.match(program('sweep', 'far', ...CLUSTER).stdout, /nothing is due/);
    assert.match(program('sweep', 'far').stdout, /^12 runs, 12 of them done before/);
  });

  test('cancelled, it stops after its episodes', async () => {
    const argv = [
      '--seeds',
      '2',
      '--database',
      'glyphs',
      '--episodes',
      '100000',
      '--out',
      'far',
      '--executor',
      'slurm',
    ];
    assert.equal(program('sweep', ...argv).status, 0);
    await waitFor('a task', () => tasks().length > 0);
    assert.match(program('sweep', 'cancel', 'far').stdout, /^Told to stop: job \d+/);
    await waitFor('its end', () => tasks().length === 0);
  });
});
