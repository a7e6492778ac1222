/** A panel drawn by uPlot on a canvas. */
import uPlot from 'uplot';
import type { Curve, Panel } from './curve.js';
import { shown } from './numbers.js';
import { colourOf, dashOf } from './palette.js';

/** Charts of one page move their cursors and zoom together. */
const SYNC = 'page';

export interface ChartOptions {
  readonly width: number;
  readonly height: number;
  readonly log: boolean;
  /** Hears where the cursor is; undefined where it is nowhere. */
  readonly onCursor: (x: number | undefined) => void;
}

export function drawChart(target: HTMLElement, panel: Panel, options: ChartOptions): uPlot {
  const { width, height, log, onCursor } = options;
  const { data, series, bands } = aligned(panel.curves, log);
  const style = getComputedStyle(document.documentElement);
  const [ink, faint] = ['--ink', '--grid'].map((name) => style.getPropertyValue(name).trim()) as [string, string];
  const axis = {
    stroke: ink,
    grid: { stroke: faint, width: 1 },
    ticks: { stroke: faint },
    font: '12px system-ui, sans-serif',
  };
  const chart = new uPlot(
    {
      width,
      height,
      series: [{}, ...series],
      bands,
      legend: { show: false },
      scales: {
        x: { time: false },
        y: log ? { distr: 3 } : { range: (_, low, high) => around(low, high, panel.reference?.y) },
      },
      axes: [
        {
          ...axis,
          label: panel.xLabel,
          labelSize: 22,
          labelFont: axis.font,
          size: 34,
          values: (_, ticks) => ticks.map((tick) => shown(tick, 6)),
        },
        { ...axis, size: 58, values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : shown(tick, 3))) },
      ],
      cursor: {
        sync: { key: SYNC, scales: ['x', null] },
        points: { show: false },
        drag: { x: true, y: false, setScale: true },
      },
      hooks: {
        setCursor: [
          (u) => {
            const { left = -1 } = u.cursor;
            onCursor(left < 0 ? undefined : u.posToVal(left, 'x'));
          },
        ],
        drawAxes: [(u) => referenceLine(u, panel, ink)],
      },
    },
    data,
    target,
  );
  uPlot.sync(SYNC).sub(chart);
  return chart;
}

/** All x of a page's charts, or of all of them, back to the whole. */
export function resetZoom(): void {
  for (const chart of uPlot.sync(SYNC).plots) chart.setData(chart.data, true);
}

/** Moves the cursors of all charts there. */
export function moveCursors(x: number): void {
  for (const chart of uPlot.sync(SYNC).plots)
    chart.setCursor({ left: Math.round(chart.valToPos(x, 'x')), top: chart.over.clientHeight / 2 }, true);
}

export function forget(chart: uPlot): void {
  uPlot.sync(SYNC).unsub(chart);
  chart.destroy();
}

/** One x for all: faint lines first, then bands, then the curves. */
function aligned(curves: readonly Curve[], log: boolean) {
  const tables: uPlot.AlignedData[] = [];
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  const column = (values: readonly number[]) => values.map((y) => (Number.isFinite(y) && !(log && y <= 0) ? y : null));
  const add = (x: readonly number[], y: readonly number[], line: uPlot.Series) => {
    tables.push([[...x], column(y)]);
    series.push({ points: { show: false }, ...line });
    return series.length;
  };
  for (const { raw, colour } of curves) if (raw) add(raw.x, raw.y, { stroke: `${colourOf(colour)}55`, width: 0.75 });
  for (const { x, low, high, colour } of curves) {
    if (!low || !high) continue;
    const top = add(x, high, { width: 0 });
    const bottom = add(x, low, { width: 0 });
    bands.push({ series: [top, bottom], fill: `${colourOf(colour)}33` });
  }
  for (const { x, y, colour, dash } of curves)
    add(x, y, { stroke: colourOf(colour), width: 2, dash: dashOf(dash), points: { show: x.length < 3 } });
  const data: uPlot.AlignedData = tables.length > 0 ? uPlot.join(tables) : [[]];
  return { data, series, bands };
}

/** The range of the values with some room, and what they are compared with where that is near. */
function around(low: number | null, high: number | null, reference: number | undefined): [number, number] {
  if (low === null || high === null) return [0, 1];
  const near = reference !== undefined && reference > low - (high - low) && reference < high + (high - low);
  const [from, to] = near ? [Math.min(low, reference), Math.max(high, reference)] : [low, high];
  const room = 0.06 * (to - from) || Math.abs(to) * 0.1 || 1e-3;
  return [from - room, to + room];
}

function referenceLine(u: uPlot, { reference }: Panel, ink: string): void {
  if (!reference) return;
  const y = u.valToPos(reference.y, 'y', true);
  const { left, top, width, height } = u.bbox;
  if (!(y >= top && y <= top + height)) return;
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.fillStyle = ink;
  ctx.globalAlpha = 0.6;
  ctx.setLineDash([6, 4]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.textAlign = 'right';
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.fillText(reference.label, left + width - 4, y - 4);
  ctx.restore();
}
