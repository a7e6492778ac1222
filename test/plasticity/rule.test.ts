import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Matrix } from '#dist/engine/reference/matrix.js';
import { advance, evaluate } from '#dist/engine/reference/rule.js';
import { ConstantError, parseFormula, RuleError } from '#dist/plasticity/grammar.js';
import { POOL } from '#dist/plasticity/pool.js';
import { type Node, type Part, type Program, partsOf } from '#dist/plasticity/program.js';
import { layerPrograms, parseRule, ruleUsesB } from '#dist/plasticity/rule.js';
import { type Dense, denseValue, formula, place, placedTerm } from './formulas.ts';

const POST = 4;
const PRE = 3;
const LAYERS = 4;

/** A leaf's name, the matrices that a vector goes through, or the operation. */
function describeNode(node: Node): string {
  if (node.op === 'times') return node.N.join(' .* ') + (node.shape === 'pre' ? "'" : '');
  return node.op === 'quantity' ? node.name : node.op;
}

/**
 * A layer with random values; `theta` times each formula, once by the compiled program and once densely as written. The
 * formulas apply where the bits of `places` say, and this is layer `layer` of LAYERS.
 */
function bothUpdates(
  formulas: readonly string[],
  theta: readonly number[],
  values: readonly number[],
  places = formulas.map(() => 0),
  layer = 1,
) {
  let next = 0;
  const draw = (n: number) => Float64Array.from({ length: n }, () => values[next++ % values.length]! * (1 + next / 97));
  const W = new Matrix(POST, PRE, draw(POST * PRE));
  const before = W.data.slice();
  const vectors: Record<string, Float64Array> = {
    y: draw(POST),
    e: draw(POST),
    z: new Float64Array(POST),
    drive: new Float64Array(POST),
    one: new Float64Array(POST).fill(1),
    y_pre: draw(PRE),
    e_pre: draw(PRE),
    one_pre: new Float64Array(PRE).fill(1),
  };
  W.times(vectors.y_pre!, vectors.z!);
  W.times(vectors.y_pre!, vectors.drive!);
  const column = (x: Float64Array): Dense => Array.from(x, (value) => [value]);
  const names: Record<string, Dense> = Object.fromEntries(Object.entries(vectors).map(([k, x]) => [k, column(x)]));
  names.W = Array.from({ length: POST }, (_, i) => Array.from(before.subarray(i * PRE, (i + 1) * PRE)));
  const expected = before.slice();
  let scale = 1;
  formulas.forEach((text, r) => {
    const bits = places[r]! & 15;
    if (bits !== 0 && !(bits & (1 << (layer - 1)))) return;
    denseValue(parseFormula(text), names)
      .flat()
      .forEach((x, i) => {
        expected[i]! += theta[r]! * x;
        scale = Math.max(scale, Math.abs(x));
      });
  });
  const rule = parseRule(
    formulas.map((text, r) => placedTerm(`t${r}`, text, places[r]!, LAYERS)),
    { layerCount: LAYERS },
  );
  // A term that is placed in each layer has as many coefficients.
  const coefficients = rule.terms.map(({ name }) => theta[Number(/\d+/.exec(name))]!);
  const program = layerPrograms(rule, LAYERS)[layer - 1]!;
  const table = { vectors, matrices: { W } };
  const after = { vectors: {}, matrices: { W: W.copy() } };
  advance(program, evaluate(program, { ...table, theta: Float64Array.from(coefficients) }), table, table, after);
  return { expected, actual: after.matrices.W.data, scale };
}

const value = fc.double({ min: -1, max: 1, noNaN: true });

describe('parseRule', () => {
  test('the compiled program changes W as the formula says, on random formulas', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(formula, value), { minLength: 1, maxLength: 3 }),
        fc.array(value, { minLength: 30, maxLength: 30 }),
        (terms, values) => {
          const { expected, actual, scale } = bothUpdates(
            terms.map(([text]) => text),
            terms.map(([, theta]) => theta),
            values,
          );
          for (let i = 0; i < expected.length; i++)
            assert.ok(Math.abs(actual[i]! - expected[i]!) <= 1e-12 * scale, `${actual[i]} instead of ${expected[i]}`);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  test('and in a layer where only some of them apply, or none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(formula, value, place), { minLength: 1, maxLength: 3 }),
        fc.array(value, { minLength: 30, maxLength: 30 }),
        fc.integer({ min: 1, max: LAYERS }),
        (terms, values, layer) => {
          const { expected, actual, scale } = bothUpdates(
            terms.map(([text]) => text),
            terms.map(([, theta]) => theta),
            values,
            terms.map(([, , bits]) => bits),
            layer,
          );
          for (let i = 0; i < expected.length; i++)
            assert.ok(Math.abs(actual[i]! - expected[i]!) <= 1e-12 * scale, `${actual[i]} instead of ${expected[i]}`);
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });

  test('a placement is in the name of the coefficient, in one way of writing', () => {
    const names = (terms: string[], layerCount?: number) =>
      parseRule(terms, { layerCount }).terms.map(({ name }) => name);
    assert.deepEqual(names(['F0', 'ehebb@2', 'oja@ 3, 1', "own@4 = y e_pre'"]), ['F0', 'F2@2', 'F9@1,3', 'own@4']);
    assert.deepEqual(names(['F0@each', 'F2@2', 'F2@1'], 3), ['F0@1', 'F0@2', 'F0@3', 'F2@2', 'F2@1']);
    assert.deepEqual(parseRule(['F2@3,1']).terms, [
      { name: 'F2@1,3', matrix: 'W', formula: "-e e_pre'", layers: [1, 3], coefficient: 0 },
    ]);
    // What a resumed run reads back.
    assert.deepEqual(parseRule(["F2@1,3 = -e e_pre'"]), parseRule(['F2@3,1']));
  });

  test('layers with the same terms share a program; without placement there is one', () => {
    const rule = parseRule(['F0', 'F2@2,4', 'F9@3'], { layerCount: 5 });
    const [first, second, third, fourth, fifth] = layerPrograms(rule, 5);
    assert.equal(second, fourth);
    assert.equal(first, rule.program);
    assert.equal(fifth, rule.program);
    assert.equal(new Set([first, second, third]).size, 3);
    assert.equal(parseRule(['F0', 'F2']).placed, undefined);
    assert.deepEqual(layerPrograms(parseRule(['F2@1']), 2)[1], { nodes: [], next: {}, states: {} });
  });

  test("the pool's formulas give the paper's update in the closed form of rank three", () => {
    const { program } = parseRule(POOL.map(({ name }) => name));
    const leaf = (i: number) => describeNode(program.nodes[i]!);
    const [scaled, { U, V }] = partsOf(program, 'W') as [Part, Part];
    assert.deepEqual(U.map(leaf), ['e', 'y', 'one']);
    assert.deepEqual(V.map(leaf), ['y_pre', 'e_pre', "W'"]);
    assert.deepEqual([scaled.N, scaled.C.length], [['W'], 1]);
    // W'y serves F6, F7 and F9 together, and what is known stands in for W y_pre in F8.
    assert.deepEqual(
      program.nodes.map(describeNode).filter((text) => /W|drive/.test(text)),
      ["W'", 'drive'],
    );
  });

  test("terms of B: the pool's formulas with B in place of W, and programs of their own", () => {
    const rule = parseRule(['F0', 'b.oja@2', 'B.decay', "B.own@each = e y_pre'"], { layerCount: 2 });
    assert.deepEqual(
      rule.terms.map(({ name, formula }) => `${name}: ${formula}`),
      ["F0: -e y_pre'", "B.F9@2: y y_pre' - (y y') B", 'B.F3: -B', "B.own@1: e y_pre'", "B.own@2: e y_pre'"],
    );
    const programs = layerPrograms(rule, 2);
    for (const program of programs)
      assert.deepEqual(
        partsOf(program, 'W')!.map(({ N }) => N),
        [['W'], []],
      );
    assert.deepEqual(
      programs.map((program) => program.nodes.map(describeNode).filter((text) => text === "B'").length),
      [0, 1],
    );
    assert.deepEqual(
      rule.terms.map(({ matrix }) => matrix),
      ['W', 'B', 'B', 'B', 'B'],
    );
    assert.deepEqual(
      [['F0'], ['own = W - B'], ['B.F0']].map((terms) => ruleUsesB(parseRule(terms))),
      [false, true, true],
    );
  });

  test('a term of W and one of B may share a name; B times a known input is a pass of its own', () => {
    const { program } = parseRule(["own = (B y_pre) y_pre' + (W y_pre) e_pre'", "B.own = (y' B y_pre) e e_pre'"]);
    assert.deepEqual(
      program.nodes.map(describeNode).filter((text) => /W|B|drive/.test(text)),
      ['B', 'drive', "B'"],
    );
  });

  test('constants are coefficients behind the terms', () => {
    const rule = parseRule(['F0', "own@2 = c (c + 2) e y_pre'", 'B.own = -d B'], {
      layerCount: 2,
      constants: ['d', 'c'],
    });
    assert.deepEqual(rule.coefficients, ['F0', 'own@2', 'B.own', 'd', 'c']);
    const thetas = (program: Program) => program.nodes.flatMap((node) => (node.op === 'theta' ? [node.index] : []));
    assert.deepEqual(layerPrograms(rule, 2).map(thetas), [
      [3, 0, 2],
      [3, 4, 0, 1, 2],
    ]);
    for (const [constants, message] of [
      [['c'], /^the constant 'c' is in no formula, or changes nothing there$/],
      [['W'], /^'W' cannot name a constant: formulas use it already$/],
      [['sum'], /^'sum' cannot name a constant: formulas use it already$/],
      [['F0'], /^'F0' cannot name a constant: a term has that name$/],
      [['oja'], /^'oja' cannot name a constant: a term has that name$/],
      [['Own'], /^'Own' cannot name a constant: a term has that name$/],
      [['2c'], /^'2c' cannot name a constant \(valid:/],
      [['d', 'D'], /^the constant 'D' is given twice$/],
    ] as const)
      assert.throws(
        () => parseRule(["own = e y_pre'"], { layerCount: 2, constants }),
        (error: Error) => error instanceof ConstantError && message.test(error.message),
      );
  });

  test('names of the pool, their aliases and formulas come in the order given', () => {
    const rule = parseRule(['F0', 'ehebb', 'OJA', "own = 0.5 (y .* e) (y_pre - one_pre)' - 2 W"]);
    assert.deepEqual(
      rule.terms.map(({ name }) => name),
      ['F0', 'F2', 'F9', 'own'],
    );
    assert.equal(rule.terms[1]!.formula, "-e e_pre'");
  });

  test('matrix products may be bracketed either way', () => {
    const { program } = parseRule(["subspace = e (W' W W' y)'"]);
    assert.deepEqual(
      program.nodes.map(describeNode).filter((text) => text.startsWith('W')),
      ["W'", 'W', "W'"],
    );
  });

  const refused: readonly [string[], RegExp][] = [
    [['F10'], /^unknown term 'F10' \(valid: F0 \(pseudo-gradient\), F1, F2 \(eHebb\)/],
    [['F0', 'pseudo-gradient'], /^the term 'F0' is given twice$/],
    [['F2@'], /^'F2@' does not say in which layers \(F2@2 is layer 2, .*; layers count from 1\)$/],
    [['F2@0'], /^'F2@0' does not say in which layers/],
    [['F2@1,'], /does not say in which layers/],
    [['F2@1.5'], /does not say in which layers/],
    [['F2@-1'], /does not say in which layers/],
    [['F2@all'], /does not say in which layers/],
    [['F2@1@2'], /does not say in which layers/],
    [['F2@1,1'], /^'F2@1,1' names layer 1 twice$/],
    [['F2@each'], /^'F2@each' needs the number of layers/],
    [['F2', 'F2@3'], /^the term 'F2' is given twice in layer 3$/],
    [['eHebb@3', 'F2'], /^the term 'F2' is given twice in layer 3$/],
    [['F2@1,2', 'F2@2,3'], /^the term 'F2' is given twice in layer 2$/],
    [["own@2 = y e_pre'", "Own@1,2 = y e_pre'"], /is given twice in layer 2$/],
    [["own@2 = y'"], /^term 'own@2': "y'" is 1 x post/],
    [["oja@2 = y y_pre'"], /^the name 'oja' belongs to the pool's F9/],
    [["@2 = y y_pre'"], /^'' cannot name a term/],
    [['F10@2'], /^unknown term 'F10'/],
    [["F2 = y y_pre'"], /^the name 'F2' belongs to the pool's F2/],
    [["oja = y y_pre'"], /^the name 'oja' belongs to the pool's F9/],
    [["2x = y y_pre'"], /^'2x' cannot name a term/],
    [["= y y_pre'"], /^'' cannot name a term/],
    [["own = y'"], /^term 'own': "y'" is 1 x post, but W is post x pre$/],
    [["own = y_pre y'"], /is pre x post, but W is post x pre$/],
    [['own = 2'], /is 1 x 1, but W is post x pre$/],
    [['own = y y_pre'], /cannot multiply "y" \(post x 1\) by "y_pre" \(pre x 1\), at character 3 of "y y_pre"$/],
    [["own = y y_pre' + y y'"], /cannot add "y y'" \(post x post\) to "y y_pre'" \(post x pre\), at character 12/],
    [["own = y (e' + y_pre')"], /cannot add "y_pre'" \(1 x pre\) to "e'" \(1 x post\)/],
    [["own = (y .* y_pre) e_pre'"], /cannot multiply "y" \(post x 1\) element by element by "y_pre" \(pre x 1\)/],
    [["own = W W' W"], /^term 'own': W times W is not supported/],
    [["own = W B' W"], /^term 'own': W times B is not supported/],
    [["B.own = B W' B"], /^term 'B.own': B times W is not supported/],
    [["B.own = y'"], /^term 'B.own': "y'" is 1 x post, but B is post x pre$/],
    [['B.F0', "B.F0 = -e y_pre'"], /^the term 'B.F0' is given twice$/],
    [['B.F3 = -W'], /^the name 'B.F3' belongs to the pool's B.F3/],
    [["B. = e y_pre'"], /^'B.' cannot name a term/],
    [["B.a.b = e y_pre'"], /^'B.a.b' cannot name a term/],
    [['B.F10'], /^unknown term 'B.F10'/],
    [
      ["own = y x_pre'"],
      /unknown name 'x_pre' \(valid: y, e, z, one, y_pre, e_pre, one_pre, W, B, sum, .*\), at character 3/,
    ],
    [["own = y constructor'"], /unknown name 'constructor'/],
    [["own = y (e_pre'"], /'\)' expected instead of the end, at character 10/],
    [["own = y e_pre')"], /'\)' is one too many, at character 9/],
    [
      ["own = y / e_pre'"],
      /cannot divide by "e_pre'" \(1 x pre\): \/ takes a number, \.\/ goes element by element, at/,
    ],
    [
      ["own = W .* y y_pre'"],
      /element by element by "y" \(post x 1\); .* so bracket what belongs together, as in \(y y_pre'\)/,
    ],
    [["own = y y_pre' .* e e_pre'"], /bracket what belongs together, as in \(e e_pre'\)/],
    [["own = (1 + y) y_pre'"], /cannot add "y" \(post x 1\) to "1" \(1 x 1\); a number is added as one times it/],
    [['own = 1 - W.^2'], /a number is added as one one_pre' times it/],
    [["own = y.^1.5 y_pre'"], /the exponent of \.\^ must be a whole number from -9 to 9, not 1\.5/],
    [["own = y.^y y_pre'"], /a number expected instead of 'y'/],
    [['own = tanh(W)'], /tanh\(\) takes a number or a vector, no matrix \(post x pre\)/],
    [['own = W ./ W'], /cannot divide by the matrix "W"/],
    [['own = W.^-1'], /a matrix can be raised to powers from 1 up only/],
    [["own = max(y) y_pre'"], /max\(\) takes 2 values, not 1/],
    [["own = max(y, y_pre) y_pre'"], /max\(\) cannot compare "y" \(post x 1\) with "y_pre" \(pre x 1\)/],
    [["own = sum(W W') y y_pre'"], /W times W is not supported/],
    [["own = drive y_pre'"], /unknown name 'drive'/],
    [["own = y ^ e_pre'"], /'\^' is not part of a formula/],
    [['own = '], /a name, a number or '\(' expected instead of the end/],
    [["own = y + * e_pre'"], /expected instead of '\*', at character 5/],
    [["own = 1e999 y e_pre'"], /1e999 is too large a number/],
    [["own = sum y e_pre'"], /'\(' expected instead of 'y'/],
    [["own = y = e_pre'"], /'=' is not part of a formula: a term has one name, before its only =, at character 3/],
  ];
  for (const [terms, message] of refused)
    test(`refuses ${terms.join(' with ')}`, () => {
      assert.throws(
        () => parseRule(terms),
        (error: unknown) => {
          assert.ok(error instanceof RuleError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes('\n'));
          return true;
        },
      );
    });

  test('refuses a layer that the network does not have', () => {
    assert.throws(
      () => parseRule(['F0', 'F2@1,6'], { layerCount: 5 }),
      /^RuleError: the term 'F2@1,6' is for layer 6, but the network has layers 1 to 5$/,
    );
    assert.throws(() => parseRule(['F2@2'], { layerCount: 1 }), /but the network has only layer 1$/);
  });

  test('refuses a formula that expands without bound, at once', () => {
    const wide = Array.from({ length: 12 }, () => '(y + e + z + one)').join(' .* ');
    assert.throws(() => parseRule([`wide = (${wide}) y_pre'`]), /expands into more than 256 products/);
  });

  test('is never anything but a rule or a RuleError, whatever the text', () => {
    const pieces = fc.array(
      fc.constantFrom('y', "'", 'e', ' ', '(', ')', 'W', '.*', '*', '+', '-', 'y_pre', '^T', '2', 'sum(', '.', '='),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((p) => p.join('')),
          fc.string(),
        ),
        (text) => {
          try {
            parseRule([`own = ${text}`]);
          } catch (error) {
            assert.ok(error instanceof RuleError, String(error));
          }
        },
      ),
      { seed: 11, numRuns: 2000 },
    );
  });
});
