import type { Engine } from './engine.js';

/** What `createEngine` knows. */
export const ENGINE_NAMES = ['reference'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/**
 * An engine by its name.
 * @throws RangeError for a name that is none of ENGINE_NAMES.
 */
export async function createEngine(name: string): Promise<Engine> {
  if (name === 'reference') return (await import('./reference/engine.js')).createReferenceEngine();
  throw new RangeError(`unknown engine '${name}' (valid: ${ENGINE_NAMES.join(', ')})`);
}
