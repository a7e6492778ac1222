/** Runs of version 0.1.0, whose files carry no checks. */
import type { Sealed } from '../results/sealed.js';
import type { Terminal } from './terminal.js';

/** Says which of these runs' files have to be believed as they stand. */
export function warnOfUnchecked(
  runs: readonly { readonly folder: string; readonly file: Sealed }[],
  terminal: Terminal,
): void {
  const old = runs.filter(({ file }) => file.check === undefined);
  if (old.length === 0) return;
  const [{ folder }] = old as [(typeof old)[number]];
  const which =
    old.length === 1 ? `The run in ${folder} is` : `${old.length} runs, the first of them in ${folder}, are`;
  terminal.warn(`${which} of a version that wrote no checks: journal and settings are believed as they stand.`);
}
