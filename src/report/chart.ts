import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { isolated, type Point, spread, thin } from './series.js';
import { setSubscripts } from './subscripts.js';

/** A curve over episodes; NaN are gaps. */
export interface Curve {
  /** Text at the curve's end, `θ_2` with a real subscript; none if empty. */
  readonly label: string;
  readonly points: readonly Point[];
  /** Each episode's values, drawn faintly behind. */
  readonly raw?: readonly Point[];
}

/** One figure: curves over episodes with labels at their ends. */
export interface Chart {
  readonly title?: string;
  /** What the curves are, in small print under the title. */
  readonly note: string;
  readonly yLabel: string;
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
  readonly yTicks?: readonly number[];
  readonly curves: readonly Curve[];
  /** A horizontal dashed grey line. */
  readonly reference?: { readonly y: number; readonly label: string };
  /** A thin line at y = 0. */
  readonly zeroLine?: boolean;
  /** Episodes whose value lies above the frame: a small triangle at its upper edge. */
  readonly above?: readonly number[];
  /** Said in the middle of the frame where there is nothing to draw. */
  readonly message?: string;
}

const width = 640;
const fontSize = 13;
const noteSize = 11;
const grey = '#666666';
/** Frame without title: room for the axes' ticks and labels, and the plotting area's height, in pixels. */
const frame = { left: 82, bottom: 44, height: 320 };
/** Width of a character of DejaVu Sans, in ems, on the safe side. */
const characterWidth = 0.62;
const lineHeight = 1.3;
const longestLabel = 24;

/** Okabe & Ito's colour-blind-safe palette without its yellow (too light for lines), then three of Paul Tol's. */
const palette = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#000000',
  '#E69F00',
  '#56B4E9',
  '#882255',
  '#999933',
  '#332288',
];
const dashes = [undefined, '7,3', '2,2'];

/** The parts of an SVG element that are used here; the DOM's own types are not part of a Node program. */
export interface SvgElement {
  readonly outerHTML: string;
  textContent: string | null;
  readonly ownerDocument: { createElementNS(namespace: string, name: string): SvgElement };
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  append(...children: (SvgElement | string)[]): void;
  remove(): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}

/** Draw a chart with Observable Plot on a document of linkedom's: the text of a self-contained SVG. */
export function drawChart(chart: Chart): string {
  const { x, y, curves, reference } = chart;
  const labels = [...curves.map(({ label }) => label), reference?.label ?? ''].map(cut);
  const right = 28 + Math.max(...labels.map(labelWidth));
  const headings = [
    ...wrap(chart.title ?? '', fontSize).map((words) => ({ words, fontSize, fill: '#000000' })),
    ...wrap(chart.note, noteSize).map((words) => ({ words, fontSize: noteSize, fill: grey })),
  ];
  const top = headings.reduce((sum, { fontSize }) => sum + lineHeight * fontSize, 20);
  const span = { x: (x[1] - x[0]) / (width - frame.left - right), y: (y[1] - y[0]) / frame.height }; // units a pixel

  const tickOptions = chart.yTicks === undefined ? { tickSpacing: 45 } : { ticks: [...chart.yTicks] };
  const ends = curves.flatMap(({ label, points }, i) => {
    const end = label === '' ? undefined : points.findLast((point) => Number.isFinite(point[1]));
    return end === undefined ? [] : [{ label: cut(label), end, style: style(i) }];
  });
  const inside = (value: number): number => Math.min(Math.max(value, y[0]), y[1]);
  const heights = spread(
    ends.map(({ end }) => inside(end[1])),
    1.15 * fontSize * span.y,
    y[0],
    y[1],
  );

  const marks: Plot.Markish[] = [
    Plot.gridY({ ...tickOptions, stroke: '#000000', strokeOpacity: 0.08 }),
    Plot.axisX({ label: 'Episode', labelAnchor: 'center', labelArrow: 'none', ...wholeTicks(x) }),
    Plot.axisY({
      label: chart.yLabel,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: frame.left - 6,
      ...tickOptions,
    }),
    Plot.frame({ stroke: grey }),
  ];
  if (chart.zeroLine) marks.push(Plot.ruleY([0], { stroke: grey, strokeWidth: 0.75, ariaDescription: 'zero' }));
  if (reference !== undefined) {
    marks.push(
      Plot.ruleY([reference.y], { stroke: grey, strokeDasharray: '6,4', ariaDescription: 'reference' }),
      text(reference.label, { x: x[1] + 8 * span.x, y: reference.y, fill: grey, textAnchor: 'start' }),
    );
  }
  for (const [i, { raw, label }] of curves.entries()) {
    if (raw !== undefined) marks.push(...line(raw, `each episode ${label}`, { ...style(i), faint: true }));
  }
  for (const [i, { points, label }] of curves.entries()) {
    marks.push(...line(points, `curve ${label}`, { ...style(i), faint: false }));
  }
  if (chart.above !== undefined) {
    const points = [...new Set(chart.above.map((episode) => Math.round(episode / span.x) * span.x))]; // one a pixel
    const options = { x: points, y: points.map(() => y[1]), symbol: 'triangle', r: 3, fill: palette[0]! } as const;
    marks.push(Plot.dot(points, { ...options, ariaDescription: 'above the frame' }));
  }
  for (const [i, { label, end, style }] of ends.entries()) {
    const height = heights[i]!;
    marks.push(
      Plot.link([end], {
        x1: end[0],
        y1: inside(end[1]),
        x2: x[1] + 6 * span.x,
        y2: height,
        stroke: style.stroke,
        strokeWidth: 0.75,
        strokeOpacity: 0.6,
      }),
      text(label, { x: x[1] + 8 * span.x, y: height, fill: style.stroke, textAnchor: 'start' }),
    );
  }
  let baseline = 10 - top;
  for (const { words, ...options } of headings) {
    baseline += lineHeight * options.fontSize;
    marks.push(Plot.text([words], { ...options, dy: baseline, frameAnchor: 'top-left', lineAnchor: 'bottom' }));
  }
  if (chart.message !== undefined) marks.push(Plot.text([chart.message], { frameAnchor: 'middle', fill: grey }));

  const svg: SvgElement = Plot.plot({
    document: parseHTML('<html></html>').document,
    width,
    height: top + frame.height + frame.bottom,
    marginTop: top,
    marginRight: right,
    marginBottom: frame.bottom,
    marginLeft: frame.left,
    x: { domain: [...x] },
    y: { domain: [...y] },
    marks,
  });
  return finish(svg);
}

function style(i: number): { stroke: string; strokeDasharray?: string } {
  const dash = dashes[Math.floor(i / palette.length) % dashes.length];
  return { stroke: palette[i % palette.length]!, ...(dash !== undefined && { strokeDasharray: dash }) };
}

/** A line, with dots where points have no neighbour that a line could go to. */
function line(
  points: readonly Point[],
  description: string,
  { faint, stroke, ...dash }: { faint: boolean; stroke: string; strokeDasharray?: string },
): Plot.Markish[] {
  const drawn = thin(points, width);
  const opacity = !faint ? 1 : points.length < 100 ? 0.5 : 0.25;
  return [
    Plot.line([...drawn], {
      stroke,
      strokeOpacity: opacity,
      strokeWidth: faint ? 0.75 : 1.75,
      ...dash,
      ariaDescription: description,
    }),
    Plot.dot([...isolated(drawn)], {
      fill: stroke,
      fillOpacity: opacity,
      r: faint ? 1.5 : 3,
      ariaDescription: description,
    }),
  ];
}

function text(
  words: string,
  { x, y, ...options }: { x: number; y: number; fill: string; textAnchor: 'start' },
): Plot.Markish {
  return Plot.text([words], { ...options, x: [x], y: [y], fontSize });
}

/** Ticks of a short run: its episodes, as there is no half episode. */
function wholeTicks([low, high]: readonly [number, number]): { ticks?: number[]; tickFormat: string } {
  const first = Math.ceil(low);
  const whole = Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i);
  return high - low > 10 ? { tickFormat: 'd' } : { tickFormat: 'd', ticks: whole };
}

function cut(label: string): string {
  return label.length <= longestLabel ? label : `${label.slice(0, longestLabel - 1)}…`;
}

/** Pixels that a label takes; a subscript is smaller. */
function labelWidth(label: string): number {
  const characters = label.includes('_') ? 1 + 0.75 * (label.length - 2) : label.length;
  return characters * characterWidth * fontSize;
}

/** Break text into lines that fit above the frame, at spaces where there are any. */
function wrap(words: string, fontSize: number): string[] {
  const characters = (width - frame.left - 12) / (characterWidth * fontSize);
  const lines: string[] = [];
  for (const word of words.split(/\s+/).filter((word) => word !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Make Plot's element a file of its own: name space, font, white ground; its style sheet is for pages only. */
function finish(svg: SvgElement): string {
  for (const style of svg.querySelectorAll('style')) style.remove();
  svg.removeAttribute('class');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('font-family', "'DejaVu Sans', Verdana, sans-serif");
  svg.setAttribute('font-size', String(fontSize - 1));
  svg.setAttribute('color', '#000000');
  for (const text of svg.querySelectorAll('text')) setSubscripts(text, fontSize);
  return svg.outerHTML.replace(/(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff" />');
}
