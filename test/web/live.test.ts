import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { imageFolder, run, SMALL, start, temporaryFolder } from '../cli/program.js';
import { assertFine, skip, withBrowser } from './browser.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);

/** Starts the program, and resolves to the address that it says. */
const started = (argv: readonly string[]) => {
  let say: (address: string) => void;
  const address = new Promise<string>((resolve) => {
    say = resolve;
  });
  const process = start(argv, cwd, (stdout) => {
    const [, found] = /(?:Live|Playground): (\S+)/.exec(stdout) ?? [];
    if (found !== undefined) say(found);
  });
  return { ...process, address };
};

test('live needs folders, and a port that is free', async () => {
  const { code, stderr } = await run(['live', 'nowhere']);
  assert.equal(code, 2);
  assert.match(stderr, /live needs folders, but there is no folder 'nowhere'/);
});

test('--live is there as long as a run, and says where; a run without it is the same', async () => {
  const { code, stdout } = await run([...SMALL, '--episodes', '20', '--res', 'beside', '--live']);
  assert.equal(code, 0);
  const [, address] = /^Live: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(stdout) ?? [];
  // A run of milliseconds may be over before the page is there.
  if (address) await assert.rejects(fetch(address));
  const wrong = await run([...SMALL, '--live', '70000']);
  assert.equal(wrong.code, 2);
});

describe('in a browser', { skip }, () => {
  const { open } = withBrowser();

  test('a live page follows what is written into its folder', async () => {
    mkdirSync('growing');
    const { child, ended, address } = started(['live', 'growing']);
    const opened = await open(await address);
    const { page } = opened;
    assert.ok(await page.getByText('No run has an episode yet').isVisible());
    await run([...SMALL, '--episodes', '5', '--res', 'growing', '--quiet']);
    await page.waitForFunction(() => document.querySelectorAll('.runs tbody tr').length === 1);
    await run([...SMALL, '--episodes', '7', '--seed', '2', '--res', 'growing', '--quiet']);
    await page.waitForFunction(() => document.querySelectorAll('.runs tbody tr').length === 2);
    assertFine(opened);
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
    await page.getByText('it has ended').waitFor();
  });
});
