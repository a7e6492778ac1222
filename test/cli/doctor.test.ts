import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { selfCheck } from '#dist/cli/self-check.js';
import { createReferenceEngine } from '#dist/engine/reference/engine.js';
import { run } from './program.js';

describe('doctor', () => {
  const env = { XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'doctor-')) };

  test('engines agree, and all of it in lines', async () => {
    const { code, stdout } = await run(['doctor'], { env });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^yes {2}engine wasm +agrees with the reference engine: largest error \de-\d\d?$/m);
    assert.match(stdout, /^yes {2}engine reference +agrees with central differences: largest error \de-\d\d?$/m);
    assert.match(stdout, /^yes {2}data +glyphs: 47 classes/m);
    assert.match(stdout, /^no {3}Slurm +there is no sbatch on the PATH$/m);
  });

  test('what is asked for and does not work makes it fail', async () => {
    const { code, stdout } = await run(['doctor', '--database', 'mnist', '--data_dir', env.XDG_CACHE_HOME, '--json'], {
      env,
    });
    assert.equal(code, 1);
    const { findings, machine } = JSON.parse(stdout);
    assert.ok(machine.cores >= 1);
    const { works, says } = findings.find(({ what }: { what: string }) => what === 'data');
    assert.equal(works, false);
    assert.match(says, /^--data_dir .* does not hold the files of mnist/);
  });
});

describe('selfCheck', () => {
  const honest = createReferenceEngine();

  /** The reference engine under another name, with another gradient. */
  const withGradient = (change: (gradient: Float64Array) => Float64Array) => ({
    ...honest,
    name: 'other',
    async run(...args: Parameters<typeof honest.run>) {
      const results = await honest.run(...args);
      return results.map((result) => ({ ...result, thetaGradient: change(result.thetaGradient) }));
    },
  });

  test('an engine with one coefficient wrong by a thousandth is found out', async () => {
    const wrong = withGradient((gradient) => gradient.map((g, r) => (r === 0 ? g * 1.001 : g)));
    assert.equal((await selfCheck(wrong)).agrees, false);
    assert.deepEqual(await selfCheck(withGradient((gradient) => gradient)), { agrees: true, relativeError: 0 });
  });

  test('NaN is no agreement', async () => {
    assert.equal((await selfCheck(withGradient((gradient) => gradient.fill(Number.NaN)))).agrees, false);
  });
});
