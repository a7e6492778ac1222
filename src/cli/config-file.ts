import { readFileSync } from 'node:fs';
import { parseJson } from '../json.js';
import type { RunFile } from '../results/run-file.js';
import type { Options } from './option.js';
import { type Given, readObject } from './parse.js';
import { UsageError } from './usage-error.js';

/**
 * Flags from a JSON file, e.g. `{ "fbk": "sym", "vec": ["F2", "F9"], "init": { "F2": -0.01 } }`, or the settings in a run's
 * `run.json`.
 * @throws UsageError where the file cannot be read, is not a JSON object or holds an unknown flag.
 */
export function readConfigFile(options: Options, path: string): Given {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--config must be a readable file, not '${path}' (${(error as NodeJS.ErrnoException).code}).`);
  }
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw new UsageError(`--config must be a JSON file, but '${path}' is not (${(error as Error).message}).`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`--config must hold one JSON object of flags, like {"fbk": "sym"}, but '${path}' does not.`);
  }
  const { config, ...flags } = settingsOf(json);
  if (config !== undefined) throw new UsageError(`config in ${path} is not valid: a file cannot name another one.`);
  return readObject(options, flags, path);
}

/** What a run's file says beside its settings is nothing that a flag can. */
function settingsOf(json: object): Record<string, unknown> {
  const { settings, rule } = json as Partial<Record<keyof RunFile, unknown>>;
  const ofRun = typeof settings === 'object' && Array.isArray(rule);
  return { ...(ofRun ? settings : json) };
}
