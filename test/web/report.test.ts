import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { decodeJournal } from '#dist/meta/journal.js';
import type { PageRun } from '#dist/page/data.js';
import { reportHtml } from '#dist/page/report.js';
import { imageFolder, onlyRun, run, SMALL, temporaryFolder } from '../cli/program.js';
import { assertFine, seriousFaults, skip, withBrowser } from './browser.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);

const EVIL = '</script><img src=x onerror=alert(1)><script>alert(2)</script>"\'&lt;';
const OWN = "own = y e_pre' - 0.5 W";

/** A run of made-up numbers. */
function madeUp(i: number, facts: Record<string, string> = {}): PageRun {
  const x = Array.from({ length: 100 }, (_, n) => n + 1);
  const accuracy = x.map((n) => 0.5 + 0.3 * Math.sin(n / 20 + i));
  return {
    name: `run-${i}`,
    facts: { rule: i % 2 === 0 ? 'F0' : 'F0 + F2', seed: String(i >> 1), ...facts },
    origin: { version: '1' },
    terms: [{ name: 'F0', formula: "-e y_pre'", initial: 0.001 }],
    ...{ xLabel: 'Episode', x, columns: { accuracy, 'theta F0': x.map((n) => n / 1e4) } },
    ...{ ends: { accuracy: accuracy.at(-1)!, 'theta F0': 0.01 }, endRows: 1, trouble: [] },
  };
}

const pageOf = async (name: string, title: string, runs: readonly PageRun[]) => {
  writeFileSync(name, await reportHtml({ title, runs }));
  return pathToFileURL(join(cwd, name)).href;
};

describe('a report in a browser', { skip }, () => {
  const { open } = withBrowser();
  let folder = '';

  before(async () => {
    await run([...SMALL, '--vec', 'F2', '--term', OWN, '--episodes', '30', '--quiet']);
    folder = onlyRun(cwd);
    assert.equal((await run(['report', folder, '--out', 'one.html', '--quiet'])).code, 0);
  });

  test('its numbers are the journal’s, and it asks for nothing', async () => {
    const opened = await open(pathToFileURL(join(cwd, 'one.html')).href);
    const { page } = opened;
    const records = decodeJournal(readFileSync(join(folder, 'journal.jsonl'), 'utf8'), 3);
    const mean = (of: (record: (typeof records)[number]) => number) =>
      records.reduce((sum, record) => sum + of(record), 0) / records.length;
    const cell = async (column: string) => {
      const titles = await page.locator('.runs thead button').allTextContents();
      const cells = page.locator('.runs tbody tr').first().locator('th, td');
      return Number(await cells.nth(titles.indexOf(column)).getAttribute('title'));
    };
    assert.equal(
      await cell('accuracy'),
      mean(({ accuracy }) => accuracy),
    );
    assert.equal(
      await cell('theta F2'),
      mean(({ theta }) => theta[1]!),
    );

    await page.getByLabel('Mean of').fill('1');
    const panel = page.getByRole('figure', { name: 'Accuracy' });
    const value = async () => Number(await panel.locator('.key output').first().textContent());
    assert.equal(await value(), Number(records.at(-1)!.accuracy.toPrecision(4)));
    assert.equal(await page.locator('math').count(), 3);
    assert.ok(await page.getByText(/The task of episode 30: 2 classes/).isVisible());
    assertFine(opened);
  });

  test('controls do what they say, by keyboard too', async () => {
    const opened = await open(
      await pageOf(
        'many.html',
        'many',
        Array.from({ length: 10 }, (_, i) => madeUp(i)),
      ),
    );
    const { page } = opened;
    const panel = page.getByRole('figure', { name: 'Accuracy' });
    assert.deepEqual(await panel.locator('.key button').allTextContents(), ['rule F0', 'rule F0 + F2']);
    assert.ok(await page.getByText("Student's t").isVisible());

    const first = panel.locator('.key button').first();
    await first.focus();
    await page.keyboard.press('Enter');
    assert.equal(await first.getAttribute('aria-pressed'), 'false');

    await panel.locator('.chart').focus();
    await page.keyboard.press('ArrowRight');
    const at = await panel.locator('.at').textContent();
    assert.match(at!, /^at episode \d/);
    assert.equal(await page.getByRole('figure', { name: 'Coefficient F0' }).locator('.at').textContent(), at, 'synced');

    await page.getByLabel('Group by').selectOption('run');
    assert.equal(await panel.locator('.key button').count(), 10);

    await page.getByRole('button', { name: 'accuracy' }).click();
    const shown = async () =>
      (
        await page
          .locator('.runs tbody tr')
          .evaluateAll((rows) =>
            rows.map((row) => row.querySelector('td.number:last-child')?.previousElementSibling?.getAttribute('title')),
          )
      ).map(Number);
    const sorted = await shown();
    assert.deepEqual(
      sorted,
      sorted.toSorted((a, b) => a - b),
    );
    await page.getByLabel('Filter').fill('seed=3');
    assert.equal(await page.locator('.runs tbody tr').count(), 2);

    for (const kind of ['SVG', 'PNG', 'CSV']) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        panel.getByRole('button', { name: kind }).click(),
      ]);
      const path = await file.path();
      const bytes = readFileSync(path);
      if (kind === 'PNG') assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
      else
        assert.match(
          bytes.toString(),
          kind === 'SVG' ? /^<svg [^>]*>[\s\S]*<\/svg>\n$/ : /^curve,Episode,value,low,high\n/,
        );
    }
    assertFine(opened);
  });

  test('what users write stays text', async () => {
    const evil = {
      ...madeUp(0, { [EVIL]: EVIL }),
      name: EVIL,
      command: EVIL,
      origin: { [EVIL]: EVIL },
      trouble: [EVIL],
    };
    const terms = [{ name: EVIL, formula: EVIL, description: EVIL, initial: 0 }];
    const opened = await open(await pageOf('evil.html', EVIL, [{ ...evil, terms, xLabel: EVIL }, madeUp(1)]));
    const { page } = opened;
    page.on('dialog', () => assert.fail('a script ran'));
    assert.equal(await page.title(), EVIL);
    assert.equal(await page.locator('h1').textContent(), EVIL);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('body script').count(), 2);
    assertFine(opened);
  });

  test('200 runs: a letter in the filter is answered at once', async () => {
    const runs = Array.from({ length: 200 }, (_, i) => madeUp(i, { M: String(i % 5) }));
    const opened = await open(await pageOf('many-runs.html', '200', runs));
    const { page } = opened;
    // Work of the page's own, not the clock: a busy machine must not fail this.
    const work = await page.evaluate(async () => {
      const field = document.querySelector<HTMLInputElement>('input[type=search]')!;
      const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
      set.call(field, 'seed=7');
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => setTimeout(resolve));
      return document.querySelectorAll('.runs tbody tr').length;
    });
    assert.equal(work, 2);
    assertFine(opened);
  });

  for (const theme of ['light', 'dark'] as const)
    test(`${theme}: axe-core finds no serious fault, and nothing is wider than a phone`, async () => {
      const opened = await open(pathToFileURL(join(cwd, 'one.html')).href, { width: 390, theme });
      const { page } = opened;
      assert.deepEqual(await seriousFaults(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      assertFine(opened);
    });
});
