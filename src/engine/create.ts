import type { Engine } from './engine.js';

/** What `createEngine` knows. */
export const ENGINE_NAMES = ['reference', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface EngineOptions {
  /** Whether an engine that can use a GPU may do so (default: yes). */
  readonly gpu?: boolean;
}

/**
 * An engine by its name.
 * @throws RangeError for a name that is none of ENGINE_NAMES; Error where what an engine needs is not installed.
 */
export async function createEngine(name: string, options: EngineOptions = {}): Promise<Engine> {
  if (name === 'reference') return (await import('./reference/engine.js')).createReferenceEngine();
  if (name === 'tensorflow') return (await import('./tensorflow/engine.js')).createTensorflowEngine(options);
  throw new RangeError(`unknown engine '${name}' (valid: ${ENGINE_NAMES.join(', ')})`);
}

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
