/** What may befall a sweep: nothing finished is lost, and nothing half-written is taken for finished. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { sweepWith } from '#dist/cli/sweep.js';
import { findRuns } from '#dist/results/recorded-run.js';
import type { RunProgram } from '#dist/sweep/program.js';
import { BINARY, imageFolder, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const sweep = (...argv: string[]) => run(['sweep', ...argv]);
const journals = async (out: string) =>
  (await findRuns(join(out, 'runs'))).map((folder) =>
    readFileSync(join(folder, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*,/g, ''),
  );

describe('a sweep', () => {
  before(async () => {
    assert.equal((await sweep(...SMALL, '--seeds', '3', '--episodes', '4', '--out', 'whole', '--quiet')).code, 0);
  });
  /** A copy of it, and the folder of its first run. */
  const copy = async (name: string) => {
    cpSync('whole', name, { recursive: true });
    return (await findRuns(join(name, 'runs')))[0]!;
  };

  test('with a damaged line in a journal: that run is named, the others count', async () => {
    const journal = join(await copy('damaged'), 'journal.jsonl');
    const text = readFileSync(journal, 'utf8');
    writeFileSync(journal, text.replace('"loss":', '"loss":1'));
    const { code, stderr, stdout } = await sweep('damaged');
    assert.equal(code, 1);
    assert.match(stderr, /1 run failed:\n- F0, seed 1: Line 1 of \S+ is damaged/);
    assert.match(stdout, /\| F0 \(2 seeds\)/);
    assert.equal((await sweep('status', 'damaged')).code, 1);
    assert.equal(readFileSync(journal, 'utf8'), text.replace('"loss":', '"loss":1'), 'left as it is');
    rmSync(dirname(journal), { recursive: true });
    assert.equal((await sweep('damaged', '--quiet')).code, 0);
    assert.deepEqual(await journals('damaged'), await journals('whole'));
  });

  test('with a last line half written, or a run.json that never came: done again from there', async () => {
    const first = await copy('torn');
    const [, second] = await findRuns('torn/runs');
    const journal = join(first, 'journal.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').slice(0, -30));
    rmSync(join(second!, 'run.json'));
    assert.match((await sweep('torn', '--dry_run')).stdout, /3 runs, 1 of them done/);
    assert.equal((await sweep('torn', '--quiet')).code, 0);
    assert.deepEqual(await journals('torn'), await journals('whole'));
  });

  test('of which a run’s folder is removed while it runs: that run fails, and is done again', async () => {
    let removed = false;
    const program: RunProgram = async (argv) => {
      const { code, stdout } = await run(argv);
      const seed = argv[argv.indexOf('--test_name') + 1]!;
      if (!removed && seed === 'seed-2') {
        removed = true;
        rmSync(join(argv[argv.indexOf('--res') + 1]!, seed), { recursive: true });
      }
      return { code, stdout, lastWords: [] };
    };
    const stream = { write: () => true };
    const argv = [...SMALL, '--seeds', '3', '--episodes', '4', '--out', 'removed', '--jobs', '1'];
    await sweepWith(program)
      .run(argv, { stdout: stream, stderr: stream, env: {} })
      .catch(() => {});
    assert.notEqual((await sweep('status', 'removed')).code, 0);
    assert.equal((await sweep('removed', '--quiet')).code, 0);
    assert.deepEqual(await journals('removed'), await journals('whole'));
  });

  test('of an older version, without checks: its runs count', async () => {
    for (const folder of [await copy('older'), ...(await findRuns('older/runs'))]) {
      const { check: _, ...file } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
      writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...file, version: '0.1.0' }));
      const journal = join(folder, 'journal.jsonl');
      writeFileSync(journal, readFileSync(journal, 'utf8').replace(/,"check":\{[^}]*\}/g, ''));
    }
    assert.match((await sweep('older')).stdout, /^3 runs, 3 of them done before/);
  });

  test('on a disk that gets full: what is written stays, and given room it goes on', {
    skip: process.platform === 'win32' && 'needs ulimit',
  }, async () => {
    // Files of at most 8 blocks of 512 bytes.
    const argv = ['sweep', ...SMALL, '--seeds', '2', '--episodes', '30', '--out', 'full', '--quiet'];
    const noSignal = ['--import', "data:text/javascript,process.on('SIGXFSZ',()=>{})"];
    const limited = ['-c', 'ulimit -f 8 && exec "$@"', 'sh', process.execPath, ...noSignal, BINARY];
    const { status, stderr } = spawnSync('sh', [...limited, ...argv], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: noSignal.join(' ') },
    });
    assert.equal(status, 1);
    assert.match(stderr, /2 runs failed:\n- F0, seed \d: \S+ cannot be written \(/);
    assert.equal((await run(argv)).code, 0);
    assert.equal((await run([...argv.slice(0, -2), 'roomy', '--quiet'])).code, 0);
    assert.deepEqual(await journals('full'), await journals('roomy'));
  });
});

test('a clock that goes backwards: a course that is done counts, though one before it looks newer', async () => {
  const flags = ['--theta', 'F0=0.01', '--images', '12', '--every', '4', '--Q', '2', ...SMALL.slice(0, 6)];
  const argv = ['learn', ...flags, '--seeds', '1', '--out', 'clock', '--quiet'];
  assert.equal((await sweep(...argv)).code, 0);
  const parent = join('clock/runs', readdirSync('clock/runs')[0]!, 'seed-1');
  const [done] = readdirSync(parent);
  const earlier = `1999${done!.slice(4)}`;
  cpSync(join(parent, done!), join(parent, earlier), { recursive: true });
  const journal = join(parent, done!, 'learn.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').split('\n').slice(0, 1).join('\n'));
  assert.match((await sweep('clock', '--dry_run')).stdout, /1 runs, 1 of them done/);
  assert.ok(existsSync(join(parent, earlier)) && basename(parent) === 'seed-1');
});
