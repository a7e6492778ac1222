import type { Engine } from './engine.js';
import type { WasmOptions } from './wasm/engine.js';

/** What `createEngine` knows; the first is the default. */
export const ENGINE_NAMES = ['wasm', 'reference'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Options of the wasm engine; the others take none. */
export type EngineOptions = WasmOptions;

/**
 * An engine by its name: `wasm`, float32 on SIMD kernels and fast, or `reference`, float64 and plain.
 * @throws RangeError for a name that is none of ENGINE_NAMES; Error where this machine lacks what the engine needs.
 */
export async function createEngine(name: string, options: EngineOptions = {}): Promise<Engine> {
  if (name === 'wasm') return (await import('./wasm/engine.js')).createWasmEngine(options);
  if (name === 'reference') return (await import('./reference/engine.js')).createReferenceEngine();
  throw new RangeError(`unknown engine '${name}' (valid: ${ENGINE_NAMES.join(', ')})`);
}
