/** Which settings make a run what it is. */
import type { Options } from './option.js';
import type { Settings } from './options.js';

/** Settings that say where, how long and with which seed a run goes, not what it is. */
const CIRCUMSTANCES: ReadonlySet<string> = new Set<keyof Settings>([
  ...(['seed', 'episodes', 'res', 'test_name', 'data_dir', 'avg_window', 'gpu_mode'] as const),
]);

/** The settings that two runs of one experiment share; those with their default value are left out. */
export function identity(options: Options, settings: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  return new Map(
    Object.entries(settings)
      .filter(([name]) => !CIRCUMSTANCES.has(name))
      .filter(([name, value]) => !same(value, options[name]?.initial))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
