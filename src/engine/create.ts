import type { Engine } from './engine.js';
import type { WasmOptions } from './wasm/engine.js';

/** What `createEngine` knows; the first is the default. */
export const ENGINE_NAMES = ['wasm', 'reference', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Options of all engines; each reads its own. */
export interface EngineOptions extends WasmOptions {
  /** Threads that episodes are run on, each with an engine of its own (default: 1, none beside the caller's). Node only. */
  readonly workers?: number;
  /** tensorflow: whether a GPU may be used (default: yes). */
  readonly gpu?: boolean;
}

/**
 * An engine by its name: `wasm`, float32 on SIMD kernels and fast; `reference`, float64 and plain; `tensorflow`, float32
 * and differentiated by TensorFlow.js, which is to be installed beside this package.
 * @throws RangeError for a name that is none of ENGINE_NAMES; Error where this machine lacks what the engine needs.
 */
export async function createEngine(name: string, { workers = 1, ...options }: EngineOptions = {}): Promise<Engine> {
  const kind = ENGINE_NAMES.find((known) => known === name);
  if (!kind) throw new RangeError(`unknown engine '${name}' (valid: ${ENGINE_NAMES.join(', ')})`);
  const engine = await CREATE[kind](options);
  if (workers === 1) return engine;
  return (await import('./pooled.js')).createPooledEngine(engine, kind, { ...options, workers });
}

const CREATE: Readonly<Record<EngineName, (options: EngineOptions) => Promise<Engine>>> = {
  wasm: async (options) => (await import('./wasm/engine.js')).createWasmEngine(options),
  reference: async () => (await import('./reference/engine.js')).createReferenceEngine(),
  tensorflow: async (options) => (await import('./tensorflow/engine.js')).createTensorflowEngine(options),
};

/** A line for each engine: its full name, which tells what it runs on, or what it lacks here. */
export async function describeEngines(): Promise<string[]> {
  return await Promise.all(
    ENGINE_NAMES.map(async (name) => {
      try {
        const engine = await createEngine(name);
        await engine.dispose();
        return engine.name;
      } catch (error) {
        return `${name}: not here. ${(error as Error).message}`;
      }
    }),
  );
}
