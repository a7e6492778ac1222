import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandGrid, type ReadAlternative } from '#dist/study/grid.js';
import { checkRecipe, RecipeError } from '#dist/study/recipe.js';

const read: ReadAlternative = (flag, value) => ({ flag, value, label: `${flag}=${value}` });
const names = (parts: Parameters<typeof expandGrid>[0]) => expandGrid(parts, read).map(({ name }) => name);

test('every combination, the last flag first; zipped values go together, and names say no more than tells them apart', () => {
  assert.deepEqual(expandGrid({ grid: { fbk: ['fix', 'sym'], K: [5] }, zip: { M: [2, 3], lr: [1, 2] } }, read), [
    { name: 'fbk=fix M=2', flags: { fbk: 'fix', K: 5, M: 2, lr: 1 } },
    { name: 'fbk=fix M=3', flags: { fbk: 'fix', K: 5, M: 3, lr: 2 } },
    { name: 'fbk=sym M=2', flags: { fbk: 'sym', K: 5, M: 2, lr: 1 } },
    { name: 'fbk=sym M=3', flags: { fbk: 'sym', K: 5, M: 3, lr: 2 } },
  ]);
  assert.deepEqual(names({ zip: { M: [2, 2], lr: [1, 2] } }), ['M=2 lr=1', 'M=2 lr=2']);
  assert.deepEqual(names({ grid: { fbk: ['fix'] } }), ['fbk=fix'], 'a lone one is called by what it is');
  assert.deepEqual(names({}), ['']);
});

test('what is excluded is left out', () => {
  const grid = { fbk: ['fix', 'sym'], K: [5, 9] };
  assert.deepEqual(names({ grid, exclude: [{ fbk: 'sym', K: 9 }] }), ['fbk=fix K=5', 'fbk=fix K=9', 'fbk=sym K=5']);
  assert.deepEqual(names({ grid, exclude: [{ fbk: 'sym' }, { K: 9 }] }), ['fbk=fix K=5']);
});

test('as many as the product says, all different, whatever the values', () => {
  const axis = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), axis), (grid) => {
      const cells = expandGrid({ grid }, (flag, value) => ({ flag, value, label: JSON.stringify([flag, value]) }));
      assert.equal(
        cells.length,
        Object.values(grid).reduce((product, values) => product * values.length, 1),
      );
      assert.equal(new Set(cells.map(({ name }) => name)).size, cells.length);
    }),
  );
});

test('refuses what is no grid, naming the place', () => {
  for (const [parts, message] of [
    [{ grid: [] }, /^grid must be an object/],
    [{ grid: { K: 5 } }, /^grid\.K must be a list/],
    [{ grid: { K: [] } }, /^grid\.K must have a value/],
    [{ grid: { K: [5, 5] } }, /^grid\.K must have each value once, not 'K=5' twice/],
    [{ zip: { K: [5, 9], M: [2] } }, /^zip must have as many values of each flag, not 2 of K and 1 of M/],
    [{ zip: { K: [5, 5], M: [2, 2] } }, /^zip must not have the same values twice \(K, M\)/],
    [{ grid: { K: [5] }, zip: { K: [9] } }, /^grid and zip must have a flag once, not K twice/],
    [{ grid: { K: [5] }, exclude: [{ M: 2 }] }, /^exclude\[0\] must be about flags of grid and zip, not M/],
    [{ grid: { K: [5] }, exclude: [{ K: 9 }] }, /^exclude\[0\] must be about a run that there is, not K=9/],
    [{ grid: { K: [5, 9] }, exclude: [{}] }, /^exclude\[0\] must be about a run that there is, not nothing/],
    [{ grid: { K: [5] }, exclude: [{ K: 5 }] }, /^exclude must leave a run/],
    [
      { grid: Object.fromEntries([...'abcde'].map((name) => [name, [...Array(7).keys()]])) },
      /^grid must have at most 10000/,
    ],
  ] as const)
    assert.throws(
      () => expandGrid(parts, read),
      (error) => error instanceof RecipeError && message.test(error.message),
      JSON.stringify(parts),
    );
});

test('a recipe’s runs with a grid; claims and drawings are about the runs that come of it', () => {
  const recipe = {
    title: 't',
    runs: { A: { lamb: 0 }, B: { lamb: 1 } },
    grid: { K: [5, 9] },
    seeds: '1..3,7',
    draw: [{ column: 'loss', runs: ['B K=9'] }],
  };
  const { runs, seeds } = checkRecipe(recipe);
  assert.deepEqual(runs, {
    'A K=5': { lamb: 0, K: 5 },
    'A K=9': { lamb: 0, K: 9 },
    'B K=5': { lamb: 1, K: 5 },
    'B K=9': { lamb: 1, K: 9 },
  });
  assert.deepEqual(seeds, [1, 2, 3, 7]);
  assert.throws(() => checkRecipe({ ...recipe, draw: [{ column: 'loss', runs: ['B'] }] }), /must name a run \(A K=5/);
  assert.throws(
    () => checkRecipe({ ...recipe, grid: { lamb: [1] } }),
    /runs\.A must not have lamb, which the grid has/,
  );
});
