/** A panel as an SVG file. */
import type { Curve, Panel } from './curve.js';
import { shown, ticks } from './numbers.js';
import { dashOf } from './palette.js';

export interface SvgOptions {
  readonly log: boolean;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Colours of the palette, as on paper. */
  readonly colours: readonly string[];
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 400, 64, 150, 36, 48];

export function panelSvg({ title, xLabel, yLabel, curves, reference }: Panel, options: SvgOptions): string {
  const { log, colours } = options;
  const place = (value: number) => (log ? Math.log10(value) : value);
  const [x0, x1] = options.x;
  const [y0, y1] = options.y.map(place) as [number, number];
  const X = (x: number) => LEFT + ((x - x0) / (x1 - x0 || 1)) * (WIDTH - LEFT - RIGHT);
  const Y = (y: number) => HEIGHT - BOTTOM - ((place(y) - y0) / (y1 - y0 || 1)) * (HEIGHT - TOP - BOTTOM);
  const text = (x: number, y: number, words: string, more = '') =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${markup(words)}</text>`;
  const path = (xs: readonly number[], ys: readonly number[]) => {
    let pen = 'M';
    return xs
      .map((x, i) => {
        const y = Y(ys[i]!);
        if (!Number.isFinite(y) || x < x0 || x > x1) {
          pen = 'M';
          return '';
        }
        const piece = `${pen}${X(x).toFixed(2)},${y.toFixed(2)}`;
        pen = 'L';
        return piece;
      })
      .join('');
  };
  const shade = ({ x, low = [], high = [] }: Curve) => {
    const inside = x.flatMap((at, i) => (at >= x0 && at <= x1 && Number.isFinite(Y(low[i]!) + Y(high[i]!)) ? [i] : []));
    const edge = [...inside.map((i) => [x[i]!, high[i]!]), ...inside.reverse().map((i) => [x[i]!, low[i]!])];
    return edge.map(([at, y]) => `${X(at!).toFixed(2)},${Y(y!).toFixed(2)}`).join(' ');
  };
  const grid = (log ? powers(y0, y1) : ticks(y0, y1)).map((tick) => {
    const y = Y(tick);
    return `<path d="M${LEFT},${y.toFixed(1)}H${WIDTH - RIGHT}" stroke="#000" stroke-opacity=".1"/>${text(LEFT - 6, y + 4, shown(tick, 3), 'text-anchor="end"')}`;
  });
  const along = ticks(x0, x1).map((tick) =>
    text(X(tick), HEIGHT - BOTTOM + 16, shown(tick, 6), 'text-anchor="middle"'),
  );
  const lines = curves.map((curve) => {
    const colour = colours[curve.colour % colours.length]!;
    const dash = dashOf(curve.dash).join();
    return [
      curve.low ? `<polygon points="${shade(curve)}" fill="${colour}" fill-opacity=".18"/>` : '',
      curve.raw
        ? `<path d="${path(curve.raw.x, curve.raw.y)}" fill="none" stroke="${colour}" stroke-opacity=".3" stroke-width=".75"/>`
        : '',
      `<path d="${path(curve.x, curve.y)}" fill="none" stroke="${colour}" stroke-width="1.75" stroke-dasharray="${dash}"/>`,
    ].join('');
  });
  const key = curves.map((curve, i) => {
    const y = TOP + 12 + 18 * i;
    const left = WIDTH - RIGHT + 10;
    const stroke = `stroke="${colours[curve.colour % colours.length]!}" stroke-width="2" stroke-dasharray="${dashOf(curve.dash).join()}"`;
    return `<path d="M${left},${y - 4}h22" ${stroke}/>${text(left + 28, y, curve.label.slice(0, 24))}`;
  });
  const compare = reference
    ? `<path d="M${LEFT},${Y(reference.y).toFixed(1)}H${WIDTH - RIGHT}" stroke="#666" stroke-dasharray="6,4"/>`
    : '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans, sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(LEFT, 20, title, 'font-size="14"'),
    ...grid,
    ...along,
    compare,
    ...lines,
    `<rect x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${HEIGHT - TOP - BOTTOM}" fill="none" stroke="#666"/>`,
    ...key,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, xLabel, 'text-anchor="middle"'),
    `<text transform="translate(14 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${markup(yLabel)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function powers(low: number, high: number): number[] {
  const first = Math.ceil(low);
  const whole = Array.from({ length: Math.max(0, Math.floor(high) - first + 1) }, (_, i) => 10 ** (first + i));
  return whole.length > 1 ? whole : ticks(10 ** low, 10 ** high, 4).filter((tick) => tick > 0);
}

function markup(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
