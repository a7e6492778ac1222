import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LATEX, PYTHON } from '#dist/export/literals.js';
import { temporaryFolder } from '../cli/program.js';
import { pythonWith, runPython } from './python.js';

const python = pythonWith('ast');
const marks = fc.string({ unit: fc.constantFrom(...'\\\'"#{}$%&_^~u0\n\r\f\x1b') });
const texts = fc.sample(fc.oneof(fc.string({ unit: 'binary' }), marks), { seed: 4, numRuns: 300 });
const numbers = [0, 1, -2.5, 1e21, 1e-7, 1.7976931348623157e308, 0.1, 5e-324, Number.NaN, Number.NEGATIVE_INFINITY];

test('Python reads strings and numbers back, and sees no comment', {
  skip: python === undefined && 'needs a python3',
}, () => {
  const lines = [
    '# -*- coding: utf-8 -*-',
    ...texts.map(PYTHON.comment),
    `texts = [${texts.map(PYTHON.string).join(', ')}]`,
    `numbers = [${numbers.map(PYTHON.number).join(', ')}]`,
  ];
  const driver = `
import ast, json, sys
source = sys.stdin.buffer.read()
assert len(ast.parse(source).body) == 2
here = {}
exec(source, here)
print(json.dumps([here["texts"], [repr(x) for x in here["numbers"]]]))
`;
  const { status, stdout, stderr } = runPython(python!, driver, [], temporaryFolder(), `${lines.join('\n')}\n`);
  assert.equal(status, 0, stderr);
  const [read, shown] = JSON.parse(stdout);
  assert.deepEqual(read, texts);
  assert.deepEqual(shown.slice(0, -2).map(Number), numbers.slice(0, -2));
  assert.deepEqual(shown.slice(-3), ['5e-324', 'nan', '-inf']);
});

test('LaTeX has letters, digits and numbers of characters only', () => {
  for (const text of texts) {
    assert.match(LATEX.word(text), /^\\mathrm\{([A-Za-z0-9]|\\_|\\char\d+ )*\}$/);
    assert.match(LATEX.comment(text), /^%.*$/);
  }
  assert.equal(LATEX.word('a_1'), '\\mathrm{a\\_1}');
  assert.equal(LATEX.number(-1.5e-9), '-1.5 \\times 10^{-9}');
});
