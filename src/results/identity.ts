/** What decides the numbers of a run, and the chain that its journal's lines are in. */
import { CHECK, type Chain, startChain } from '../meta/chain.js';
import { JournalError } from '../meta/lines.js';
import { digest, type Sealed } from './sealed.js';

/** Settings that say where and how long a run goes and how it is shown, not what it is. */
export const CIRCUMSTANCES: ReadonlySet<string> = new Set([
  ...['episodes', 'res', 'test_name', 'data_dir', 'gpu_mode', 'quiet', 'verbose', 'json'],
  ...['avg_window', 'format', 'size', 'font', 'font_size'],
]);

/** Settings that came later, as all runs before them had them: they count only where they are otherwise. */
const LATER: Readonly<Record<string, unknown>> = {
  ...{ state: [], tie: {}, activation: 'softplus', gain: 1, noise: 0 },
};

/** The parts of a run's file that decide its numbers. */
export interface Deciding {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly rule: readonly unknown[];
  readonly layers: readonly number[];
  readonly data: { readonly checksum: string };
}

/** All of them as one text. The data counts by its checksum, not by its place. */
function identityOf({ settings, rule, layers, data }: Deciding): string {
  const deciding = Object.entries(settings)
    .filter(([name, value]) => value !== undefined && name !== 'database' && !CIRCUMSTANCES.has(name))
    .filter(([name, value]) => !Object.hasOwn(LATER, name) || JSON.stringify(value) !== JSON.stringify(LATER[name]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([deciding, rule, layers, data.checksum]);
}

/**
 * What the lines of a run's journal must fit, from its first on; undefined for a run of a version without checks.
 * @param text of the journal, which lies at `path`.
 * @throws JournalError where the journal has checks and the run's file has none.
 */
export function journalChain(file: Deciding & Sealed, text: string, path: string): Chain | undefined {
  if (file.check !== undefined) return startChain(digest, digest(identityOf(file)));
  if (!text.includes(CHECK)) return undefined;
  throw new JournalError(`${path} has checks and the file that describes the run has none: one of them is damaged.`);
}
