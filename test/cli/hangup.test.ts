/** Terminals that close, readers that go, disks that are full: a run goes on. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { BINARY, imageFolder, listing, onlyRun, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
imageFolder(cwd);

/** The run has all its episodes, and its figures. */
function isWhole(res: string, episodes: number): void {
  const folder = onlyRun(cwd, res);
  assert.equal(readFileSync(join(folder, 'journal.jsonl'), 'utf8').trimEnd().split('\n').length, episodes);
  const files = listing(folder);
  assert.ok(files.includes('meta_loss.png') && !files.includes('lock'));
}

test('nobody reading the output is no error', async () => {
  const { child, ended } = start([...SMALL, '--res', 'unread', '--episodes', '30'], cwd);
  child.stdout.destroy();
  assert.deepEqual(await ended, { code: 0, stdout: '', stderr: '' });
  isWhole('unread', 30);
});

test('stdout on a full disk is said once; it is a failure where stdout was to be the result', async (t) => {
  if (!existsSync('/dev/full')) return t.skip('needs /dev/full');
  for (const [res, flags, code] of [
    ['full', [], 0],
    ['full-json', ['--json'], 1],
  ] as const) {
    const argv = [BINARY, ...SMALL, '--res', res, '--episodes', '30', '--avg_window', '5', ...flags];
    const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said += chunk;
    });
    const [status] = await once(child, 'close');
    assert.match(said, /Warning: What is said on stdout cannot be written \(ENOSPC[^\n]*\)\.\n/);
    assert.equal(said.split('ENOSPC').length, 2);
    assert.equal(status, code);
    isWhole(res, 30);
  }
});

/** Runs words on a terminal of their own, which closes after their fifth episode; prints the exit code. */
const CLOSING_TERMINAL = `
import os, pty, sys, time
hangup, words = sys.argv[1] == 'hangup', sys.argv[2:]
if hangup:
    pid, terminal = pty.fork()
else:
    terminal, slave = pty.openpty()
    pid = os.fork()
if pid == 0:
    if not hangup:
        os.setsid()
        os.close(terminal)
        for fd in 0, 1, 2: os.dup2(slave, fd)
    os.execvp(words[0], words)
if not hangup: os.close(slave)
seen = b''
while b'Episode: 5' not in seen:
    if words[0] != 'nohup': seen += os.read(terminal, 1000)
    elif os.path.exists('nohup.out'): seen = open('nohup.out', 'rb').read()
    time.sleep(.01)
os.close(terminal)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

describe('a terminal that closes', () => {
  const python = spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0;
  const skip = python ? false : 'needs Python 3.9 and terminals';
  const close = (how: string, words: readonly string[], res: string, episodes: number) => {
    const run = [process.execPath, BINARY, ...SMALL, '--verbose', '--res', res, '--episodes', `${episodes}`];
    const { stdout, stderr } = spawnSync('python3', ['-c', CLOSING_TERMINAL, how, ...words, ...run], {
      cwd,
      env: { ...process.env, _: '' },
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    return Number(stdout);
  };

  test('and is not its own is no error', { skip }, () => {
    assert.equal(close('leave', [], 'eio', 40), 0);
    isWhole('eio', 40);
  });

  test('and is its own stops it after its episode', { skip }, () => {
    assert.equal(close('hangup', [], 'hangup', 100000), 129);
    const files = listing(onlyRun(cwd, 'hangup'));
    assert.ok(files.includes('meta_loss.png') && !files.includes('lock'));
  });

  test('leaves it alone under nohup', { skip }, () => {
    assert.equal(close('hangup', ['nohup'], 'nohup', 40), 0);
    isWhole('nohup', 40);
  });
});
