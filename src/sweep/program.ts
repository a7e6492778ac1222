/** Our own program, run by words. */

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of stderr. */
  readonly lastWords: readonly string[];
}

/** Why it failed, in its own words where it has any. */
export function reasonOf({ code, lastWords }: Pick<Finished, 'code' | 'lastWords'>): string {
  const own = lastWords.findLast((line) => line.startsWith('meta-plasticity: '));
  if (code === null) return 'its process was ended by a signal';
  const said = own ?? lastWords.join('\n');
  return said.replace(/^meta-plasticity: /, '') || `its process ended with ${code}`;
}

/** Runs the program with these words; `onLine` hears each line of its stderr, `stop` asks it to end. */
export type RunProgram = (
  argv: readonly string[],
  options: { readonly stop: AbortSignal; readonly onLine?: (line: string) => void },
) => Promise<Finished>;
