/** Files of JSON that carry a check of what they hold: what was changed since is not believed. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../files.js';
import { parseJson } from '../json.js';

/** 64 bits of SHA-256: against accidents and mix-ups, not against forgery, which could make its own. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What such a file holds; those of version 0.1.0 have no check. */
export interface Sealed {
  readonly check?: string;
}

/** The object with its check, as it will be read. */
export function seal<T extends object>(content: T): T & Sealed {
  const { check: _, ...rest } = content as T & Sealed;
  return { ...(rest as T), check: digest(JSON.stringify(rest)) };
}

/** Writes such a file, or one without a check. */
export async function writeJson(path: string, content: Sealed): Promise<void> {
  await writeAtomically(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

/**
 * Reads such a file, or one without a check.
 * @throws Error in one sentence where it cannot be read, is no object of JSON, or its check does not fit.
 */
export async function readJson(path: string): Promise<object & Sealed> {
  const text = await readFile(path, 'utf8').catch(({ message }: Error) => {
    throw new Error(`${path} cannot be read (${message})`);
  });
  try {
    return unseal(text);
  } catch (error) {
    throw new Error(`${path} is damaged (${(error as Error).message})`);
  }
}

/**
 * Reads a file of a kind that always has a check.
 * @throws Error in one sentence as `readJson`, and where there is none.
 */
export async function readSealed(path: string): Promise<object> {
  const content = await readJson(path);
  if (content.check === undefined) throw new Error(`${path} is damaged (its check is missing)`);
  return content;
}

/** @throws Error where the text is no object of JSON, or its check does not fit. */
export function unseal(text: string): object & Sealed {
  const content = parseJson(text);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new Error('it holds no object');
  const { check } = content as Sealed;
  if (check !== undefined && check !== seal(content).check) {
    throw new Error('its check does not fit what it holds: it was changed');
  }
  return content;
}
