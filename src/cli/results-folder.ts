/** The flag --res. */
import { checkWritable } from '../results/run-folder.js';
import type { Settings } from './options.js';
import { UsageError } from './usage-error.js';

/** Refuses a --res in which no folder can be made, before anything else is done. */
export async function checkResults({ res }: Pick<Settings, 'res'>): Promise<void> {
  await checkWritable(res).catch(refuseResults(res));
}

export function refuseResults(res: string): (error: Error) => never {
  return ({ message }) => {
    throw new UsageError(`--res must be a folder that can be written to, not '${res}' (${message}).`);
  };
}
