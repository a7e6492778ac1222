import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { BINARY, imageFolder, listing, onlyRun, rewriteRun, run, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const EPISODES = 40;
const SAFEGUARDS = ['--term_scale', 'auto', '--l1', 'proximal', '--clip', '5'];
const FLAGS = [...SMALL, '--vec', 'F2', 'F9', '--lamb', '0.1', '--seed', '3', '--fbk', 'sym', ...SAFEGUARDS];
let whole: Record<string, string>;
let wholeFolder: string;

/** Every file of a run as text, without what tells one run of a seed from another: times. */
function contents(folder: string): Record<string, string> {
  const text = (file: string) =>
    readFileSync(join(folder, file), 'latin1')
      .replace(/"ms":[^,]*,/g, '')
      .replace(/"started": .*/, '')
      .replace(/^ {2}"check": .*/m, '')
      .replace(/"?(res|test_name)"? ?: .*/g, '');
  // The page has the folder's name and the time packed in it; its numbers are the journal's.
  const files = listing(folder).filter((file) => file !== 'report.html');
  return Object.fromEntries(files.map((file) => [file, text(file)]));
}

/** A copy of the whole run as if it had stopped after some episodes. */
function stoppedAfter(episodes: number, name: string): string {
  cpSync(wholeFolder, name, { recursive: true });
  const lines = readFileSync(join(name, 'journal.jsonl'), 'utf8').split('\n');
  writeFileSync(join(name, 'journal.jsonl'), `${lines.slice(0, episodes).join('\n')}\n`);
  return name;
}

before(async () => {
  await run([...FLAGS, '--res', 'whole', '--episodes', `${EPISODES}`, '--quiet']);
  wholeFolder = onlyRun(cwd, 'whole');
  whole = contents(wholeFolder);
});

describe('after kill -9', () => {
  for (const episode of [1, 7, 23, 38]) {
    test(`during episode ${episode + 1} or so, resumed: the same files`, async () => {
      const res = `killed-${episode}`;
      const { child, ended } = start([...FLAGS, '--res', res, '--episodes', `${EPISODES}`], cwd, (stdout) => {
        if (stdout.includes(`Train Episode: ${episode}\t`)) child.kill('SIGKILL');
      });
      assert.equal((await ended).code, null);
      const folder = onlyRun(cwd, res);
      const { code, stderr } = await run(['--resume', folder]);
      assert.equal(stderr, '');
      assert.equal(code, 0);
      assert.deepEqual(contents(folder), whole);
    });
  }
});

describe('--resume', () => {
  test('with a torn last line, torn text files and a figure half written', async () => {
    const folder = stoppedAfter(20, 'torn');
    appendFileSync(join(folder, 'journal.jsonl'), '{"episode":21,"loss":3.4');
    truncateSync(join(folder, 'params.txt'), 100);
    appendFileSync(join(folder, 'acc_meta.txt'), '0.1 ');
    rmSync(join(folder, 'E1_meta.txt'));
    writeFileSync(join(folder, 'meta_loss.svg.0.tmp'), '<svg');
    assert.equal((await run(['--resume', folder, '--quiet'])).code, 0);
    assert.deepEqual(contents(folder), whole);
  });

  test('with flags that say the recorded rule in other words', async () => {
    await run([...SMALL, '--vec', 'bio', '--episodes', '1', '--quiet', '--res', 'words']);
    const folder = onlyRun(cwd, 'words');
    const resume = (...flags: string[]) => run(['--resume', folder, '--episodes', '2', '--quiet', ...flags]);
    assert.match((await resume('--vec', 'F9')).stderr, /--vec must be left out or as recorded/);
    assert.equal((await resume('--vec', 'F9', 'F2', '--clip', '10')).code, 0);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).settings.vec, ['F0', 'F2', 'F9']);
  });

  test('of plastic feedback with learned constants: the same files, every coefficient by its name', async () => {
    const flags = [
      ...[...SMALL, '--fbk', 'plastic', '--engine', 'reference', '--vec', 'kp', '--init', 'B.F3=0.01'],
      ...['--term', 'homeo@2 = e (e_pre - c one_pre)^T', '--fbk_term', 'own = d (W - B)', '--learn', 'c=0.5', 'd=0.25'],
      ...['--term_scale', 'auto', '--quiet'],
    ];
    await run([...flags, '--res', 'plastic', '--episodes', '12']);
    await run([...flags, '--res', 'plastic-short', '--episodes', '5']);
    const [folder, short] = [onlyRun(cwd, 'plastic'), onlyRun(cwd, 'plastic-short')];
    const { code, stderr } = await run(['--resume', short, '--episodes', '12', '--json']);
    assert.equal(stderr.match(/^meta-plasticity: .*/m), null);
    assert.equal(code, 0);
    assert.deepEqual(contents(short), contents(folder));
    const { rule } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
    const names = ['F0', 'F3', 'B.F0', 'B.F3', 'homeo@2', 'B.own', 'c', 'd'];
    assert.deepEqual(
      rule.map(({ name, initial }: { name: string; initial: number }) => [name, initial]),
      names.map((name, i) => [name, [1e-3, 0, 1e-3, 0.01, 0, 0, 0.5, 0.25][i]]),
    );
    const [first] = readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n');
    assert.deepEqual(JSON.parse(first!).theta, [1e-3, 0, 1e-3, 0.01, 0, 0, 0.5, 0.25]);
    const { stdout } = await run(['--resume', folder]);
    for (const name of names) assert.match(stdout, new RegExp(`^theta ${name} `, 'm'));
    const tested = await run(['test', folder, '--tasks', '1', '--out', 'plastic-test']);
    assert.match(
      tested.stderr,
      /^meta-plasticity: --engine must be reference or tensorflow for feedback 'plastic', not 'wasm'/m,
    );
    assert.equal(tested.code, 2);
    const exported = (await run(['export', folder, '--to', 'json'])).stdout;
    assert.deepEqual(
      JSON.parse(exported).constants.map(({ name }: { name: string }) => name),
      ['c', 'd'],
    );
  });

  test('of a run that is killed before its first episode', async () => {
    const folder = stoppedAfter(0, 'unborn');
    writeFileSync(join(folder, 'journal.jsonl'), '');
    await run(['--resume', folder, '--quiet']);
    assert.deepEqual(contents(folder), whole);
  });

  test('--episodes goes on beyond the end, as if it had been asked for from the start', async () => {
    await run([...FLAGS, '--res', 'short', '--episodes', '15', '--quiet']);
    const folder = onlyRun(cwd, 'short');
    const { stdout } = await run(['--resume', folder, '--episodes', `${EPISODES}`]);
    assert.match(stdout, /^Resumed {2}after episode 15$/m);
    assert.deepEqual(contents(folder), whole);
  });

  test('of a complete run changes nothing', async () => {
    assert.equal((await run(['--resume', wholeFolder, '--quiet'])).code, 0);
    assert.deepEqual(contents(wholeFolder), whole);
  });

  test('takes flags that say what is recorded, and refuses others by name', async () => {
    const folder = stoppedAfter(39, 'flags');
    const journal = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
    for (const [flags, message] of [
      ['--seed 4', /--seed must be left out or as recorded with --resume, 3 here, not '4'/],
      ['--fbk fix', /--fbk .*"sym" here/],
      ['--clip 1', /--clip .*, 5 here/],
      ['--term_scale F9=0.5', /--term_scale .*"auto" here/],
      ['--vec F2', /--vec .*\["F2","F9"\] here/],
      ['--episodes 38', /--episodes must be at least 39, the episodes that the run has, not '38'/],
    ] as const) {
      const { code, stderr } = await run(['--resume', folder, ...flags.split(' ')]);
      assert.match(stderr, message);
      assert.equal(code, 2);
      assert.equal(readFileSync(join(folder, 'journal.jsonl'), 'utf8'), journal);
    }
    assert.equal((await run(['--resume', folder, '--seed', '3', '--vec', '1', '2', '--quiet'])).code, 0);
    assert.deepEqual(contents(folder), whole);
  });

  test('refuses a journal that is damaged in its middle', async () => {
    const folder = stoppedAfter(20, 'damaged');
    const path = join(folder, 'journal.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"episode":7', '"episode":8'));
    const { code, stderr } = await run(['--resume', folder]);
    assert.equal(code, 1);
    assert.match(stderr, /Line 7 of .*damaged\/journal\.jsonl is damaged \(it does not fit the lines before it/);
  });

  test('refuses other data, and a damaged run.json', async () => {
    const folder = stoppedAfter(20, 'other');
    rewriteRun(folder, (file) => Object.assign(file.data, { checksum: '0'.repeat(64) }));
    assert.match((await run(['--resume', folder])).stderr, /The data is not that of the run/);
    rewriteRun(folder, (file) => {
      Object.assign(file.data, {
        checksum: JSON.parse(readFileSync(join(wholeFolder, 'run.json'), 'utf8')).data.checksum,
      });
      Object.assign(file.rule[0]!, { formula: "-2 e y_pre'" });
    });
    assert.match((await run(['--resume', folder])).stderr, /The rule is not that of the run/);
    const path = join(folder, 'run.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, 200));
    assert.match(
      (await run(['--resume', folder])).stderr,
      /--resume must be the folder of a run.*run\.json is damaged/,
    );
  });

  test('refuses a folder that another process writes to, and takes over from a dead one', async () => {
    const folder = stoppedAfter(20, 'locked');
    const lock = join(folder, 'lock');
    const holder = start(['--help'], cwd);
    await once(holder.child, 'exit');
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname() }));
    const refused = await run(['--resume', folder]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Another process \(\d+ on .*\) is writing to .*locked: /);
    writeFileSync(lock, JSON.stringify({ pid: holder.child.pid, host: 'elsewhere' }));
    assert.match((await run(['--resume', folder])).stderr, /Another process \(\d+ on elsewhere\)/);
    writeFileSync(lock, JSON.stringify({ pid: holder.child.pid, host: hostname() }));
    assert.equal((await run(['--resume', folder, '--quiet'])).code, 0);
    assert.deepEqual(contents(folder), whole);
  });
});

test('a disk that gets full ends the run with a word; given room, it goes on to the same files', {
  skip: process.platform === 'win32',
}, async () => {
  // A limit on the size of files stands for it: it too cuts the line that is being written. Its signal would kill.
  const noSignal = ['--import', 'data:text/javascript,process.on("SIGXFSZ",()=>{})'];
  const limited = ['-c', 'ulimit -f 8 && exec "$@"', 'sh', process.execPath, ...noSignal, BINARY];
  const flags = [...FLAGS, '--res', 'full', '--episodes', `${EPISODES}`, '--quiet'];
  const { status, stderr } = spawnSync('sh', [...limited, ...flags], { cwd, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^meta-plasticity: \S*journal\.jsonl cannot be written \(EFBIG.*\)$/m);
  assert.match(stderr, /^Warning: What is done is kept; to go on: npx meta-plasticity --resume \S+$/m);
  const folder = onlyRun(cwd, 'full');
  assert.ok(!readFileSync(join(folder, 'journal.jsonl'), 'utf8').endsWith('\n'));
  assert.equal((await run(['--resume', folder, '--quiet'])).code, 0);
  assert.deepEqual(contents(folder), whole);
});

describe('a signal', () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    test(`${signal} ends the run after its episode and says how to go on`, async () => {
      const { child, ended } = start([...FLAGS, '--res', signal, '--episodes', '100000'], cwd, (stdout) => {
        if (stdout.includes('Train Episode: 5\t') && !child.killed) child.kill(signal);
      });
      const outcome = await ended;
      assert.equal(outcome.code, code);
      const folder = onlyRun(cwd, signal);
      assert.match(outcome.stderr, /Stopping after this episode; once more to stop at once/);
      const [, done] =
        /Stopped after episode (\d+); to go on: npx meta-plasticity --resume \S+/.exec(outcome.stderr) ?? [];
      assert.equal(readFileSync(join(folder, 'journal.jsonl'), 'utf8').split('\n').length, Number(done) + 1);
      assert.ok(Number(done) >= 5 && Number(done) < 100000);
      const files = listing(folder);
      assert.ok(files.includes('meta_loss.png') && !files.includes('lock'));
    });
  }
});
