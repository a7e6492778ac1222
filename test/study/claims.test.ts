import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBand, judge, limitWords, worst } from '#dist/study/claims.js';
import type { Claim } from '#dist/study/recipe.js';
import { endTable, findingsTable, remarks } from '#dist/study/report.js';
import { group } from './tables.js';

/** Eight seeds about that far above it: the mean is .007 higher, with a band of +- .0035. */
function eight(from: number): number[][] {
  return [2, 4, 6, 7, 7, 8, 10, 12].map((thousandths) => [from + thousandths / 1000]);
}

const groups = [
  group('FA', 'accuracy', eight(0.2)),
  group(
    'BP',
    'accuracy',
    eight(0.66).map(([x]) => [x! + 0.1 * (x! - 0.66)]),
    1,
  ),
  group('seven', 'accuracy', eight(0.5).slice(1)),
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
    [about('FA', [0.2, 0.215]), 'agrees'],
    [about('FA', [0.3, 0.4]), 'contradicts'],
    [about('FA', [0, 0.1]), 'contradicts'],
    [about('FA', [0.207, 0.3]), 'open'],
    [about('seven', [0.4, 0.6]), 'open'],
    [about('seven', [0.6, 0.7]), 'open'],
    [about('seven', [-1, 0], 'FA'), 'open'],
    [about('FA', [null, 0.3]), 'agrees'],
    [about('FA', [0.3, null]), 'contradicts'],
    [about('BP', [0.3, null], 'FA'), 'agrees'],
    [about('FA', [0, null], 'BP'), 'contradicts'],
    [about('single', [0.4, 0.6]), 'open'],
  ] as const) {
    assert.equal(judge(claim, groups).verdict, verdict, JSON.stringify(claim));
  }
});

test('where the runs are not what it is about, it is not comparable, whatever they come to', () => {
  assert.equal(judge(about('FA', [0.3, 0.4]), groups, false).verdict, 'not comparable');
  assert.equal(worst(['agrees', 'not comparable', 'contradicts']), 'not comparable');
  assert.equal(worst(['agrees', 'contradicts', 'open']), 'contradicts');
  assert.equal(worst([]), undefined);
});

test('says the numbers and its limits, and plainly what is contradicted; of the paper only what it says', () => {
  const agrees = judge(about('BP', [0.3, null], 'FA'), groups);
  assert.match(
    agrees.here,
    /^BP accuracy 0\.668 \[0\.66\d 0\.67\d\]; FA accuracy 0\.207 \[.*\]; difference 0\.461 \[.*\]$/,
  );
  const contradicts = judge(about('FA', [0.3, null]), groups);
  const own = findingsTable([agrees, contradicts]);
  assert.match(
    own,
    /^\| claim +\| here +\| +\|\n\| -+ \| -+ \| -+ \|\n\| BP is so: difference above 0.3 .*\| agrees +\|/,
  );
  assert.deepEqual(remarks([agrees, contradicts], undefined), [
    `Contradicts the claim: FA is so, above 0.3. Here: ${contradicts.here}.`,
  ]);
  assert.doesNotMatch(own + remarks([contradicts], '--episodes 3'), /paper/);

  const ofPaper = judge({ ...about('FA', [0.3, null]), paper: 'FA learns' }, groups);
  assert.match(
    findingsTable([ofPaper, agrees]),
    /^\| the paper says \| judged by \(limits are ours\) .*\n.*\n\| FA learns /,
  );
  assert.match(findingsTable([ofPaper, agrees]), /\n\| +\| BP is so: difference above 0\.3/);
  assert.deepEqual(remarks([ofPaper], undefined), [
    `Contradicts the paper, which says: FA learns. Judged by: FA is so, above 0.3. Here: ${contradicts.here}.`,
  ]);
});

test('says why nothing is judged', () => {
  const few = judge(about('seven', [0.4, 0.6]), groups);
  assert.deepEqual(remarks([few], undefined), ['With fewer than 8 seeds every verdict is open.']);
  assert.deepEqual(remarks([judge(about('FA', [0, 1]), groups, false)], '--episodes 3 instead of 600'), [
    'Not comparable with what the claims are about: --episodes 3 instead of 600.',
  ]);
});

test('limits in words', () => {
  assert.equal(limitWords(about('FA', [null, 0.2])), 'below 0.2');
  assert.equal(limitWords(about('FA', [-1, 1], 'BP')), 'difference from -1 to 1');
});

test('a claim about what was not measured is an error', () => {
  const claim = { ...about('FA', [0, 1]), measure: { run: 'FA', column: 'theta F9' } };
  assert.throws(() => judge(claim, groups), /'theta F9' of FA, which has accuracy/);
});

test('means and bands to three digits, whatever their size', () => {
  const band = (mean: number) => formatBand({ mean, low: mean * 0.9, high: mean * 1.1, count: 4, total: 4 });
  assert.equal(band(0.2214), '0.221 [0.199 0.244]');
  assert.equal(band(-0.0416), '-0.0416 [-0.0374 -0.0458]');
  assert.equal(band(6964), '6964 [6268 7660]');
  assert.equal(band(0.0000123), '1.23e-5 [1.11e-5 1.35e-5]');
  assert.equal(band(0), '0 [0 0]');
  const none = { low: Number.NaN, high: Number.NaN };
  assert.equal(formatBand({ mean: 3.21, ...none, count: 1, total: 1 }), '3.21');
  assert.equal(formatBand({ mean: Number.NaN, ...none, count: 0, total: 1 }), 'none (of 0/1)');
  assert.equal(formatBand({ mean: 3.21, low: 3, high: 4, count: 18, total: 20 }), '3.21 [3.00 4.00] (of 18/20)');
});

test('the table of ends names seeds that diverged, got stuck or fell back, and says which means leave some out', () => {
  const [head, , row] = endTable(groups).split('\n');
  assert.match(
    head!,
    /FA \(8 seeds\) +\| BP \(8 seeds; seed 8 diverged\) +\| seven \(7 seeds\) +\| single \(1 seed\) +\|$/,
  );
  assert.match(row!, /^\| accuracy \| 0\.207 \[0\.\d+ 0\.\d+\] +\| 0\.668 \[.*\] +\| .* \| 0\.500 +\|$/);
  const [left] = groups;
  const tables = left!.tables.map((table, i) =>
    i === 2
      ? { ...group('', 'accuracy', [[Number.NaN]]).tables[0]!, name: 'seed 3', trouble: 'stuck' as const }
      : table,
  );
  const [more, , mean] = endTable([{ ...left!, tables }]).split('\n');
  assert.match(more!, /FA \(8 seeds; seed 3 stuck\)/);
  assert.match(mean!, /0\.207 \[.*\] \(of 7\/8\)/);
});
