import type { EpisodeRecord } from '../meta/record.js';
import { symbol } from '../plasticity/symbol.js';
import { movingAverage } from '../stats/moving-average.js';
import { type Chart, drawChart } from './chart.js';
import type { Curve } from './curves.js';
import { diverged } from './diverged.js';
import { logExtent } from './scale.js';
import { type Point, robustMaximum } from './series.js';
import type { FigureStyle } from './style.js';

export type FigureName =
  | 'meta_accuracy'
  | 'meta_params'
  | 'meta_constants'
  | 'meta_angle'
  | 'meta_orthonormality'
  | 'meta_loss';

export interface FigureOptions {
  /** Episodes averaged over, centred; at least 1. */
  readonly avgWindow: number;
  /** Names of the rule's terms, in its order. */
  readonly terms: readonly string[];
  /** Names of its learned constants, whose values follow the terms' coefficients; they get a figure of their own. */
  readonly constants?: readonly string[];
  /** Classes of a task: the accuracy figure then shows chance, 1 / M. */
  readonly M?: number;
  /** What was run, above every figure. */
  readonly title?: string;
  /** How it looks; {@link DEFAULT_STYLE} if absent. */
  readonly style?: FigureStyle;
}

export interface Figure {
  readonly name: FigureName;
  readonly svg: string;
}

/**
 * Draw main.py's four figures, and those of the orthonormality errors and of learned constants, if there are any.
 * Episodes that diverged or whose step was skipped are gaps; the angle figure shows the hidden layers, 1..L-1.
 *
 * @throws RangeError if the window is not a whole number >= 1.
 */
export function drawFigures(records: readonly EpisodeRecord[], options: FigureOptions): Figure[] {
  const { terms, constants = [], style } = options;
  const charts: [FigureName, Untitled][] = [
    ['meta_accuracy', accuracyChart(records, options)],
    ['meta_params', coefficientChart(records, terms)],
    ['meta_angle', angleChart(records, options)],
    ['meta_orthonormality', orthonormalityChart(records, options)],
    ['meta_loss', lossChart(records, options)],
  ];
  if (constants.length > 0) charts.push(['meta_constants', constantChart(records, terms.length, constants)]);
  const x = episodeAxis(records);
  const empty = records.length === 0 ? { message: 'No episodes yet.' } : {};
  const title = options.title === undefined ? {} : { title: options.title };
  return charts.map(([name, chart]) => ({ name, svg: drawChart({ ...chart, ...title, ...empty, x }, style) }));
}

/** What the symbols of layers are, for the small print of figures. */
export const ANGLE_NOTE =
  'α_l, of layer l: angle between the errors that feedback and backpropagation bring there; 90 degrees: unrelated.';
export const ORTHONORMALITY_NOTE =
  "E_l: |z - W W'y|² of layer l over the query images, small where the rows of W are orthonormal; logarithmic axis.";

type Untitled = Omit<Chart, 'title' | 'x'>;

function accuracyChart(records: readonly EpisodeRecord[], { avgWindow, M }: FigureOptions): Untitled {
  return {
    note: averageNote(records, avgWindow),
    yLabel: 'Accuracy',
    y: [0, 1],
    curves: [
      averaged(
        '',
        outcomes(records, ({ accuracy }) => accuracy),
        avgWindow,
      ),
    ],
    ...(M !== undefined && { reference: { y: 1 / M, label: 'chance' } }),
  };
}

function coefficientChart(records: readonly EpisodeRecord[], terms: readonly string[]): Untitled {
  const labels = terms.map((name) => symbol(name).text);
  return {
    note: 'Coefficients of the rule as each episode ran with them.',
    yLabel: 'Coefficient θ',
    ...trajectories(records, 0, labels),
  };
}

function constantChart(records: readonly EpisodeRecord[], first: number, names: readonly string[]): Untitled {
  return {
    note: 'Constants of the formulas as each episode ran with them.',
    yLabel: 'Constant',
    ...trajectories(records, first, names),
  };
}

/** Entries of theta from `first` on, as they are. */
function trajectories(records: readonly EpisodeRecord[], first: number, labels: readonly string[]) {
  const curves = labels.map((label, i) => ({
    label,
    points: records.map(({ episode, theta }): Point => [episode, finite(theta[first + i])]),
  }));
  const values = curves.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  const low = values.reduce((min, value) => Math.min(min, value), 0);
  const high = values.reduce((max, value) => Math.max(max, value), 0);
  const margin = 0.06 * (high - low) || 1e-3;
  return { y: [low - margin, high + margin], curves, zeroLine: true } as const;
}

function angleChart(records: readonly EpisodeRecord[], { avgWindow }: FigureOptions): Untitled {
  const layers = Math.max(0, (records[0]?.angles.length ?? 0) - 2); // layer 0 is the input, the last has no feedback
  const curves = Array.from({ length: layers }, (_, i) =>
    averaged(
      `α_${i + 1}`,
      outcomes(records, ({ angles }) => angles[i + 1]),
      avgWindow,
    ),
  );
  const highest = curves
    .flatMap(({ raw }) => raw.map(([, y]) => y))
    .filter(Number.isFinite)
    .reduce((max, y) => Math.max(max, y), 120);
  const top = 30 * Math.ceil(highest / 30);
  return {
    note: `${ANGLE_NOTE} ${averageNote(records, avgWindow)}`,
    yLabel: 'Angle (degrees)',
    y: [0, top],
    yTicks: Array.from({ length: top / 30 + 1 }, (_, i) => 30 * i),
    curves,
    reference: { y: 90, label: '' },
    ...(layers === 0 && { message: 'The network has no hidden layer, so there is no angle to draw.' }),
  };
}

function orthonormalityChart(records: readonly EpisodeRecord[], { avgWindow }: FigureOptions): Untitled {
  const curves = (records[0]?.orthonormality ?? []).map((_, i) =>
    averaged(
      `E_${i + 1}`,
      outcomes(records, ({ orthonormality }) => orthonormality[i]),
      avgWindow,
    ),
  );
  return {
    note: `${ORTHONORMALITY_NOTE} ${averageNote(records, avgWindow)}`,
    yLabel: 'Orthonormality error',
    y: logExtent(curves.flatMap(({ raw }) => raw.map(([, y]) => y))),
    yScale: 'log',
    curves,
  };
}

function lossChart(records: readonly EpisodeRecord[], { avgWindow }: FigureOptions): Untitled {
  const losses = outcomes(records, ({ loss }) => loss);
  const top = 1.05 * robustMaximum(losses.map(([, y]) => y)) || 1;
  const inside = (points: readonly Point[]): Point[] => points.map(([x, y]) => [x, y > top ? Number.NaN : y]);
  const above = losses.filter(([, y]) => y > top).map(([episode]) => episode);
  const { label, points, raw } = averaged('', losses, avgWindow);
  return {
    note: averageNote(records, avgWindow) + (above.length > 0 ? ` Triangles: ${episodes(above.length)} above.` : ''),
    yLabel: 'Loss',
    y: [0, top],
    curves: [{ label, points: inside(points), raw: inside(raw) }],
    above,
  };
}

/** A number of each episode, a gap where it diverged. */
function outcomes(records: readonly EpisodeRecord[], of: (record: EpisodeRecord) => number | undefined): Point[] {
  return records.map((record) => [record.episode, diverged(record) ? Number.NaN : finite(of(record))]);
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : Number.NaN;
}

/** The moving average in front of each episode's values; episodes follow each other without a hole. */
function averaged(label: string, raw: readonly Point[], window: number): Curve & { raw: readonly Point[] } {
  const first = raw[0]?.[0] ?? 1;
  const means = movingAverage(
    raw.map(([, y]) => y),
    window,
  );
  return { label, raw, points: means.map(({ centre, mean }): Point => [first + centre, mean]) };
}

function averageNote(records: readonly EpisodeRecord[], window: number): string {
  const gaps = records.filter(diverged).length;
  const missing = gaps > 0 ? ` Left out: ${episodes(gaps)} whose loss or gradient was not finite.` : '';
  const length = Math.min(window, records.length);
  return `${length <= 1 ? 'Each episode.' : `Mean of ${length} episodes, centred; each episode faint.`}${missing}`;
}

function episodes(n: number): string {
  return n === 1 ? '1 episode' : `${n} episodes`;
}

function episodeAxis(records: readonly EpisodeRecord[]): [number, number] {
  const first = records[0]?.episode ?? 1;
  const last = records.at(-1)?.episode ?? 1;
  return last - first > 10 ? [first - 1, last] : [first - 0.5, last + 0.5];
}
