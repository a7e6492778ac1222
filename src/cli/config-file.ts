import { readFileSync } from 'node:fs';
import type { Options } from './option.js';
import { type Given, readObject } from './parse.js';
import { UsageError } from './usage-error.js';

/**
 * Flags from a JSON file, e.g. `{ "fbk": "sym", "vec": ["F2", "F9"], "init": { "F2": -0.01 } }`.
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
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--config must be a JSON file, but '${path}' is not (${(error as Error).message}).`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`--config must hold one JSON object of flags, like {"fbk": "sym"}, but '${path}' does not.`);
  }
  const { config, ...flags } = json as Record<string, unknown>;
  if (config !== undefined) throw new UsageError(`config in ${path} is not valid: a file cannot name another one.`);
  return readObject(options, flags, path);
}
