import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { compileUserProgram, makeUserPackage } from '../scripts/types/user-program.js';
import { temporaryFolder } from './cli/program.js';

test("README's program compiles where the package is installed, its types checked, with and without @types/node", () => {
  const folder = temporaryFolder();
  makeUserPackage(folder);
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  for (const [way, said] of compileUserProgram(folder, tsc, ['NodeNext', 'Bundler with @types/node']))
    assert.equal(said, '', way);
});
