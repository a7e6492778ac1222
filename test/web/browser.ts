/** A real browser for pages; tests that need one are skipped, visibly, where there is none. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const place = process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));

export const skip = place === undefined && "no Chromium here: install Debian's package chromium";

/** Slow, for a machine that is busy with other things. */
const PATIENCE = 120_000;

/** Opens pages in one browser for all tests of a file. */
export function withBrowser(): { open: (url: string, options?: OpenOptions) => Promise<OpenPage> } {
  let browser: Browser;
  before(async () => {
    // Root has no sandbox; the pages are our own.
    const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
    if (place !== undefined) browser = await chromium.launch({ executablePath: place, args, timeout: PATIENCE });
  });
  after(() => browser?.close());
  return {
    async open(url, { width = 1280, theme = 'light' } = {}) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: theme });
      page.setDefaultTimeout(PATIENCE);
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('request', (request) => {
        const asked = request.url();
        if (asked !== url.replace(/#.*/, '') && !asked.startsWith(`${url}events?`) && !/^(data|blob):/.test(asked))
          complaints.push(`asked for ${asked}`);
      });
      await page.goto(url);
      await page.waitForSelector('h1');
      return { page, complaints };
    },
  };
}

interface OpenOptions {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
}

export interface OpenPage {
  readonly page: Page;
  /** What went wrong: errors, and requests for anything but the page. */
  readonly complaints: readonly string[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core has against a page, of what it calls serious or critical. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // Through the debugger, which the page's policy does not bind.
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

export function assertFine({ complaints }: OpenPage): void {
  assert.deepEqual(complaints, []);
}
