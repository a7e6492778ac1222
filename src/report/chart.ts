import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker'; // The same in one file: it loads twice as fast.
import { printable } from '../text.js';
import { axes, grey, referenceLines } from './axes.js';
import { type Curve, curveMarks, endLabels, trianglesAbove } from './curves.js';
import { SCALES, type Scale, type ScaleKind } from './scale.js';
import type { Point } from './series.js';
import { DEFAULT_STYLE, type FigureStyle, fontFamily } from './style.js';
import { cut, labelWidth, type SvgElement, setSubscripts, wrap, xmlText } from './words.js';

/** One figure: curves, over episodes unless `xLabel` says otherwise, with labels at their ends. */
export interface Chart {
  readonly title?: string;
  /** What the curves are, in small print under the title. */
  readonly note: string;
  readonly yLabel: string;
  readonly xLabel?: string;
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
  /** Linear without it. A value that has no place on the scale is a gap. */
  readonly yScale?: ScaleKind;
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

/** Where everything is, in pixels. */
export interface Layout {
  readonly width: number;
  /** Of the plotting area. */
  readonly height: number;
  /** From the plotting area to the edges, with room for ticks and names. */
  readonly margin: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly fontSize: number;
  /** Units of the axes in a pixel; of y after the scale. */
  readonly pixel: { readonly x: number; readonly y: number };
}

/** The height of the plotting area where the style does not say one, and the least. */
const [usualHeight, leastHeight] = [320, 40];
/** In letters' sizes: margins, small print, and from a line of text to the next. */
const [leftMargin, bottomMargin, rightMargin, smallPrint, lineHeight] = [6.3, 3.4, 2.15, 0.85, 1.3];

/** Draw a chart with Observable Plot on a document of linkedom's: the text of a self-contained SVG. */
export function drawChart(given: Chart, style: FigureStyle = DEFAULT_STYLE): string {
  const chart = printableChart(given);
  const { yScale = 'linear' } = chart;
  const curves = chart.curves.map((curve) => onScale(curve, style, SCALES[yScale]));
  const headings = headingLines(chart, style);
  const layout = layoutOf({ ...chart, curves }, style, headings);
  const { width, height, margin, fontSize } = layout;
  const svg: SvgElement = Plot.plot({
    document: parseHTML('<html></html>').document,
    width,
    height: margin.top + height + margin.bottom,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    x: { domain: [...chart.x] },
    y: { domain: [...chart.y], type: yScale },
    marks: [
      axes(chart, layout),
      referenceLines(chart, layout),
      curveMarks(curves, width),
      trianglesAbove(chart, layout),
      endLabels({ ...chart, curves }, layout),
      headings.map(({ words, ...options }) =>
        Plot.text([words], { ...options, frameAnchor: 'top-left', lineAnchor: 'bottom' }),
      ),
      Plot.text(chart.message === undefined ? [] : [chart.message], { frameAnchor: 'middle', fill: grey }),
    ],
  });
  return finish(svg, fontSize, fontFamily(style));
}

/** XML has no control characters. */
function printableChart(chart: Chart): Chart {
  const { title, note, yLabel, xLabel, message, reference, curves } = chart;
  return {
    ...chart,
    ...(title !== undefined && { title: printable(title) }),
    note: printable(note),
    yLabel: printable(yLabel),
    ...(xLabel !== undefined && { xLabel: printable(xLabel) }),
    ...(message !== undefined && { message: printable(message) }),
    ...(reference && { reference: { ...reference, label: printable(reference.label) } }),
    curves: curves.map((curve) => ({ ...curve, label: printable(curve.label) })),
  };
}

/** A curve with gaps where its values have no place, and a name that leaves room. */
function onScale(curve: Curve, { size: [width], fontSize }: FigureStyle, { place }: Scale): Curve {
  const placed = (points: readonly Point[]): Point[] =>
    points.map(([x, y]) => [x, Number.isFinite(place(y)) ? y : Number.NaN]);
  const { label, points, raw = [] } = curve;
  return { ...curve, label: cut(label, fontSize, width), points: placed(points), raw: placed(raw) };
}

function layoutOf(
  { curves, reference, x, y, yScale = 'linear' }: Chart,
  { size: [width, wanted], fontSize }: FigureStyle,
  headings: readonly { fontSize: number }[],
): Layout {
  const labels = [...curves.map(({ label }) => label), reference?.label ?? ''];
  const widest = Math.max(...labels.map((label) => labelWidth(label, fontSize)));
  const margin = {
    left: Math.round(leftMargin * fontSize),
    right: Math.round(rightMargin * fontSize) + widest,
    top: headings.reduce((sum, { fontSize }) => sum + lineHeight * fontSize, 20),
    bottom: Math.round(bottomMargin * fontSize),
  };
  const height = wanted === undefined ? usualHeight : Math.max(leastHeight, wanted - margin.top - margin.bottom);
  const { place } = SCALES[yScale];
  const pixel = {
    x: (x[1] - x[0]) / (width - margin.left - margin.right),
    y: (place(y[1]) - place(y[0])) / height,
  };
  return { width, height, margin, fontSize, pixel };
}

/** Title and note, line by line above the frame; dy is each line's distance from it. */
function headingLines(
  { title = '', note }: Chart,
  { size: [width], fontSize }: FigureStyle,
): { words: string; fontSize: number; fill: string; dy: number }[] {
  const room = width - leftMargin * fontSize - 12;
  const noteSize = Math.round(smallPrint * fontSize);
  const lines = [
    ...wrap(title, fontSize, room).map((words) => ({ words, fontSize, fill: '#000000', dy: 0 })),
    ...wrap(note, noteSize, room).map((words) => ({ words, fontSize: noteSize, fill: grey, dy: 0 })),
  ];
  let dy = -8;
  for (const line of lines.toReversed()) {
    line.dy = dy;
    dy -= lineHeight * line.fontSize;
  }
  return lines;
}

/** Make Plot's element a file of its own: name space, font, white ground; its style sheet is for pages only. */
function finish(svg: SvgElement, fontSize: number, family: string): string {
  for (const style of svg.querySelectorAll('style')) style.remove();
  // linkedom writes an attribute as HTML has it, where `&` and `<` may stand as they are.
  for (const element of svg.querySelectorAll('[aria-description]'))
    element.setAttribute('aria-description', xmlText(element.getAttribute('aria-description') ?? ''));
  svg.removeAttribute('class');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('font-family', family);
  svg.setAttribute('font-size', String(fontSize - 1));
  svg.setAttribute('color', '#000000');
  for (const text of svg.querySelectorAll('text')) setSubscripts(text, fontSize);
  return svg.outerHTML.replace(/(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff" />');
}
