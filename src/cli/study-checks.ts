/** What of a study can be told to be wrong, or not to be what its claims are about, before anything has run. */
import { isDrawn } from '../study/charts.js';
import type { Measure, Recipe } from '../study/recipe.js';
import type { PlannedRun } from './seed-run.js';
import { nearest } from './suggest.js';
import { UsageError } from './usage-error.js';

type Runs = ReadonlyMap<string, PlannedRun>;

/**
 * @param written the runs as the recipe has them, without the flags of the command line.
 * @throws UsageError for a claim or a drawing about a column, an episode or a term that its runs will not have.
 */
export function checkMeasures(name: string, { claims, headline = [], draw }: Recipe, runs: Runs, written: Runs): void {
  const check = ({ run, column, at }: Measure, place: string) => {
    const { columns } = runs.get(run)!;
    if (!columns.includes(column)) throw new UsageError(`${place} of ${name}: ${missing(column, columns, run)}`);
    const [first, last] = written.get(run)!.stretch;
    if (at && (at[0] > at[1] || at[1] < first || at[0] > last || at[1] > last)) {
      throw new UsageError(
        `${place} of ${name}: at must lie within ${first} to ${last} of ${run}, not ${at.join(' to ')}.`,
      );
    }
  };
  for (const [i, { measure, minus }] of claims.entries()) {
    check(measure, `claims[${i}].measure`);
    if (minus) check(minus, `claims[${i}].minus`);
  }
  for (const [i, measure] of headline.entries()) check(measure, `headline[${i}]`);
  for (const [i, { column, runs: drawn = [...runs.keys()] }] of draw.entries()) {
    const columns = drawn.flatMap((run) => runs.get(run)!.columns);
    if (!columns.some((own) => isDrawn(column, own)))
      throw new UsageError(`draw[${i}] of ${name}: ${missing(column, columns, drawn.join(', '))}`);
  }
}

function missing(column: string, columns: readonly string[], run: string): string {
  const own = [...new Set(columns)];
  const meant = nearest(column, own);
  return `${run} will have no '${column}': ${meant ? `did you mean '${meant}'?` : `it has ${own.join(', ')}.`}`;
}

/** Settings that say what a run is about; the others are ways to get there. */
const ABOUT = ['database', 'dim', 'M', 'K', 'Q', 'split', 'replacement', 'first_images', 'layers', 'beta'] as const;
/** Of these, less is not the same. */
const AT_LEAST = ['episodes', 'images'] as const;

/** What the command line makes other than the study has it, so that its claims say nothing about it; undefined: nothing. */
export function incomparable(runs: Runs, written: Runs): string | undefined {
  const differences = [...runs].flatMap(([name, { settings }]) => {
    const now: Readonly<Record<string, unknown>> = settings;
    const before: Readonly<Record<string, unknown>> = written.get(name)!.settings;
    const changed = [
      ...ABOUT.filter((flag) => JSON.stringify(now[flag]) !== JSON.stringify(before[flag])),
      ...AT_LEAST.filter((flag) => Number(now[flag]) < Number(before[flag])),
    ];
    return changed.map((flag) => `--${flag} ${said(now[flag])} instead of ${said(before[flag])}`);
  });
  return differences.length > 0 ? [...new Set(differences)].join(', ') : undefined;
}

function said(value: unknown): string {
  return value === undefined ? 'its default' : Array.isArray(value) ? value.join(' ') : String(value);
}
