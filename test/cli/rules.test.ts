import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { POOL } from '#dist/plasticity/pool.js';
import { run } from './program.js';

const NO_COST = {
  ...{ Wx: 0, Wtp: 0, Bx: 0, Btp: 0, other: 0, rank: 0, decay: false, decayB: false },
  ...{ dense: 0, functions: 0, states: [] as string[], e0: false },
};

describe('rules', () => {
  test('the pool: name, formula, equation, words and cost', async () => {
    const { code, stdout } = await run(['rules']);
    assert.equal(code, 0);
    for (const { name, formula, equation } of POOL) {
      const block = new RegExp(`^${name} .*\\n( {6}.+\\n)+ {6}Cost: W y_pre`, 'm').exec(stdout)?.[0];
      assert.ok(block?.includes(formula) && block.includes(`Eq. ${equation}`), `${name} in\n${stdout}`);
    }
    assert.match(stdout, /All together: W y_pre \(always\), 1 x W'p, update of rank 3, W scaled, e_0\s+in layer 1\n$/);
    assert.ok(stdout.split('\n').every((line) => line.length <= 80));
  });

  test('a rule as it would be trained, as JSON', async () => {
    const { stdout } = await run(['rules', '--vec', 'oja', '--term', "own = (W e_pre) y_pre'", '--json']);
    const { terms, together } = JSON.parse(stdout);
    assert.deepEqual(
      terms.map(({ name, alias, vec }: Record<string, string>) => [name, alias, vec]),
      [
        ['F0', 'pseudo-gradient', undefined],
        ['F9', 'Oja', '2'],
        ['own', undefined, undefined],
      ],
    );
    assert.equal(terms[2].formula, "(W e_pre) y_pre'");
    assert.deepEqual(terms[2].cost, { ...NO_COST, Wx: 1, rank: 1, e0: true });
    // Three post-synaptic factors, but only y_pre and W'y before them.
    assert.deepEqual(together, [{ layers: [1, 2, 3, 4, 5], ...NO_COST, Wx: 1, Wtp: 1, rank: 2, e0: true }]);
  });

  test('terms of some layers only: the cost of each kind of layer', async () => {
    const { stdout } = await run(['rules', '--vec', 'F2@2', 'oja@1,3']);
    for (const name of ['F0', 'F2@2', 'F9@1,3']) assert.ok(stdout.includes(`\n${name} `) || stdout.startsWith(name));
    assert.match(stdout, /eHebb, Eq. 16/);
    assert.match(stdout, /Together in layer 1, 3: .*1 x W'p, update of rank 2\n/);
    assert.match(stdout, /Together in layer 2: .*update of rank 1\n/);
    assert.match(stdout, /Together in layer 4, 5: .*update of rank 1\n/);
  });

  test('what is wrong is refused', async () => {
    for (const [argv, message] of [
      [['rules', 'F2'], /Unexpected 'F2': rules takes its terms by --vec and --term/],
      [['rules', '--term', "own = e_pre y'"], /--term: .*pre x post, but W is post x pre/],
      [['rules', '--vec', '77'], /--vec must be/],
    ] as const) {
      const { code, stderr, stdout } = await run(argv);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
  });

  test('--help', async () => {
    const { code, stdout } = await run(['rules', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /meta-plasticity rules/);
  });
});
