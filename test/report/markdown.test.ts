import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv, markdownTable } from '#dist/report/markdown.js';

test('a cell is one cell, and plain text', () => {
  for (const [name, cell] of [
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['line\nfeed', 'line feed'],
    ['\x1b[31m', '\\u001b[31m'],
    ['<img src=x>', '\\<img src=x>'],
    ['<!-- x', '\\<!-- x'],
    ['[x](http://x)', '[x\\](http://x)'],
    ['0.2 [0.1 0.3]', '0.2 [0.1 0.3]'],
    ['a < b', 'a < b'],
  ] as const)
    assert.equal(
      markdownTable(['name'], [[name]])
        .split('\n')
        .at(-1)!
        .replace(/ +\|$/, ' |'),
      `| ${cell} |`,
    );
});

test('columns are as wide as their longest cell', () => {
  assert.equal(markdownTable(['', 'θ'], [['a', '1234']]), '|     | θ    |\n| --- | ---- |\n| a   | 1234 |');
});

test('CSV quotes what would be another cell or line', () => {
  const rows = [
    ['x,"y"', 1],
    ['l\nf', ''],
  ];
  assert.equal(csv(['a', 'b'], rows), 'a,b\n"x,""y""",1\n"l\nf",\n');
});
