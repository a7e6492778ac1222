import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file of `shared/`, a folder that lies beside the project on the developers' machines; undefined elsewhere. */
export function sharedPath(name: string): string | undefined {
  return ['../../shared/', '../../../shared/']
    .map((up) => fileURLToPath(new URL(up + name, import.meta.url)))
    .find((path) => existsSync(path));
}
