/** Exit codes by convention: 128 plus the signal's number. */
export const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
export type StopSignal = keyof typeof SIGNAL_EXIT_CODES;

export interface Interruption {
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly abort: AbortSignal;
  /** Which it was. */
  readonly received: () => StopSignal | undefined;
  /** Gives the signals back to the system. */
  readonly stop: () => void;
}

/** Turns the first Ctrl-C or SIGTERM into a request to stop; from then on, another ends the process at once. */
export function catchInterrupt(onRequest: () => void): Interruption {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  const handle = (signal: NodeJS.Signals) => {
    received = signal as StopSignal;
    stop();
    controller.abort();
    onRequest();
  };
  const stop = () => {
    for (const name of Object.keys(SIGNAL_EXIT_CODES)) process.off(name, handle);
  };
  for (const name of Object.keys(SIGNAL_EXIT_CODES)) process.on(name, handle);
  return { abort: controller.signal, received: () => received, stop };
}
