import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file in the folder `shared` beside the repository, or beside its parent, and a reason to skip if absent. */
export function sharedPath(name: string): { path: string; skip: string | false } {
  const paths = ['../../shared/', '../../../shared/'].map((up) => fileURLToPath(new URL(up + name, import.meta.url)));
  const path = paths.find(existsSync);
  return path === undefined ? { path: paths[0]!, skip: `needs ../shared/${name}` } : { path, skip: false };
}
