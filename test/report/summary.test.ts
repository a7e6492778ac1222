import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatSummary, summarise } from '#dist/report/summary.js';
import { record, records } from './records.js';

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

describe('summarise', () => {
  // Linear in the episode, so the mean over the last k of n is the value in their middle, n - (k - 1) / 2.
  const run = records(600, (n) => ({
    accuracy: n / 1000,
    loss: 10 - n / 100,
    angles: [90, n / 10, 0],
    theta: [n / 1e5, -n],
    next: { theta: [(n + 1) / 1e5, -n - 1], m: [0, 0], v: [0, 0], step: n },
  }));

  test('means over the last 100 and 50 episodes, and the last step', () => {
    const summary = summarise(run, ['F0', 'own']);
    close(summary.accuracy, 550.5 / 1000);
    close(summary.loss, 10 - 550.5 / 100);
    close(summary.angles[1]!, 55.05);
    assert.deepEqual(
      summary.theta.map(({ name }) => name),
      ['F0', 'own'],
    );
    close(summary.theta[0]!.mean, 575.5e-5);
    close(summary.theta[1]!.mean, -575.5);
    assert.equal(summary.theta[0]!.final, 601 / 1e5);
    assert.deepEqual([summary.episodes, summary.outcomeEpisodes, summary.thetaEpisodes], [600, 100, 50]);
  });

  test('a short run is averaged whole', () => {
    const summary = summarise(run.slice(0, 3), ['F0', 'own']);
    close(summary.accuracy, 0.002);
    assert.deepEqual([summary.outcomeEpisodes, summary.thetaEpisodes], [3, 3]);
  });

  test('diverged episodes are left out of the means and counted', () => {
    const diverged = record(4, {
      loss: Number.NaN,
      accuracy: 0,
      angles: [90, Number.NaN, 0],
      theta: [1e-3, 0],
      skipped: true,
      skips: { total: 1, inARow: 1 },
    });
    const summary = summarise([...run.slice(0, 3), diverged], ['F0', 'own']);
    close(summary.accuracy, 0.002);
    close(summary.loss, 9.98);
    close(summary.angles[1]!, 0.2);
    assert.equal(summary.skipped, 1);
    const none = summarise([diverged], ['F0', 'own']);
    assert.ok(Number.isNaN(none.accuracy) && Number.isNaN(none.loss));
    assert.match(formatSummary(none), /^accuracy +none$/m);
  });

  test('refuses a run without episodes', () => {
    assert.throws(() => summarise([], ['F0']), /at least one episode/);
  });
});

describe('formatSummary', () => {
  test('is a table of aligned columns', () => {
    const run = records(1, () => ({ accuracy: 0.22, loss: 3.5, angles: [90, 80.5, 0], theta: [1e-3, -0.0441] }));
    assert.deepEqual(formatSummary(summarise(run, ['F0', 'F2'])).split('\n'), [
      '1 episode, 0 Adam steps skipped',
      '                         mean of last 1',
      'accuracy                         0.2200',
      'loss                             3.5000',
      'angle 0 (degrees)                 90.00',
      'angle 1 (degrees)                 80.50',
      'angle 2 (degrees)                  0.00',
      '                         mean of last 1                 final',
      'theta F0                       0.001000              0.001000',
      'theta F2                      -0.044100             -0.044100',
    ]);
  });

  test('ten terms, a long name, tiny and huge coefficients fit 80 columns', () => {
    const names = [
      ...Array.from({ length: 10 }, (_, i) => `F${i}`),
      'a_name_much_too_long_for_any_table_of_this_width',
    ];
    const theta = names.map((_, i) => (i % 2 ? -1.234e-9 : -1.5e300));
    const text = formatSummary(
      summarise(
        records(3, () => ({ theta, loss: 1e22 })),
        names,
      ),
    );
    for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    assert.match(text, /^theta F1 .* -1\.234e-9 .* -1\.234e-9$/m);
    assert.match(text, /^theta F0 .* -1\.500e\+300$/m);
  });
});
