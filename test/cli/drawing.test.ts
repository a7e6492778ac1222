import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDrawing } from '#dist/cli/drawing.js';
import { imageFolder, listing, onlyRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);

test('draws what lies in the folder when it is asked, not before, and says what went wrong', async () => {
  await run([...SMALL, '--episodes', '2', '--quiet']);
  const folder = onlyRun(cwd);
  const pngs = () => readdirSync(folder).filter((file) => file.endsWith('.png'));
  assert.equal(pngs().length, 5);

  const elsewhere = temporaryFolder();
  const early = startDrawing(elsewhere);
  await sleep(200);
  assert.deepEqual(listing(elsewhere), []);
  assert.match((await early.draw())!, /^The figures could not be drawn: .*is not a run's folder/);
});

test('cancelled, it ends without drawing, and without a word', async () => {
  const folder = temporaryFolder();
  const drawing = startDrawing(folder);
  drawing.cancel();
  assert.equal(await drawing.draw(), undefined);
  assert.deepEqual(listing(folder), []);
});
