import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker'; // The same in one file: it loads twice as fast.
import { isolated, type Point, spread, thin } from './series.js';
import { cut, labelWidth, type SvgElement, setSubscripts, wrap } from './words.js';

/** A curve; NaN are gaps. */
export interface Curve {
  /** Text at the curve's end, `θ_2` with a real subscript; none if empty. */
  readonly label: string;
  readonly points: readonly Point[];
  /** Each episode's values, drawn faintly behind. */
  readonly raw?: readonly Point[];
  /** Shaded from low to high. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  /** Place in the palette and among the dashes; without it, curve after curve another colour. */
  readonly style?: { readonly colour: number; readonly dash: number };
}

/** One figure: curves, over episodes unless `xLabel` says otherwise, with labels at their ends. */
export interface Chart {
  readonly title?: string;
  /** What the curves are, in small print under the title. */
  readonly note: string;
  readonly yLabel: string;
  readonly xLabel?: string;
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
const lineHeight = 1.3;
const grey = '#666666';
/** Pixels: room for the axes' ticks and labels, and the height of the plotting area. */
const frame = { left: 82, bottom: 44, height: 320 };

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
const dashes = [undefined, '7,3', '2,2', '8,3,2,3', '1,4'];

/** Draw a chart with Observable Plot on a document of linkedom's: the text of a self-contained SVG. */
export function drawChart(chart: Chart): string {
  const { curves, reference } = chart;
  const labels = [...curves.map(({ label }) => label), reference?.label ?? ''];
  const right = 28 + Math.max(...labels.map((label) => labelWidth(cut(label), fontSize)));
  const headings = headingLines(chart);
  const top = headings.reduce((sum, { fontSize }) => sum + lineHeight * fontSize, 20);
  const pixel: Pixel = {
    x: (chart.x[1] - chart.x[0]) / (width - frame.left - right),
    y: (chart.y[1] - chart.y[0]) / frame.height,
  };
  const svg: SvgElement = Plot.plot({
    document: parseHTML('<html></html>').document,
    width,
    height: top + frame.height + frame.bottom,
    marginTop: top,
    marginRight: right,
    marginBottom: frame.bottom,
    marginLeft: frame.left,
    x: { domain: [...chart.x] },
    y: { domain: [...chart.y] },
    marks: [
      axes(chart),
      referenceLines(chart, pixel),
      curves.map((curve, i) => shade(curve, strokeOf(curve, i).stroke)),
      curves.map((curve, i) =>
        line(curve.raw ?? [], `each episode ${curve.label}`, { ...strokeOf(curve, i), faint: true }),
      ),
      curves.map((curve, i) => line(curve.points, `curve ${curve.label}`, { ...strokeOf(curve, i), faint: false })),
      trianglesAbove(chart, pixel),
      endLabels(chart, pixel),
      headings.map(({ words, ...options }) =>
        Plot.text([words], { ...options, frameAnchor: 'top-left', lineAnchor: 'bottom' }),
      ),
      Plot.text(chart.message === undefined ? [] : [chart.message], { frameAnchor: 'middle', fill: grey }),
    ],
  });
  return finish(svg);
}

/** Units of the axes in a pixel. */
interface Pixel {
  readonly x: number;
  readonly y: number;
}

function axes({ x, xLabel = 'Episode', yLabel, yTicks }: Chart): Plot.Markish {
  const centred = { labelAnchor: 'center', labelArrow: 'none' } as const;
  const ticks = yTicks === undefined ? { tickSpacing: 45 } : { ticks: [...yTicks] };
  return [
    Plot.gridY({ ...ticks, stroke: '#000000', strokeOpacity: 0.08 }),
    Plot.axisX({ label: xLabel, ...centred, ...wholeTicks(x) }),
    Plot.axisY({ label: yLabel, ...centred, labelOffset: frame.left - 6, ...ticks }),
    Plot.frame({ stroke: grey }),
  ];
}

/** Ticks of a short run: its episodes, as there is no half episode. */
function wholeTicks([low, high]: readonly [number, number]): { ticks?: number[]; tickFormat: string } {
  const first = Math.ceil(low);
  const whole = Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i);
  return high - low > 10 ? { tickFormat: 'd' } : { tickFormat: 'd', ticks: whole };
}

function referenceLines({ x, zeroLine, reference }: Chart, pixel: Pixel): Plot.Markish {
  const lines: Plot.Markish[] = [];
  if (zeroLine) lines.push(Plot.ruleY([0], { stroke: grey, strokeWidth: 0.75, ariaDescription: 'zero' }));
  if (reference !== undefined) {
    const { y, label } = reference;
    lines.push(Plot.ruleY([y], { stroke: grey, strokeDasharray: '6,4', ariaDescription: 'reference' }));
    lines.push(Plot.text([label], { x: [x[1] + 8 * pixel.x], y: [y], fontSize, fill: grey, textAnchor: 'start' }));
  }
  return lines;
}

function shade({ band = [], label }: Curve, fill: string): Plot.Markish {
  const present = band.map(([x, low, high]) => ({ x, low, high }));
  const options = { x: 'x', y1: 'low', y2: 'high', fill, fillOpacity: 0.18, ariaDescription: `band ${label}` };
  return band.length === 0 ? [] : Plot.areaY(present, options);
}

/** A line, with dots where points have no neighbour that a line could go to. */
function line(
  points: readonly Point[],
  description: string,
  { faint, stroke, ...dash }: { faint: boolean; stroke: string; strokeDasharray?: string },
): Plot.Markish {
  const drawn = thin(points, width);
  const opacity = !faint ? 1 : points.length < 100 ? 0.5 : 0.25;
  const options = { stroke, strokeOpacity: opacity, strokeWidth: faint ? 0.75 : 1.75, ...dash };
  const dots = { fill: stroke, fillOpacity: opacity, r: faint ? 1.5 : 3 };
  return [
    Plot.line([...drawn], { ...options, ariaDescription: description }),
    Plot.dot([...isolated(drawn)], { ...dots, ariaDescription: description }),
  ];
}

function strokeOf({ style }: Curve, i: number): { stroke: string; strokeDasharray?: string } {
  const { colour, dash } = style ?? { colour: i, dash: Math.floor(i / palette.length) };
  const dasharray = dashes[dash % dashes.length];
  return { stroke: palette[colour % palette.length]!, ...(dasharray !== undefined && { strokeDasharray: dasharray }) };
}

function trianglesAbove({ above, y }: Chart, pixel: Pixel): Plot.Markish {
  const x = [...new Set(above?.map((episode) => Math.round(episode / pixel.x) * pixel.x))]; // at most one a pixel
  const symbol = { symbol: 'triangle', r: 3, fill: palette[0]! } as const;
  return Plot.dot(x, { x, y: x.map(() => y[1]), ...symbol, ariaDescription: 'above the frame' });
}

/** Each curve's name to the right of the frame at the height of its end, moved where names would overlap. */
function endLabels({ curves, x, y }: Chart, pixel: Pixel): Plot.Markish {
  const ends = curves.flatMap((curve, i) => {
    const { label, points } = curve;
    const end = label === '' ? undefined : points.findLast((point) => Number.isFinite(point[1]));
    return end === undefined ? [] : [{ label: cut(label), end, colour: strokeOf(curve, i).stroke }];
  });
  const heights = spread(
    ends.map(({ end }) => end[1]),
    1.15 * fontSize * pixel.y,
    ...y,
  );
  return ends.map(({ label, end: [x1, y1], colour }, i) => {
    const height = heights[i]!;
    const connection = { x1: [x1], y1: [y1], x2: [x[1] + 6 * pixel.x], y2: [height] };
    const place = { x: [x[1] + 8 * pixel.x], y: [height] };
    return [
      Plot.link([label], { ...connection, stroke: colour, strokeWidth: 0.75, strokeOpacity: 0.6 }),
      Plot.text([label], { ...place, fontSize, fill: colour, textAnchor: 'start', ariaDescription: 'label' }),
    ];
  });
}

/** Title and note, line by line above the frame; dy is each line's distance from it. */
function headingLines({ title = '', note }: Chart): { words: string; fontSize: number; fill: string; dy: number }[] {
  const room = width - frame.left - 12;
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
