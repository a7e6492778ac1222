import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { pageHtml } from '#dist/page/html.js';

test('a page is one file whose policy lets in its own script and style, and nothing else', async () => {
  const title = '</title><script>alert(1)</script>';
  const data = { words: '</script><!-- ]]>', number: 0.1 };
  const html = await pageHtml('report', { title, data });
  const scripts = [...html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
  assert.equal(scripts.length, 2);
  const [packed, script] = scripts.map(([, , text]) => text!);
  assert.deepEqual(JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString()), data);
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html)!;
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
  assert.match(policy!, /^default-src 'none'; /);
  for (const text of [script!, style!])
    assert.ok(policy!.includes(`'sha256-${createHash('sha256').update(text).digest('base64')}'`));
  assert.doesNotMatch(policy!, /unsafe|https?:/);
  assert.doesNotMatch(html.replaceAll('http://www.w3.org/', ''), /(src|href)="?https?:/);
  assert.equal(await pageHtml('report', { title, data }), html);
});
