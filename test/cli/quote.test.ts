import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { quote, quotePath } from '#dist/cli/quote.js';
import { printable } from '#dist/text.js';

const words = ['plain/path-1', '', "it's", 'a b', '$HOME `x` \\ "', 'a\nb', "esc\x1b[31m'\\", 'θ', '-dash/run', '*'];
const bash = spawnSync('bash', ['-c', 'true']).status === 0;

test('a shell reads the word back, and nothing of it is unprintable', { skip: !bash && 'needs bash' }, () => {
  for (const word of words) {
    assert.equal(printable(quote(word)), quote(word));
    const { stdout } = spawnSync('bash', ['-c', `printf %s ${quote(word)}`], { encoding: 'utf8' });
    assert.equal(stdout, word);
  }
});

test('a path does not look like a flag', () => {
  assert.equal(quotePath('-dash/run'), './-dash/run');
  assert.equal(quotePath('--res x'), "'./--res x'");
  assert.equal(quotePath('results/run'), 'results/run');
});
