import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFileFault } from '#dist/results/run-file-faults.js';

const good = () => ({
  version: '0.1.0',
  node: 'v20.19.0',
  started: '2026-11-28T07:06:56.054Z',
  settings: { seed: 1, M: 5, K: 50, Q: 10, avg_window: 10, beta: 10, fbk: 'fix' },
  rule: [
    { name: 'F0@1,3', formula: "-e y_pre'", layers: [1, 3], initial: 0.001, scale: 0.5 },
    { name: 'c', initial: 0.5 },
  ],
  layers: [784, 10, 47],
  data: { name: 'a folder\nof ours', classes: 47, images: 18800, checksum: 'a1'.repeat(32) },
});

test('a file as we write it has no fault', () => {
  assert.equal(runFileFault(good()), undefined);
  for (const version of ['1.20.3', '0.2.0-rc.1', '1.0.0+build.5'])
    assert.equal(runFileFault({ ...good(), version }), undefined);
});

test('each part is what it may be, or is named', () => {
  const deep = (depth: number): unknown => (depth === 0 ? [] : [deep(depth - 1)]);
  const wrong: readonly [place: string, ...values: unknown[]][] = [
    ['version', '0.1.0 coding: unicode_escape', '0.1.0\n', '', 1, `1.2.${'3'.repeat(50)}`, { toString: 'x' }],
    ['started', '2026-11-28', 'now\nimport os', null],
    ['settings', [], null, 'x'],
    ['settings.seed', '1', -1, 0.5, deep(50)],
    ['settings.M', 0, '5', Number.NaN],
    ['settings.K', undefined],
    ['settings.avg_window', {}],
    ['settings.beta', '10', 0, null],
    ['settings.fbk', 'telepathy', ['fix']],
    ['layers', [784], [784, 0], [784, 1e6], Array(4000).fill(4), 'x', { length: 3 }],
    ['rule', [], {}, Array(4000).fill({ name: 'F0', initial: 0 }), [null]],
    ['data', null],
    ['data.name', '', 5, 'x'.repeat(5000)],
    ['data.classes', 0],
    ['data.images', 'many'],
    ['data.checksum', 'A1'.repeat(32), 'none', `${'a1'.repeat(32)}\n`],
  ];
  for (const [place, ...values] of wrong)
    for (const value of values) {
      const file: Record<string, unknown> = good();
      const [first = '', second] = place.split('.');
      if (second) (file[first] as Record<string, unknown>)[second] = value;
      else file[first] = value;
      assert.match(
        runFileFault(file) ?? '',
        new RegExp(`^its ${place} must be [^\n]{1,200}$`),
        `${place} ${JSON.stringify(value)}`,
      );
    }
});

test('a coefficient has name, formula, layers, initial value and scale', () => {
  for (const change of [
    ...[{ name: 'a b' }, { name: 'a\n' }, { name: 1 }, { formula: 1 }, { layers: [0] }, { layers: [] }],
    ...[{ layers: [1e6] }, { initial: '0' }, { scale: 0 }, { scale: null }],
  ]) {
    const file = good();
    Object.assign(file.rule[0]!, change);
    assert.match(runFileFault(file)!, /^its rule must hold coefficients with name, formula .*, not \{"name"/);
  }
});

test('what all objects have is not what a file holds', () => {
  assert.match(runFileFault({})!, /^its version must be a version, like 0.1.0, not missing$/);
  const { data, ...rest } = good();
  const inherited = Object.assign(Object.create({ data }), rest);
  assert.match(runFileFault(inherited)!, /^its data must be an object, not missing$/);
});
