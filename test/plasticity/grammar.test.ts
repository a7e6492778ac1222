import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseFormula, RuleError, UnknownNameError } from '#dist/plasticity/grammar.js';
import { parsePlacement } from '#dist/plasticity/placement.js';
import { parseRule } from '#dist/plasticity/rule.js';

const refused = (read: () => unknown, message: RegExp) =>
  assert.throws(read, (error: unknown) => {
    assert.ok(error instanceof RuleError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.length < 400, error.message);
    assert.ok(!error.message.includes('\n'));
    return true;
  });
const own = (formula: string, ...constants: string[]) => parseRule([`own = ${formula}`], { layerCount: 2, constants });

describe('bounds of a formula', () => {
  /** As long or deep as it may be, and each a chain that a recursion goes along. */
  const most: Readonly<Record<string, string>> = {
    summands: `(${Array(2400).fill('y').join('+')}) y_pre'`,
    scalars: `${'c '.repeat(2400)}y y_pre'`,
    elementwise: `(${Array(1600).fill('y').join('.*')}) y_pre'`,
    products: `${"W W'".repeat(1200)} y y_pre'`,
    brackets: `${'-('.repeat(99)}y y_pre'${')'.repeat(99)}`,
    sums: `${'sum('.repeat(99)}y${')'.repeat(99)} y y_pre'`,
    transposes: `y y_pre'${"''".repeat(49)}`,
    terms: Array(170).fill("(y .* e) (y_pre - e_pre)'").join(' - '),
  };
  for (const [kind, text] of Object.entries(most))
    test(`${kind}: what is within them is a rule`, () => {
      assert.ok(text.length <= 5000);
      assert.doesNotThrow(() => own(text, ...(kind === 'scalars' ? ['c'] : [])));
    });

  test('what is longer or deeper is refused in a sentence', () => {
    const long = /^term 'own': a formula can have at most 5000 characters, not \d+$/;
    for (const text of [Array(10_000).fill("y y_pre'").join('+'), `${'('.repeat(20_000)}y`, 'y'.repeat(1_000_000)])
      refused(() => own(text), long);
    const deep = /brackets and transposes can be nested at most 100 deep, at character \d+ of ".*…"$/;
    for (const text of ['(', 'sum(', '-(']) refused(() => own(text.repeat(1200)), deep);
    for (const mark of ["'", '^T']) refused(() => own(`y${mark.repeat(2400)}`), deep);
  });

  test('brackets side by side are not nested', () => {
    assert.doesNotThrow(() => own(`${'(2)'.repeat(500)} y y_pre'`));
  });

  test('a message shows a long formula around its fault', () => {
    const many = 'y + '.repeat(500);
    refused(
      () => parseFormula(`${many}$ + ${many}`),
      /^'\$' is not part of a formula, at character 2001 of "…[y+ ]{20,}\$[y+ ]{20,}…"$/,
    );
    refused(() => own(`y ${'x'.repeat(4000)}'`), /unknown name 'x{99}…'/);
  });
});

describe('names', () => {
  const hundred = 'n'.repeat(100);

  test('have at most 100 characters', () => {
    assert.equal(parseRule([`${hundred} = y y_pre'`]).terms[0]!.name, hundred);
    assert.doesNotThrow(() => own(`${hundred} y y_pre'`, hundred));
    const long = /a name can have at most 100 characters, not 101 \('n{19}…'\)$/;
    refused(() => parseRule([`${hundred}n = y y_pre'`]), long);
    refused(() => own("c y y_pre'", `${hundred}n`), long);
    refused(() => parsePlacement(`a${' '.repeat(50_000)}b@2`), /at most 100 characters, not 50002/);
  });

  test('are printable in messages', () => {
    refused(() => parseRule(["ow\x1b[31m\nn = y y_pre'"]), /^'ow\\u001b\[31m\\nn' cannot name a term/);
    refused(() => own("y \x1b y_pre'"), /^term 'own': '\\u001b' is not part of a formula/);
  });

  test('a term has no name that a formula has', () => {
    for (const name of ['W', 'B', 'y', 'e_pre', 'one', 'sum', 'B.z', 'W@1'])
      refused(
        () => parseRule([`${name} = y y_pre'`], { layerCount: 2 }),
        /^'\w+' cannot name a term: formulas use it already$/,
      );
  });

  test('an unknown one is told with those that are known', () => {
    assert.throws(
      () => own("c d y y_pre'", 'd'),
      (error: unknown) => {
        assert.ok(error instanceof UnknownNameError);
        assert.equal(error.unknown, 'c');
        assert.ok(['y', 'W', 'd'].every((name) => error.valid.includes(name)));
        return true;
      },
    );
  });
});

test('a rule has at most 1000 coefficients', () => {
  const terms = (n: number) => Array.from({ length: n }, (_, i) => `t${i} = y y_pre'`);
  assert.equal(parseRule(terms(1000)).terms.length, 1000);
  refused(() => parseRule(terms(1001)), /^a rule can have at most 1000 coefficients, not 1001$/);
});
