/** The table of runs: sorted, filtered, and with only what tells them apart. */
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { PageRun } from '../../page/data.js';
import { csv } from '../../report/markdown.js';
import { download, noFormula } from '../shared/files.js';
import { shown } from '../shared/numbers.js';
import { colourVariable } from '../shared/palette.js';
import { Scroll } from '../shared/scroll.js';
import { differing, type RunGroup } from './groups.js';

export interface RunsProps {
  readonly all: readonly PageRun[];
  readonly runs: readonly PageRun[];
  readonly groups: readonly RunGroup[];
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

interface Column {
  readonly name: string;
  readonly of: (run: PageRun) => string | number;
}

export function Runs({ all, runs, groups, filter, onFilter }: RunsProps): JSX.Element {
  const [onlyDiffering, setOnlyDiffering] = useState(true);
  const [sort, setSort] = useState<{ column: string; down: boolean }>();
  const columns = useMemo(() => columnsOf(all, onlyDiffering), [all, onlyDiffering]);
  const colours = useMemo(
    () => new Map(groups.flatMap(({ members, colour }) => members.map((run) => [run, colour] as const))),
    [groups],
  );
  const sorted = useMemo(() => {
    const by = columns.find(({ name }) => name === sort?.column);
    return by ? runs.toSorted((a, b) => compare(by.of(a), by.of(b)) * (sort!.down ? -1 : 1)) : runs;
  }, [runs, columns, sort]);
  const save = () => {
    const cell = (value: string | number) => (typeof value === 'string' ? noFormula(value) : value);
    const rows = sorted.map((run) => columns.map(({ of }) => cell(of(run))));
    const names = columns.map(({ name }) => noFormula(name));
    download('runs.csv', csv(names, rows), 'text/csv');
  };
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      <div class="controls">
        <label>
          Filter
          <input
            type="search"
            value={filter}
            placeholder="words, or seed=3"
            onInput={(event) => onFilter(event.currentTarget.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={onlyDiffering}
            onChange={(event) => setOnlyDiffering(event.currentTarget.checked)}
          />{' '}
          only what differs
        </label>
        <button type="button" onClick={save}>
          CSV
        </button>
        <span class="hint" role="status">
          {runs.length} of {all.length} runs
        </span>
      </div>
      <Scroll label="table of runs" tall>
        <table class="runs">
          <thead>
            <tr>
              {columns.map(({ name }) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={sort?.column !== name ? 'none' : sort.down ? 'descending' : 'ascending'}
                >
                  <button
                    type="button"
                    onClick={() => setSort({ column: name, down: sort?.column === name && !sort.down })}
                  >
                    {name}
                    {sort?.column === name && (sort.down ? ' ▾' : ' ▴')}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((run) => (
              <tr key={run.name}>
                {columns.map(({ name, of }, i) => {
                  const value = of(run);
                  const text = typeof value === 'number' ? shown(value) : value;
                  if (i > 0)
                    return (
                      <td key={name} class={typeof value === 'number' ? 'number' : undefined} title={String(value)}>
                        {text}
                      </td>
                    );
                  return (
                    <th key={name} scope="row">
                      <i class="swatch" style={{ background: colourVariable(colours.get(run) ?? 0) }} /> {text}
                    </th>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

/** Names, facts, ends and troubles. */
function columnsOf(all: readonly PageRun[], onlyDiffering: boolean): Column[] {
  const facts = onlyDiffering ? differing(all) : [...new Set(all.flatMap(({ facts }) => Object.keys(facts)))];
  const ends = [...new Set(all.flatMap(({ ends }) => Object.keys(ends)))].filter((name) =>
    /^(accuracy|loss|theta|constant)/.test(name),
  );
  return [
    { name: 'run', of: ({ name }) => name },
    ...facts.map((name) => ({ name, of: ({ facts }: PageRun) => numeric(facts[name] ?? '') })),
    ...ends.map((name) => ({ name, of: ({ ends }: PageRun) => ends[name] ?? Number.NaN })),
    ...(all.some(({ trouble }) => trouble.length > 0)
      ? [{ name: 'trouble', of: ({ trouble }: PageRun) => trouble.join(' ') }]
      : []),
  ];
}

const numeric = (text: string): string | number => (/^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : text);

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** Runs that have every word of the filter somewhere; `name=value` asks for just that. */
export function filtered(runs: readonly PageRun[], filter: string): readonly PageRun[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return runs;
  return runs.filter((run) => {
    const text = textOf(run);
    return words.every((word) => {
      const [name, value] = word.split('=');
      const fact =
        value === undefined ? undefined : Object.entries(run.facts).find(([key]) => key.toLowerCase() === name);
      return fact ? fact[1].toLowerCase() === value : text.includes(word);
    });
  });
}

const texts = new WeakMap<PageRun, string>();

function textOf(run: PageRun): string {
  const text = texts.get(run) ?? [run.name, ...Object.values(run.facts), ...run.trouble].join('\n').toLowerCase();
  texts.set(run, text);
  return text;
}
