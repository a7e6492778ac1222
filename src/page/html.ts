/** A page as one file: its script, its style and its data, and a policy that lets in nothing else. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

/** Pages that the build makes, beside this folder. */
export type PageName = 'report' | 'play';

export interface PageOptions {
  readonly title: string;
  /** Any JSON; the page's script reads it. */
  readonly data: unknown;
  /** Sources that the policy lets in beside the page itself, like `connect-src 'self'`. */
  readonly policy?: readonly string[];
}

/**
 * The text of a page that needs nothing else. What is in `data` comes in as base64, so none of it can be markup; the
 * policy names the script and the style by their hashes.
 */
export async function pageHtml(name: PageName, { title, data, policy = [] }: PageOptions): Promise<string> {
  const read = (file: string) => readFile(new URL(`../web/${file}`, import.meta.url), 'utf8');
  const [script, style] = await Promise.all([read(`${name}.js`), read(`${name}.css`)]);
  const directives = [
    "default-src 'none'",
    `script-src ${hash(script)}${name === 'play' ? " 'wasm-unsafe-eval'" : ''}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    ...policy,
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${markupText(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="app"><noscript>This page draws itself with JavaScript, which is turned off here.</noscript></div>',
    `<script id="data" type="application/octet-stream">${packed(data)}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** JSON, gzip'd, as base64; the same data gives the same text. */
export function packed(data: unknown): string {
  return gzipSync(JSON.stringify(data), { level: 6 }).toString('base64');
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function markupText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
