import { constants } from 'node:os';

/** Exit codes by convention: 128 plus the signal's number. */
export const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGUSR2: 140 } as const;
export type StopSignal = keyof typeof SIGNAL_EXIT_CODES;

export interface Interruption {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, or SIGUSR2, which Slurm is asked to send before a time limit. */
  readonly abort: AbortSignal;
  /** Which it was. */
  readonly received: () => StopSignal | undefined;
  /** Gives the signals back to the system. */
  readonly stop: () => void;
}

const ignored = new Set<string>();

/** From now on this signal does nothing. */
export function ignoreSignal(signal: StopSignal): void {
  ignored.add(signal);
  process.on(signal, () => {});
}

/**
 * Turns the first Ctrl-C, SIGTERM or SIGHUP into a request to stop; from then on, another ends the process at once.
 */
export function catchInterrupt(onRequest: () => void): Interruption {
  const controller = new AbortController();
  const signals = Object.keys(SIGNAL_EXIT_CODES).filter((name) => name in constants.signals && !ignored.has(name));
  let received: StopSignal | undefined;
  const handle = (signal: NodeJS.Signals) => {
    received = signal as StopSignal;
    stop();
    // A terminal that closes may send it twice: as the kernel, and as the shell.
    if (signal === 'SIGHUP') process.on(signal, () => {});
    controller.abort();
    onRequest();
  };
  const stop = () => {
    for (const name of signals) process.off(name, handle);
  };
  for (const name of signals) process.on(name, handle);
  return { abort: controller.signal, received: () => received, stop };
}
