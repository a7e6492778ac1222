/** Where a run's files land: `<res>/<test_name>/<YYYY-MM-DD_HH-MM-SS_n>/`. */
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Checks, without writing anything, that folders can be made below `folder`, which need not exist yet.
 * @throws Error that names the obstacle.
 */
export async function checkWritable(folder: string): Promise<void> {
  const path = resolve(folder);
  try {
    if (!(await stat(path)).isDirectory()) throw new Error(`${path} is not a folder`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw plain(error, path);
    return checkWritable(dirname(path));
  }
  await access(path, constants.W_OK | constants.X_OK).catch((error) => {
    throw plain(error, path);
  });
}

function plain(error: unknown, path: string): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOTDIR') return new Error(`a part of ${path} is not a folder`);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return new Error(`${path} is not writable`);
  return new Error(message);
}

/** Makes a run's folder, one that did not exist before: runs that start in the same second get different n. */
export async function createRunFolder(res: string, testName: string, start: Date): Promise<string> {
  const parent = join(res, testName);
  await makeFolders(parent);
  for (let n = 1; ; n++) {
    const folder = join(parent, `${timestamp(start)}_${n}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** `mkdir -p`. Node's own never returns where the system answers ENOENT for ever, as below /proc. */
async function makeFolders(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await make();
  });
}

/** Local time as YYYY-MM-DD_HH-MM-SS. */
function timestamp(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}_${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('-')}`;
}
