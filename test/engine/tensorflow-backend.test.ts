import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { findBackend } from '#dist/engine/tensorflow/backend.js';

const require = createRequire(import.meta.url);

/** As Node reports a package that is not installed. */
function missing(specifier: string): never {
  throw Object.assign(new Error(`Cannot find package '${specifier}' imported from elsewhere`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
}

/** A stand-in for tfjs-node's module: the union package with another native back end. */
const native = (cuda: boolean) => ({
  default: {
    enableProdMode() {},
    setBackend: async (name: string) => name === 'tensorflow',
    backend: () => ({ isUsingGpuDevice: cuda }),
  },
});

/** Imports only these packages; the rest is missing. */
const having = (packages: Record<string, () => unknown>) => async (specifier: string) =>
  packages[specifier] ? packages[specifier]() : missing(specifier);

const tfjs = () => import('@tensorflow/tfjs');
const wasm = () => import('@tensorflow/tfjs-backend-wasm');
const GPU = '@tensorflow/tfjs-node-gpu';
const NODE = '@tensorflow/tfjs-node';
const broken = () => {
  throw new Error('The native addon can not be found.\nPlease run something.');
};

test('nothing installed: one sentence that says what to install for what', async () => {
  await assert.rejects(
    findBackend({ load: having({}) }),
    /^Error: The tensorflow engine needs TensorFlow\.js: install @tensorflow\/tfjs-node-gpu for .* CUDA 11\.2 .*, @tensorflow\/tfjs-node for .*, or @tensorflow\/tfjs .* installs\.$/,
  );
  await assert.rejects(
    findBackend({ load: having({ [GPU]: broken }) }),
    /installs; @tensorflow\/tfjs-node-gpu does not load: The native addon can not be found\.$/,
  );
  await assert.rejects(
    findBackend({ load: having({ '@tensorflow/tfjs': tfjs }), backend: 'wasm' }),
    /with its back end 'wasm': install/,
  );
});

test('the fastest that loads is taken, and its device told', async () => {
  const described = async (packages: Record<string, () => unknown>, gpu = true) =>
    (await findBackend({ load: having(packages), gpu })).description;
  const all = { [GPU]: () => native(true), [NODE]: () => native(false), '@tensorflow/tfjs': tfjs };
  assert.equal(await described(all), `${GPU}, CUDA`);
  assert.equal(await described({ ...all, [GPU]: () => native(false) }), `${GPU}, native code on the CPU`);
  assert.equal(await described(all, false), `${NODE}, native code on the CPU`);
  assert.equal(await described({ '@tensorflow/tfjs': tfjs }), '@tensorflow/tfjs, JavaScript on the CPU');
  assert.equal(
    await described({ '@tensorflow/tfjs': tfjs, '@tensorflow/tfjs-backend-wasm': wasm }),
    '@tensorflow/tfjs-backend-wasm, WebAssembly on the CPU',
  );
});

test('a better package that is installed but does not load is never passed over in silence', async () => {
  const { description, name } = await findBackend({ load: having({ [NODE]: broken, '@tensorflow/tfjs': tfjs }) });
  assert.equal(name, 'cpu');
  assert.equal(
    description,
    `@tensorflow/tfjs, JavaScript on the CPU; ${NODE} does not load: The native addon can not be found`,
  );
});

test("util's functions that Node 23 removed are there again before tfjs-node is imported", async () => {
  const util = require('node:util');
  const before = { isArray: util.isArray, isNullOrUndefined: util.isNullOrUndefined };
  util.isArray = undefined;
  util.isNullOrUndefined = undefined;
  try {
    let seen: unknown[] = [];
    const load = having({
      [NODE]: () => {
        const { isArray, isNullOrUndefined } = require('node:util');
        seen = [isArray([]), isArray({}), isNullOrUndefined(null), isNullOrUndefined(undefined), isNullOrUndefined(0)];
        return native(false);
      },
    });
    await findBackend({ load });
    assert.deepEqual(seen, [true, false, true, true, false]);
  } finally {
    Object.assign(util, before);
  }
});
