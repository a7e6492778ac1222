import assert from 'node:assert/strict';

/** Whether a text is well-formed as far as text from outside could break it: its tags, references and characters. */
export function assertXml(text: string): void {
  assert.doesNotMatch(text, /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const tag = /<\/?[\w:-]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g;
  const open: string[] = [];
  for (const [all] of text.matchAll(tag)) {
    const [name] = /[\w:-]+/.exec(all)!;
    if (all.startsWith('</')) assert.equal(open.pop(), name);
    else if (!all.endsWith('/>')) open.push(name);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|#\d+);)/);
  assert.doesNotMatch(text.replaceAll(tag, ''), /[<>]/);
}
