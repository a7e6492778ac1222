/** The curves of a chart: lines, bands, and their names. */
import * as Plot from '@observablehq/plot';
import type { Chart, Layout } from './chart.js';
import { DASHES, PALETTE } from './palette.js';
import { SCALES } from './scale.js';
import { isolated, type Point, spread, thin } from './series.js';

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

/** Bands, then what is faint, then the curves themselves; `width` is the figure's, in pixels. */
export function curveMarks(curves: readonly Curve[], width: number): Plot.Markish {
  return [
    curves.map((curve, i) => shade(curve, strokeOf(curve, i).stroke)),
    curves.map((curve, i) =>
      line(thin(curve.raw ?? [], width), `each episode ${curve.label}`, { ...strokeOf(curve, i), faint: true }),
    ),
    curves.map((curve, i) =>
      line(thin(curve.points, width), `curve ${curve.label}`, { ...strokeOf(curve, i), faint: false }),
    ),
  ];
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
  const opacity = !faint ? 1 : points.length < 100 ? 0.5 : 0.25;
  const options = { stroke, strokeOpacity: opacity, strokeWidth: faint ? 0.75 : 1.75, ...dash };
  const dots = { fill: stroke, fillOpacity: opacity, r: faint ? 1.5 : 3 };
  return [
    Plot.line([...points], { ...options, ariaDescription: description }),
    Plot.dot([...isolated(points)], { ...dots, ariaDescription: description }),
  ];
}

function strokeOf({ style }: Curve, i: number): { stroke: string; strokeDasharray?: string } {
  const { colour, dash } = style ?? { colour: i, dash: Math.floor(i / PALETTE.length) };
  const dasharray = DASHES[dash % DASHES.length]!.join();
  return { stroke: PALETTE[colour % PALETTE.length]!, ...(dasharray !== '' && { strokeDasharray: dasharray }) };
}

export function trianglesAbove({ above, y }: Chart, { pixel }: Layout): Plot.Markish {
  const x = [...new Set(above?.map((episode) => Math.round(episode / pixel.x) * pixel.x))]; // at most one a pixel
  const symbol = { symbol: 'triangle', r: 3, fill: PALETTE[0] } as const;
  return Plot.dot(x, { x, y: x.map(() => y[1]), ...symbol, ariaDescription: 'above the frame' });
}

/** Each curve's name to the right of the frame at the height of its end, moved where names would overlap. */
export function endLabels({ curves, x, y, yScale = 'linear' }: Chart, { pixel, fontSize }: Layout): Plot.Markish {
  const { place, value } = SCALES[yScale];
  const ends = curves.flatMap((curve, i) => {
    const { label, points } = curve;
    const end = label === '' ? undefined : points.findLast((point) => Number.isFinite(point[1]));
    return end === undefined ? [] : [{ label, end, colour: strokeOf(curve, i).stroke }];
  });
  const heights = spread(
    ends.map(({ end }) => place(end[1])),
    1.15 * fontSize * pixel.y,
    place(y[0]),
    place(y[1]),
  );
  return ends.map(({ label, end: [x1, y1], colour }, i) => {
    const height = value(heights[i]!);
    const connection = { x1: [x1], y1: [y1], x2: [x[1] + 6 * pixel.x], y2: [height] };
    const place = { x: [x[1] + 8 * pixel.x], y: [height] };
    return [
      Plot.link([label], { ...connection, stroke: colour, strokeWidth: 0.75, strokeOpacity: 0.6 }),
      Plot.text([label], { ...place, fontSize, fill: colour, textAnchor: 'start', ariaDescription: 'label' }),
    ];
  });
}
