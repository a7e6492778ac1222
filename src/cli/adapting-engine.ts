import { createEngine } from '../engine/create.js';
import { type AdaptingEngine, canAdapt } from '../meta/course.js';
import type { Option } from './option.js';
import type { Settings } from './options.js';
import { UsageError } from './usage-error.js';

/** `--engine` of commands that ask for no gradient; another gets past the table, to be refused with the reason. */
export function adaptingEngine(engine: Option<Settings['engine']>): Option<Settings['engine']> {
  const values = ['wasm', 'reference'];
  return { ...engine, help: `what computes: ${values.join(', ')}`, values };
}

/** @throws UsageError for an engine that cannot adapt without a gradient. */
export async function createAdaptingEngine({ engine: name }: Pick<Settings, 'engine'>): Promise<AdaptingEngine> {
  const engine = await createEngine(name);
  if (canAdapt(engine)) return engine;
  await engine.dispose();
  throw new UsageError(`--engine ${name} only runs whole episodes with their gradient: use wasm or reference here.`);
}
