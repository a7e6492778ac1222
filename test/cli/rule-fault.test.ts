import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleFault } from '#dist/cli/rule-fault.js';
import { RuleError } from '#dist/plasticity/grammar.js';
import { parseRule } from '#dist/plasticity/rule.js';

function fault(formula: string, learns?: boolean): string {
  try {
    parseRule([`own = ${formula}`], { layerCount: 2, constants: ['gain'] });
  } catch (error) {
    if (error instanceof RuleError) return ruleFault(error, learns);
  }
  throw new Error(`${formula} is no fault`);
}

test('an unknown name: what was meant, else the flag that would make it known', () => {
  for (const [formula, meant] of [
    ["y ypre'", 'y_pre'],
    ["Y y_pre'", 'y'],
    ["w y_pre y_pre'", 'W'],
    ["gian y y_pre'", 'gain'],
  ] as const)
    assert.match(fault(`gain ${formula}`), new RegExp(`: did you mean ${meant}\\?$`));
  assert.match(fault("gain c y y_pre'"), /unknown name 'c' .*; --learn c=0\.5 makes it a constant that is learned$/);
  assert.doesNotMatch(fault("gain c y y_pre'", false), /--learn/);
  assert.doesNotMatch(fault("gain c y y_pre'"), /did you mean/);
});
