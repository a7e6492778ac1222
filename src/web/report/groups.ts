/** Which runs belong together, and their curves. */
import type { PageRun } from '../../page/data.js';
import { bandWords, columnsOf, type Group, groupCurve, groupMean, tableCurve } from '../../study/group.js';
import { isTrajectory, type Table } from '../../study/table.js';
import type { Curve, Panel } from '../shared/curve.js';

/** Names of facts that say where and how a run went, not what it is. */
const PLACES = new Set(['seed', 'episodes']);

/** How runs are grouped: by all that differs but the seed, each alone, or by one fact. */
export type Grouping = 'settings' | 'run' | (string & {});

export interface RunGroup extends Omit<Group, 'runs'> {
  readonly members: readonly PageRun[];
  readonly colour: number;
}

/** Facts that are not the same in all runs. */
export function differing(runs: readonly PageRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ facts }) => Object.keys(facts)))];
  return names.filter((name) => new Set(runs.map(({ facts }) => facts[name] ?? '')).size > 1);
}

/** The groups of all runs, in the order of their first ones. A group's colour stays, whatever is filtered out. */
export function groupsOf(runs: readonly PageRun[], grouping: Grouping): RunGroup[] {
  const facts = differing(runs).filter((name) => !PLACES.has(name));
  const by = grouping === 'settings' ? facts : grouping === 'run' ? [] : [grouping];
  const telling = by.filter((_, i) => count(runs, by.slice(0, i + 1)) > count(runs, by.slice(0, i)));
  const groups = new Map<string, PageRun[]>();
  for (const run of runs) {
    const key = grouping === 'run' ? run.name : JSON.stringify(by.map((name) => run.facts[name] ?? ''));
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((members, colour) => {
    const [first] = members as [PageRun];
    const named = telling.map((name) => `${name} ${first.facts[name] ?? 'none'}`).join(', ');
    const name = grouping === 'run' ? first.name : named || (runs.length === 1 ? first.name : 'all runs');
    return { name, members, colour, tables: members.map(tableOf) };
  });
}

function count(runs: readonly PageRun[], names: readonly string[]): number {
  return new Set(runs.map(({ facts }) => JSON.stringify(names.map((name) => facts[name])))).size;
}

const tables = new WeakMap<PageRun, Table>();

function tableOf(run: PageRun): Table {
  const known = tables.get(run);
  if (known) return known;
  const { xLabel, x, columns, ends } = run;
  const numbers = (values: readonly (number | null)[]) => values.map((value) => value ?? Number.NaN);
  const table: Table = {
    xLabel,
    x,
    columns: new Map(Object.entries(columns).map(([name, values]) => [name, numbers(values)])),
    ends: new Map(Object.entries(ends).map(([name, value]) => [name, value ?? Number.NaN])),
  };
  tables.set(run, table);
  return table;
}

/** A panel's title, its columns, and what it is. */
export interface PanelPlan {
  readonly title: string;
  readonly columns: readonly string[];
  readonly yLabel: string;
  readonly log?: boolean;
  readonly about?: string;
}

const KINDS: readonly (Omit<PanelPlan, 'columns' | 'title'> & {
  readonly of: RegExp;
  readonly title: string;
  readonly one: (name: string) => string;
})[] = [
  {
    of: /^accuracy$/,
    title: 'Accuracy',
    one: () => 'Accuracy',
    yLabel: 'accuracy',
    about: 'Share of query images that the network gets right after it has learned the episode.',
  },
  {
    of: /^loss$/,
    title: 'Loss',
    one: () => 'Loss',
    yLabel: 'loss',
    about: 'Mean cross-entropy on the query images: what meta-learning makes smaller.',
  },
  {
    of: /^theta /,
    title: 'Coefficients',
    one: (name) => `Coefficient ${name}`,
    yLabel: 'θ',
    about: 'Coefficients of the rule as each episode ran with them.',
  },
  {
    of: /^constant /,
    title: 'Constants',
    one: (name) => `Constant ${name}`,
    yLabel: 'value',
    about: 'Learned constants of the formulas.',
  },
  {
    of: /^angle /,
    title: 'Alignment angles',
    one: (name) => `Angle, layer ${name}`,
    yLabel: 'degrees',
    about:
      'Angle between the errors that the feedback brings to a layer and those of backpropagation; 90 degrees: unrelated.',
  },
  {
    of: /^orthonormality /,
    title: 'Orthonormality error',
    one: (name) => `Orthonormality, layer ${name}`,
    yLabel: 'E',
    log: true,
    about: "|z − W W'y|² over the query images, small where the rows of W are orthonormal.",
  },
];

/** With one group a panel a kind, of curves a column each; with several a panel a column, of curves a group each. */
export function planPanels(groups: readonly RunGroup[]): PanelPlan[] {
  const all = [...new Set(groups.flatMap(columnsOf))].filter((column) => !isIdle(groups, column));
  return KINDS.flatMap(({ of, title, one, ...kind }) => {
    const columns = all.filter((column) => of.test(column));
    if (columns.length === 0) return [];
    if (groups.length === 1) return [{ ...kind, title, columns }];
    return columns.map((column) => ({ ...kind, title: one(column.replace(/^\S+ ?/, '')), columns: [column] }));
  });
}

/** Whether a column is 0 all along, as the angle is at the output. */
function isIdle(groups: readonly RunGroup[], column: string): boolean {
  if (!column.startsWith('angle ')) return false;
  return groups.every(({ tables }) =>
    tables.every(({ columns }) => (columns.get(column) ?? []).every((value) => !(Math.abs(value) > 1e-9))),
  );
}

export interface PanelLook {
  readonly smoothing: number;
  readonly raw: boolean;
}

/** The curves of a panel: means over a group's runs with their 98 % bands, smoothed. */
export function panelOf(
  { title, columns, yLabel }: PanelPlan,
  groups: readonly RunGroup[],
  { smoothing, raw }: PanelLook,
): Panel {
  const curves = groups.flatMap((group) =>
    columns.flatMap((column, i): Curve[] => {
      if (!columnsOf(group).includes(column)) return [];
      const single = groups.length === 1;
      const label = single
        ? columns.length === 1
          ? group.name
          : column.replace(/^(theta|constant) /, '')
        : group.name;
      return [
        {
          label,
          colour: single ? i : group.colour,
          dash: Math.floor((single ? i : group.colour) / 10),
          ...curveOf(group, column, smoothing),
          ...(raw && rawOf(group, column, smoothing)),
        },
      ];
    }),
  );
  const xLabel = groups[0]?.tables[0]?.xLabel ?? 'Episode';
  const chance = groups.map(({ members }) => Number(members[0]!.facts.M));
  const compare =
    columns[0] === 'accuracy' && chance.every((M) => M > 0 && M === chance[0])
      ? { reference: { y: 1 / chance[0]!, label: 'chance' } }
      : columns[0]?.startsWith('angle')
        ? { reference: { y: 90, label: '90°' } }
        : {};
  return { title, xLabel, yLabel, curves, ...compare };
}

function curveOf(group: RunGroup, column: string, window: number) {
  if (group.tables.length === 1) {
    const points = tableCurve(group.tables[0]!, column, window);
    return { x: points.map(({ x }) => x), y: points.map(({ value }) => value) };
  }
  const points = groupCurve(group, column, window);
  const banded = bandWords(group) !== '';
  return {
    x: points.map(({ x }) => x),
    y: points.map(({ mean }) => mean),
    ...(banded && { low: points.map(({ low }) => low), high: points.map(({ high }) => high) }),
  };
}

function rawOf(group: RunGroup, column: string, window: number): Pick<Curve, 'raw'> {
  if (window === 1 || isTrajectory(column)) return {};
  const { x, y } = curveOf(group, column, 1);
  return { raw: { x, y } };
}

/** A column's end over a group, with its band. */
export function endOf(group: RunGroup, column: string) {
  return groupMean(group, { column });
}
