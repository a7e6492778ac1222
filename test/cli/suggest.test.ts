import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '#dist/cli/suggest.js';

const flags = ['episodes', 'seed', 'lr_meta', 'lamb', 'a', 'K', 'avg_window', 'test_name'];

test('the flag that was meant', () => {
  for (const [typed, meant] of [
    ['epsiodes', 'episodes'],
    ['episode', 'episodes'],
    ['sede', 'seed'],
    ['LR-META', 'lr_meta'],
    ['lrmetta', 'lr_meta'],
    ['avgwindows', 'avg_window'],
    ['lambda', 'lamb'],
    ['k', 'K'],
    ['lr', 'lr_meta'],
    ['meta', 'lr_meta'],
    ['window', 'avg_window'],
    ['epi', 'episodes'],
    ['seeds', 'seed'],
  ] as const) {
    assert.equal(nearest(typed, flags), meant, typed);
  }
});

test('none where none is near', () => {
  for (const typed of ['gradient', 'xyz', 'windspeed', 'v', '']) assert.equal(nearest(typed, flags), undefined, typed);
});
