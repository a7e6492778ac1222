import type { Engine } from './engine.js';

/** What `createEngine` knows. */
export const ENGINE_NAMES = ['reference', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/**
 * An engine by its name.
 * @throws RangeError for a name that is none of ENGINE_NAMES; Error where what an engine needs is not installed.
 */
export async function createEngine(name: string): Promise<Engine> {
  if (name === 'reference') return (await import('./reference/engine.js')).createReferenceEngine();
  if (name === 'tensorflow') return (await import('./tensorflow/engine.js')).createTensorflowEngine();
  throw new RangeError(`unknown engine '${name}' (valid: ${ENGINE_NAMES.join(', ')})`);
}
