import { fstatSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { homeFolder } from '../home.js';

/**
 * Was this process started so that a SIGHUP is to be ignored, as by `nohup`? Node sets all signals to their defaults at
 * its start, so it is told by what nohup leaves behind: its name as the shell's last command, its way to close stdin,
 * its nohup.out; or by a parent that ignores the signal itself.
 */
export function isHangupIgnored(env: NodeJS.ProcessEnv): boolean {
  return (
    basename(env._ ?? '') === 'nohup' ||
    isUnreadable(0) ||
    [1, 2].some((fd) => isFile(fd, ['nohup.out', join(homeFolder(env) ?? '.', 'nohup.out')])) ||
    ignoresHangup(process.ppid)
  );
}

/** Open for writing only, as GNU's nohup opens it in place of a terminal (Linux). */
function isUnreadable(fd: number): boolean {
  const flags = /flags:\s*([0-7]+)/.exec(read(`/proc/self/fdinfo/${fd}`));
  return flags !== null && (Number.parseInt(flags[1]!, 8) & 3) === 1;
}

function isFile(fd: number, paths: readonly string[]): boolean {
  try {
    const { dev, ino } = fstatSync(fd);
    return paths.some((path) => {
      const file = statSync(path, { throwIfNoEntry: false });
      return file?.dev === dev && file.ino === ino;
    });
  } catch {
    return false;
  }
}

/** Linux. */
function ignoresHangup(pid: number): boolean {
  const ignored = /^SigIgn:\s*([0-9a-f]+)/m.exec(read(`/proc/${pid}/status`));
  return ignored !== null && Number.parseInt(ignored[1]!.slice(-1), 16) % 2 === 1;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
