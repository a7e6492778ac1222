/** `--parity`: what main.py does where we do otherwise, so that runs can be compared with its. */
import { runOptions, type Settings } from './options.js';
import { evaluate, type Given } from './parse.js';
import { UsageError } from './usage-error.js';

/** Settings that it stands for. The gradient of `--fbk sym` stays exact: the release's is that of no loss. */
const PARITY = {
  replacement: true,
  first_images: true,
  split: [0, 0],
  l1: 'subgradient',
  clip: 0,
  term_scale: {},
} as const satisfies Partial<Settings>;

/**
 * A run's settings from its flags, with what --parity stands for.
 * @throws UsageError for a value that no flag can have, or a flag that contradicts --parity.
 */
export function evaluateSettings(sources: readonly Given[], options = runOptions): Settings {
  const settings = evaluate(options, sources);
  if (!settings.parity) return settings;
  for (const [name, value] of Object.entries(PARITY)) {
    const given = sources.find((source) => source.has(name))?.get(name);
    if (given && JSON.stringify(settings[name as keyof Settings]) !== JSON.stringify(value)) {
      throw new UsageError(
        `--parity does as main.py does, which ${given.flag} ${given.values.join(' ')} contradicts: leave one of them out.`,
      );
    }
  }
  return { ...settings, ...PARITY, split: [...PARITY.split] };
}
