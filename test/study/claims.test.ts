import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBand, judge } from '#dist/study/claims.js';
import type { Claim } from '#dist/study/recipe.js';
import { contradictions, endTable, findingsTable } from '#dist/study/report.js';
import { group } from './tables.js';

const groups = [
  group('FA', 'accuracy', [[0.2], [0.21], [0.22], [0.23]]),
  group('BP', 'accuracy', [[0.66], [0.67], [0.69], [0.7]], 1),
  group('single', 'accuracy', [[0.5]]),
];
const about = (run: string, between: Claim['between'], minus?: string): Claim => ({
  says: `${run} is so`,
  measure: { run, column: 'accuracy' },
  ...(minus !== undefined && { minus: { run: minus, column: 'accuracy' } }),
  between,
});

test('a claim agrees where the whole band lies within its limits, contradicts where none does', () => {
  for (const [claim, verdict] of [
    [about('FA', [0.19, 0.24]), 'agrees'],
    [about('FA', [0.3, 0.4]), 'contradicts'],
    [about('FA', [0, 0.1]), 'contradicts'],
    [about('FA', [0.215, 0.3]), 'open'],
    [about('FA', [null, 0.3]), 'agrees'],
    [about('FA', [0.3, null]), 'contradicts'],
    [about('BP', [0.3, null], 'FA'), 'agrees'],
    [about('FA', [0, null], 'BP'), 'contradicts'],
    [about('single', [0.4, 0.6]), 'open'],
  ] as const) {
    assert.equal(judge(claim, groups).verdict, verdict, JSON.stringify(claim));
  }
});

test('says the numbers, and plainly what is contradicted', () => {
  const agrees = judge(about('BP', [0.3, null], 'FA'), groups);
  assert.match(
    agrees.here,
    /^BP accuracy 0\.680 \[0\.66\d 0\.69\d\]; FA accuracy 0\.215 \[.*\]; difference 0\.465 \[.*\]$/,
  );
  const contradicts = judge(about('FA', [0.3, null]), groups);
  const table = findingsTable([agrees, contradicts]);
  assert.match(
    table,
    /^\| paper says +\| here +\| +\|\n\| -+ \| -+ \| -+ \|\n\| BP is so .*\| agrees +\|\n\| FA is so .*\| contradicts \|$/,
  );
  assert.deepEqual(contradictions([agrees, contradicts]), [
    `Contradicts the paper, which says: FA is so. Here: ${contradicts.here}.`,
  ]);
});

test('a claim about what was not measured is an error', () => {
  const claim = { ...about('FA', [0, 1]), measure: { run: 'FA', column: 'theta F9' } };
  assert.throws(() => judge(claim, groups), /'theta F9' of FA, which has accuracy/);
});

test('means and bands to three digits, whatever their size', () => {
  const band = (mean: number) => formatBand({ mean, low: mean * 0.9, high: mean * 1.1 });
  assert.equal(band(0.2214), '0.221 [0.199 0.244]');
  assert.equal(band(-0.0416), '-0.0416 [-0.0374 -0.0458]');
  assert.equal(band(6964), '6964 [6268 7660]');
  assert.equal(band(0.0000123), '1.23e-5 [1.11e-5 1.35e-5]');
  assert.equal(band(0), '0 [0 0]');
  assert.equal(formatBand({ mean: 3.21, low: Number.NaN, high: Number.NaN }), '3.21');
  assert.equal(formatBand({ mean: Number.NaN, low: Number.NaN, high: Number.NaN }), 'none');
});

test('the table of ends names seeds and those that diverged', () => {
  const [head, , row] = endTable(groups).split('\n');
  assert.match(head!, /FA \(4 seeds\) +\| BP \(4 seeds, 1 diverged\) +\| single \(1 seed\) +\|$/);
  assert.match(row!, /^\| accuracy \| 0\.215 \[0\.\d+ 0\.\d+\] +\| 0\.680 \[.*\] +\| 0\.500 +\|$/);
});
