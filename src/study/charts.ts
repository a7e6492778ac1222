/** Charts of groups of runs: mean over seeds, and its band. */
import { symbol as coefficientSymbol } from '../plasticity/symbol.js';
import { type Chart, drawChart } from '../report/chart.js';
import type { Curve } from '../report/curves.js';
import { ANGLE_NOTE, ORTHONORMALITY_NOTE } from '../report/figures.js';
import { logExtent } from '../report/scale.js';
import { robustMaximum } from '../report/series.js';
import type { FigureStyle } from '../report/style.js';
import {
  type BandKind,
  type BandPoint,
  bandWords,
  columnsOf,
  type Group,
  groupCurve,
  sizeOf,
  tableCurve,
  troublesOf,
} from './group.js';
import { isTrajectory } from './table.js';

/** What is drawn in one chart: a column or all whose name begins with it, of these groups. */
export interface Panel {
  readonly column: string;
  readonly groups: readonly Group[];
  /** Bands as everything is judged by, if absent. */
  readonly bands?: BandKind;
}

/** A curve of a panel as numbers. */
export interface PanelCurve {
  readonly group: string;
  readonly column: string;
  readonly points: readonly BandPoint[];
  /** What the mean is of, where that is more than one. */
  readonly seeds: readonly { readonly name: string; readonly points: ReturnType<typeof tableCurve> }[];
}

/** The numbers that a panel draws, coefficients as they are, all else averaged over `window` rows first. */
export function panelCurves({ column, groups, bands }: Panel, window: number): PanelCurve[] {
  return groups.flatMap((group) =>
    columnsOf(group)
      .filter((name) => isDrawn(column, name))
      .map((name) => ({
        group: group.name,
        column: name,
        points: groupCurve(group, name, window, bands),
        seeds:
          group.tables.length === 1
            ? []
            : group.tables.map((table, i) => ({
                name: table.name ?? `${i + 1}`,
                points: tableCurve(table, name, window),
              })),
      })),
  );
}

/** Curves that one chart has room to name. */
const MOST_CURVES = 8;

/** The panel itself, or a chart for each of its columns where it has more curves of several runs than can be named. */
export function smallMultiples(panel: Panel): Panel[] {
  const columns = [...new Set(panel.groups.flatMap(columnsOf))].filter((name) => isDrawn(panel.column, name));
  const crowded = panel.groups.length > 1 && panel.groups.length * columns.length > MOST_CURVES;
  return crowded ? columns.map((column) => ({ ...panel, column })) : [panel];
}

/** `angle` stands for the hidden layers: no feedback path ends at the input, but `angle 0` can be asked for. */
export function isDrawn(wanted: string, name: string): boolean {
  return name === wanted || (name.startsWith(`${wanted} `) && name !== 'angle 0');
}

/** Draws a panel: the text of an SVG. */
export function drawPanel(panel: Panel, window: number, style?: FigureStyle): string {
  const all = panelCurves(panel, window);
  const groups = [...new Set(all.map(({ group }) => group))];
  const columns = [...new Set(all.map(({ column }) => column))];
  const y = axis(panel.column, all, layerOf(panel.column));
  // A lone curve is the panel's, but for a coefficient of which the panel does not say the name.
  const unnamed = isTrajectory(panel.column) && columns[0] !== panel.column;
  const inside = (value: number) => (value >= y.y[0] && value <= y.y[1] ? value : Number.NaN);
  const curves = all.map(({ group, column, points }): Curve => {
    const bands = points.filter(({ low, high }) => Number.isFinite(low + high));
    const several = { group: groups.length > 1, column: columns.length > 1 || unnamed };
    const [g, c] = [groups.indexOf(group), columns.indexOf(column)];
    return {
      label: [several.group ? group : '', several.column ? symbol(column) : ''].filter(Boolean).join(' '),
      points: points.map(({ x, mean }) => [x, inside(mean)] as const),
      band: bands.map(({ x, low, high }) => [x, clamp(low, y.y), clamp(high, y.y)] as const),
      style: several.group
        ? { colour: panel.groups.find(({ name }) => name === group)?.colour ?? g, dash: c }
        : { colour: c, dash: 0 },
    };
  });
  const tables = panel.groups.flatMap((group) => group.tables);
  const x = tables.flatMap((table) => [table.x[0] ?? 1, table.x.at(-1) ?? 1]).reduce(extent, [1, 1]);
  const chart: Chart = {
    ...y,
    note: note(panel, window),
    xLabel: tables[0]?.xLabel ?? 'Episode',
    x: x[1] - x[0] > 10 ? [x[0] - 1, x[1]] : [x[0] - 0.5, x[1] + 0.5],
    curves,
    ...(all.length === 0 && { message: `No run has a column '${panel.column}'.` }),
  };
  return drawChart(chart, style);
}

/** The layer of a panel that shows one, `angle 0`, in digits for an axis's label, which has no other subscripts. */
function layerOf(column: string): string {
  const digits = / (\d+)$/.exec(column)?.[1] ?? '';
  return [...digits].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join('');
}

type Axis = Pick<Chart, 'yLabel' | 'y'> & Partial<Pick<Chart, 'yScale' | 'yTicks' | 'zeroLine' | 'reference'>>;

function axis(column: string, curves: readonly PanelCurve[], layer: string): Axis {
  const [kind, single] = column.split(/ (.*)/s) as [string, string | undefined];
  const means = curves.flatMap(({ points }) => points.map(({ mean }) => mean)).filter(Number.isFinite);
  const bands = curves.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const [low, high] = [...means, ...bands.filter(Number.isFinite)].reduce(extent, [means[0] ?? 0, means[0] ?? 0]);
  const margin = 0.06 * (high - low) || 1e-3;
  switch (kind) {
    case 'accuracy':
      return { yLabel: 'Accuracy', y: [0, 1] };
    case 'loss':
      return { yLabel: 'Loss', y: [0, 1.05 * highestLoss(curves) || 1] };
    case 'angle': {
      const top = Math.max(90, 30 * Math.ceil(high / 30));
      const yTicks = Array.from({ length: top / 30 + 1 }, (_, i) => 30 * i);
      return {
        yLabel: layer ? `Angle α${layer} (degrees)` : 'Angle (degrees)',
        y: [0, top],
        yTicks,
        reference: { y: 90, label: '' },
      };
    }
    case 'theta':
    case 'constant': {
      const [least, most] = [Math.min(0, low), Math.max(0, high)];
      const room = 0.06 * (most - least) || 1e-3;
      const y = [least - room, most + room] as const;
      const name = single ? symbol(column) : kind === 'theta' ? 'θ' : '';
      return { yLabel: `${kind === 'theta' ? 'Coefficient' : 'Constant'} ${name}`.trim(), y, zeroLine: true };
    }
    case 'orthonormality':
      return {
        yLabel: `Orthonormality error${layer && ` E${layer}`}`,
        y: logExtent([...means, ...bands]),
        yScale: 'log',
      };
    default:
      return { yLabel: kind, y: [low - margin, high + margin] };
  }
}

const NOTES = { angle: ANGLE_NOTE, orthonormality: ORTHONORMALITY_NOTE };

function note({ column, groups, bands }: Panel, window: number): string {
  const sizes = [...new Set(groups.map(sizeOf))];
  const rows = Math.min(window, ...groups.flatMap(({ tables }) => tables.map(({ x }) => x.length)));
  const average = rows > 1 && !isTrajectory(column) ? `, moving average over ${rows}` : '';
  const over = [...new Set(groups.map(bandWords).filter(Boolean))];
  const kind = bands === 'bootstrap' ? 'percentile bootstrap' : "Student's t";
  const band = over.length > 0 ? ` and its 98 % band ${over.join(' or ')} (${kind})` : '';
  const means = groups.every(({ tables }) => tables.length === 1) ? 'One seed' : `Mean of ${sizes.join(' or ')}${band}`;
  const troubles = groups.flatMap((group) => {
    const trouble = troublesOf(group);
    return trouble ? [`${groups.length > 1 ? `${group.name}: ` : ''}${trouble}`] : [];
  });
  const [symbols = ''] = Object.entries(NOTES).flatMap(([kind, words]) =>
    column.startsWith(kind) ? [`${words} `] : [],
  );
  return `${symbols}${means}${average}.${troubles.length > 0 ? ` ${troubles.join('; ')}.` : ''}`;
}

/** Spikes may leave the frame, but not the height that a curve starts from. */
function highestLoss(curves: readonly PanelCurve[]): number {
  const means = curves.map(({ points }) => points.map(({ mean }) => mean));
  const starts = means.map(([start = Number.NaN]) => start).filter(Number.isFinite);
  return Math.max(robustMaximum(means.flat()), ...starts);
}

/** A column as the paper writes it. */
export function symbol(column: string): string {
  const [kind = '', index = ''] = column.split(/ (.*)/s);
  if (kind === 'theta') return coefficientSymbol(index).text;
  if (kind === 'angle') return `α_${index}`;
  if (kind === 'constant') return index;
  if (kind === 'orthonormality') return `E_${index}`;
  if (kind === 'ablate') return `accuracy that ${symbol(`theta ${index}`)} gives`;
  return column;
}

function extent([low, high]: readonly [number, number], value: number): [number, number] {
  return [Math.min(low, value), Math.max(high, value)];
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(Math.max(value, low), high);
}
