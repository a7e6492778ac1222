/** The runs that are due as ordinary commands, which leave their results where the study looks for them. */
import { quote } from './quote.js';
import { placeOf } from './seed-run.js';
import type { Work } from './study-work.js';

/** A command for each run that is due: what it starts or continues, and where. */
export function commandsOf({ due }: Work): string[] {
  return due.map(({ run, found }) =>
    ['npx', 'meta-plasticity', ...run.plan.plainWords(placeOf(run), found)].map(quote).join(' '),
  );
}
