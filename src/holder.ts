/** Who holds a lock, known by more than a number, which another process may have by now. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the system's start (Linux): the same in all containers of a machine. */
  readonly boot?: string;
  /** The name space that `pid` counts in (Linux). */
  readonly space?: string;
  /** When the process was started, in ticks since the system's start (Linux). */
  readonly started?: string;
  /** The name of a socket beside the lock that it answers on: so other name spaces can tell whether it lives. */
  readonly socket?: string;
  /** Whether it writes the lock anew again and again, so that its silence tells that it is gone. */
  readonly beats?: boolean;
}

/** This process. */
export function thisProcess(): Holder {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
  const space = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const started = stateOf(process.pid)?.started;
  return {
    ...{ pid: process.pid, host: hostname() },
    ...(boot && { boot }),
    ...(space && { space }),
    ...(started && { started }),
  };
}

/** The first of all name spaces, which no container is in. */
export const FIRST_SPACE = 'pid:[4026531836]';

/** Whether a holder is there no more: 'unknown' where only its socket can tell, or nothing can. */
export function isGone(holder: Holder): boolean | 'unknown' {
  const here = thisProcess();
  const sameHost = holder.host === here.host;
  if (holder.boot && here.boot) {
    // The machine was started again since; or it is another one.
    if (holder.boot !== here.boot) return sameHost || 'unknown';
    return holder.space === here.space ? !isAlive(holder) : 'unknown';
  }
  return sameHost ? !isAlive(holder) : 'unknown';
}

function isAlive({ pid, started }: Holder): boolean {
  // Our number, but an earlier process's: of what this one holds nobody asks.
  if (pid === process.pid && started === undefined) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = stateOf(pid);
  if (!now) return true;
  // Has it ended, and only its parent has not taken notice yet?
  if (/[ZX]/.test(now.state)) return false;
  return started === undefined || now.started === started;
}

/** Known on Linux only. */
function stateOf(pid: number): { state: string; started: string } | undefined {
  // pid (name) state …, where a name may hold anything; the 22nd field is the start.
  const fields = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' '));
  return fields && { state: fields[0]!, started: fields[19]! };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** What a lock's file says. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text);
    const { pid, host } = holder;
    return Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}
