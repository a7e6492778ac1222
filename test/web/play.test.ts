import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { decodeJournal } from '#dist/meta/journal.js';
import { onlyRun, run, temporaryFolder } from '../cli/program.js';
import { assertFine, seriousFaults, skip, withBrowser } from './browser.js';

const cwd = temporaryFolder();
process.chdir(cwd);

test('play --site writes one file of under 600 kB, zipped, and not over another', async () => {
  assert.equal((await run(['play', '--site', 'site'])).code, 0);
  assert.ok(gzipSync(readFileSync('site/index.html')).length < 600_000);
  assert.equal((await run(['play', '--site', 'site'])).code, 2);
});

describe('the playground in a browser', { skip }, () => {
  const { open } = withBrowser();
  const url = pathToFileURL(join(cwd, 'site', 'index.html')).href;
  /** One hidden layer and few images: what is asked is quick. */
  const SMALL = 'depth=1&K=2';

  test('its episodes are the command’s to the bit', async () => {
    const opened = await open(`${url}#theta=F0:0.01_F2:-0.05&${SMALL}`);
    const { page } = opened;
    const command = (await page.locator('.command code').textContent())!;
    const words = command.split(' ').slice(2);
    const env = { XDG_CACHE_HOME: cwd };
    const { code, stderr } = await run([...words, '--episodes', '2', '--workers', '1', '--quiet'], { env });
    assert.equal(code, 0, stderr);
    const records = decodeJournal(readFileSync(join(onlyRun(cwd), 'journal.jsonl'), 'utf8'), 2);
    for (const [i, record] of records.entries()) {
      await page.getByRole('button', { name: 'One episode' }).click();
      await page.getByText(`episode ${i + 1}, accuracy`).waitFor();
      const [f0, f2] = record.next.theta;
      const says = () => decodeURIComponent(page.url()).includes(`theta=F0:${f0}_F2:${f2}&`);
      // The address follows the words; where it never does, the assertion tells what it has.
      await page.waitForURL(says, { timeout: 20_000 }).catch(() => {});
      assert.ok(says(), `${page.url()} has ${f0}, ${f2}`);
    }
    assertFine(opened);
  });

  test('presets, a slider, and a formula of one’s own; what is wrong is said in the parser’s words', async () => {
    const opened = await open(`${url}#theta=F0:0.01&${SMALL}`);
    const { page } = opened;
    await page.getByText('accuracy at the end').waitFor();
    await page.getByRole('button', { name: 'Kolen-Pollack' }).click();
    assert.equal(await page.getByLabel('Feedback').inputValue(), 'sym');
    await page.getByRole('button', { name: 'eHebb', exact: true }).first().click();
    assert.equal(await page.getByRole('slider').count(), 2);
    await page.getByRole('slider', { name: 'coefficient of F2' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => !decodeURIComponent(location.hash).includes('F2:-0.11&'));

    const own = page.getByLabel('A term of your own');
    await own.fill("y e_pre' <img src=x>");
    await own.press('Enter');
    assert.match((await page.getByRole('alert').textContent())!, /'<' is not part of a formula, at character \d+/);
    await own.fill("y e_pre'");
    await own.press('Enter');
    assert.equal(await page.getByRole('slider').count(), 3);
    assert.match((await page.locator('.command code').textContent())!, /--term 'own = y e_pre\^T'/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download rule.py' }).click(),
    ]);
    assert.match(readFileSync(await file.path(), 'utf8'), /import numpy[\s\S]*def update\(/);
    assertFine(opened);
  });

  for (const theme of ['light', 'dark'] as const)
    test(`${theme}: axe-core finds no serious fault; ?embed=1 hides the text`, async () => {
      const opened = await open(`${url}?embed=1#theta=F0:0.01&${SMALL}`, { width: 390, theme });
      const { page } = opened;
      await page.getByText('accuracy at the end').waitFor();
      assert.equal(await page.getByText('A brain learns').count(), 0);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      assert.deepEqual(await seriousFaults(page), []);
      assertFine(opened);
    });
});
