import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findTrouble } from '#dist/report/trouble.js';
import { records } from './records.js';

/** Accuracy of an episode: a mean, and noise of about 0.13, as that of 50 query images is. */
const noisy = (mean: number, n: number) => mean + 0.18 * Math.sin(n * n);
const after = { total: 3, inARow: 0 };

describe('findTrouble', () => {
  test('none in a run that learns', () => {
    assert.deepEqual(findTrouble(records(600), 5), []);
    assert.deepEqual(
      findTrouble(
        records(600, (n) => ({ accuracy: noisy(n < 50 ? 0.4 : 0.69, n) })),
        5,
      ),
      [],
    );
  });

  test('none in feedback alignment, little above guessing as it is', () => {
    const fa = (n: number) => ({ accuracy: 0.22 + 0.06 * Math.sin(n * n), loss: 1.7 + 2 * Math.exp(-n / 10) });
    assert.deepEqual(findTrouble(records(600, fa), 5), []);
  });

  test('guessing among the classes of a task is stuck, where their number is known', () => {
    const guess = (n: number) => ({ accuracy: n % 2 ? 0.15 : 0.24, loss: 1.7 });
    assert.deepEqual(findTrouble(records(300, guess), 5), [
      'It is stuck: accuracy 0.195 is no better than guessing among 5 classes.',
    ]);
    assert.deepEqual(findTrouble(records(300, guess)), []);
    assert.deepEqual(findTrouble(records(99, guess), 5), [], 'too short to tell');
  });

  test('one and the same answer for all, and answers outside of the task, are stuck', () => {
    for (const accuracy of [0.2, 0])
      assert.match(
        findTrouble(
          records(300, () => ({ accuracy })),
          5,
        )[0]!,
        /is stuck/,
      );
  });

  test('falling back from what was reached', () => {
    const falls = (to: number) => records(600, (n) => ({ accuracy: noisy(n <= 500 ? 0.62 : to, n) }));
    const [sentence, ...more] = findTrouble(falls(0.4), 5);
    assert.match(sentence!, /^It fell back: accuracy went from 0\.6\d\d at its best to 0\.[34]\d\d in the last 50/);
    assert.deepEqual(more, []);
    assert.deepEqual(findTrouble(falls(0.58), 5), []);
  });

  test('episodes that diverged are told, and count as wrong', () => {
    const three = (n: number) => (n < 298 ? {} : { loss: Number.NaN, skipped: true, skips: after });
    const told = 'Loss or gradient was not finite in 3 of 300 episodes.';
    assert.deepEqual(findTrouble(records(300, three), 5), [told]);
    const lost = (n: number) => (n <= 250 ? {} : { loss: Number.NaN, skipped: true, skips: { total: 3, inARow: 3 } });
    assert.match(findTrouble(records(350, lost), 5).join(), /^Loss or .*,It is stuck: accuracy 0\.000/);
  });
});
