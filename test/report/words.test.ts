import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHTML } from 'linkedom';
import { cut, labelWidth, type SvgElement, setSubscripts, wrap } from '#dist/report/words.js';

interface Child {
  textContent: string;
  getAttribute?: (name: string) => string | null;
}

/** Words of a text element and its tspans, each with how far it is moved down and its size. */
function subscripted(words: string): (string | null)[][] {
  const { document } = parseHTML('<html><svg><text></text></svg></html>');
  const text = document.querySelector('text') as unknown as SvgElement & { childNodes: Iterable<Child> };
  text.textContent = words;
  setSubscripts(text, 12);
  const children = [...text.childNodes];
  return children.map((child) => [
    child.textContent,
    child.getAttribute?.('dy') ?? null,
    child.getAttribute?.('font-size') ?? null,
  ]);
}

describe('setSubscripts', () => {
  test('lowers what stands after a Greek letter and an underscore', () => {
    assert.deepEqual(subscripted('θ_2'), [
      ['θ', null, null],
      ['2', '3', '9'],
    ]);
    assert.deepEqual(subscripted('θ_my_own')[1], ['my_own', '3', '9']);
    assert.deepEqual(subscripted('α_l: angle')[2], [': angle', '-3', null]);
  });
  test('moves what follows back up', () => {
    assert.deepEqual(subscripted('θ_0 e + θ_12, α_1'), [
      ['θ', null, null],
      ['0', '3', '9'],
      [' e + θ', '-3', null],
      ['12', '3', '9'],
      [', α', '-3', null],
      ['1', '3', '9'],
    ]);
  });
  test('leaves other underscores, and keeps text text', () => {
    assert.deepEqual(subscripted('y_pre'), [['y_pre', null, null]]);
    assert.deepEqual(subscripted('θ_<b>')[1], ['<b>', '3', '9']);
  });
});

describe('room for text', () => {
  test('wrap breaks at spaces and loses no word', () => {
    const words = 'a title that is too long for one line and so is set in several';
    const lines = wrap(words, 10, 100);
    assert.equal(lines.join(' '), words);
    assert.ok(lines.length > 3);
    for (const line of lines) assert.ok(labelWidth(line, 10) <= 100);
    assert.deepEqual(wrap('  ', 10, 100), []);
  });
  test('cut shortens long labels only', () => {
    assert.equal(cut('θ_own', 13, 640), 'θ_own');
    assert.match(cut('x'.repeat(100), 13, 640), /^x{10,}…$/);
    assert.ok(labelWidth(cut('x'.repeat(100), 13, 200), 13) <= 80);
  });
});
