/** Files that a user names: nothing that is there is written over without --force, and that shows before any work. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeAtomically } from '../files.js';
import { checkWritable } from '../results/run-folder.js';
import { toggle } from './option.js';
import { UsageError } from './usage-error.js';

export const force = toggle('Results', 'write over files that are there');

/** --out and --force. */
interface Target {
  readonly out: string;
  readonly force: boolean;
}

/** @throws UsageError where --out is no file that can be written, or is there already. */
export async function checkFile({ out, force }: Target): Promise<void> {
  if (existsSync(out) && statSync(out).isDirectory())
    throw new UsageError(`--out must be a file, not the folder '${out}'.`);
  if (existsSync(out) && !force)
    throw new UsageError(`--out must be a new file, not '${out}', or be given with --force.`);
  await checkWritable(dirname(resolve(out))).catch(refuse(out, 'a file that can be written'));
}

/** @throws UsageError where --out is no folder that can be written to, or has files `<name>.…` already. */
export async function checkFolder({ out, force }: Target, name: string): Promise<void> {
  await checkWritable(out).catch(refuse(out, 'a folder that can be written to'));
  const there = existsSync(out) ? readdirSync(out).find((file) => file.startsWith(`${name}.`)) : undefined;
  if (there !== undefined && !force)
    throw new UsageError(`--out must be a folder without '${there}', not '${out}', or be given with --force.`);
}

/** Writes the file of --out, with the folders that it needs. */
export async function writeOut(out: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(resolve(out)), { recursive: true })
    .then(() => writeAtomically(out, content))
    .catch(refuse(out, 'a file that can be written'));
}

function refuse(out: string, valid: string): (error: Error) => never {
  return ({ message }) => {
    throw new UsageError(`--out must be ${valid}, not '${out}' (${message}).`);
  };
}
