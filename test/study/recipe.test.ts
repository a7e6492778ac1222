import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRecipe, RecipeError } from '#dist/study/recipe.js';

const good = {
  title: 'Mine',
  flags: { lamb: 0.1 },
  runs: { A: {}, 'B 2': { vec: ['F2'] } },
  draw: [{ column: 'accuracy' }, { column: 'angle', runs: ['A'] }],
  claims: [
    {
      says: 'B is better',
      measure: { run: 'B 2', column: 'accuracy', at: [1, 10] },
      minus: { run: 'A', column: 'accuracy' },
      between: [0, null],
    },
  ],
};

test('a recipe as written; flags, draw and claims may be missing', () => {
  assert.deepEqual(checkRecipe(good), good);
  assert.deepEqual(checkRecipe({ title: 'Mine', runs: { A: {} } }), {
    title: 'Mine',
    flags: {},
    runs: { A: {} },
    draw: ['accuracy', 'loss', 'theta', 'angle'].map((column) => ({ column })),
    claims: [],
  });
});

test('what the paper says, what sums it up, and claims about a term that is taken away', () => {
  const [claim] = good.claims;
  const more = { paper: 'B wins', bands: 'bootstrap', headline: [{ run: 'A', column: 'loss' }] } as const;
  const measure = { run: 'A', ablate: 'F2' };
  const { claims, ...recipe } = checkRecipe({ ...good, ...more, claims: [{ ...claim, paper: 'B is good', measure }] });
  assert.deepEqual([recipe.paper, recipe.bands, recipe.headline], [more.paper, more.bands, more.headline]);
  assert.deepEqual([claims[0]!.paper, claims[0]!.measure], ['B is good', { run: 'A', column: 'ablate F2' }]);
});

test('names the place of what is wrong', () => {
  const [claim] = good.claims;
  for (const [change, message] of [
    [{ title: 3 }, /^title must be a text\.$/],
    [{ title: 'a\x1b[2J' }, /^title must be one line, without control characters\.$/],
    [{ runs: { [`r${'x'.repeat(100)}`]: {} } }, /'rx+…' must begin with a letter .*, at most 100/],
    [{ colour: 'red' }, /^a study has no 'colour'; valid are title, paper/],
    [{ runs: {} }, /^runs must hold at least one run/],
    [{ runs: { '../x': {} } }, /'\.\.\/x' must begin with a letter/],
    [{ runs: { A: 'F2' } }, /^runs\.A must be an object/],
    [{ draw: {} }, /^draw must be a list/],
    [{ draw: [{ column: 'loss', runs: ['C'] }] }, /^draw\[0\] must name a run \(A, B 2\), not "C"/],
    [{ claims: [{ ...claim, measure: { run: 'A' } }] }, /^claims\[0\]\.measure\.column must be a text/],
    [
      { claims: [{ ...claim, measure: { run: 'A', column: 'loss', at: 3 } }] },
      /^claims\[0\]\.measure\.at must be a list/,
    ],
    [{ claims: [{ ...claim, measure: { run: 'A', column: 'loss', at: [3] } }] }, /at must hold the first and the last/],
    [
      { claims: [{ ...claim, measure: { run: 'A', ablate: 'F2', column: 'loss' } }] },
      /must have either ablate, or column/,
    ],
    [{ bands: 'wide' }, /^bands must be student or bootstrap/],
    [{ headline: [{ run: 'C', column: 'loss' }] }, /^headline\[0\] must name a run/],
    [{ claims: [{ ...claim, between: [1] }] }, /^claims\[0\]\.between must hold two numbers; null is no limit/],
    [{ claims: [{ ...claim, between: [1, 'x'] }] }, /^claims\[0\]\.between must hold two numbers/],
  ] as const) {
    assert.throws(
      () => checkRecipe({ ...good, ...change }),
      (error) => error instanceof RecipeError && message.test(error.message),
      JSON.stringify(change),
    );
  }
  for (const json of [null, [], 'fig3', 3]) assert.throws(() => checkRecipe(json), RecipeError);
});
