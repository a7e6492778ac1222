/** The shapes that parts of a recipe have: what is none of them is refused with the name of its place. */
import { printable } from '../text.js';

/** What is wrong with a recipe, in one sentence. */
export class RecipeError extends Error {
  override readonly name = 'RecipeError';
}

/** @param keys that it may have; any, if absent. */
export function object(json: unknown, place: string, keys?: readonly string[]): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) fail(`${place} must be an object`);
  const unknown = keys && Object.keys(json).find((key) => !keys.includes(key));
  if (unknown !== undefined) fail(`${place} has no '${unknown}'; valid are ${keys!.join(', ')}`);
  return json as Record<string, unknown>;
}

export function list(json: unknown, place: string): unknown[] {
  return Array.isArray(json) ? json : fail(`${place} must be a list`);
}

export function text(json: unknown, place: string): string {
  if (typeof json !== 'string' || json.trim() === '') fail(`${place} must be a text`);
  return printable(json) === json ? json : fail(`${place} must be one line, without control characters`);
}

/** Those of the texts that are there. */
export function texts(json: Record<string, unknown>, keys: readonly string[], place = ''): Record<string, string> {
  const given = keys.filter((key) => json[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, text(json[key], place + key)]));
}

export function fail(message: string): never {
  throw new RecipeError(`${message}.`);
}
