/** A panel on the page: the chart, its values under the cursor, its buttons. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { PALETTE } from '../../report/palette.js';
import { drawChart, forget, moveCursors, resetZoom } from './chart.js';
import { type Panel, panelCsv, valueAt } from './curve.js';
import { download, fileName } from './files.js';
import { shown } from './numbers.js';
import { colourVariable, dashOf } from './palette.js';
import { panelSvg } from './svg.js';
import { useTheme } from './theme.js';

const HEIGHT = 240;

export interface PanelProps {
  readonly panel: Panel;
  /** Whether it begins with a logarithmic axis. */
  readonly log?: boolean;
}

export function CurvePanel({ panel, log: first = false }: PanelProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const [log, setLog] = useState(first);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const [at, setAt] = useState<number>();
  const width = useWidth(place);
  const theme = useTheme();
  const drawn = useMemo(
    () => ({ ...panel, curves: panel.curves.filter(({ label }) => !hidden.includes(label)) }),
    [panel, hidden],
  );

  useEffect(() => {
    if (!place.current || width === 0) return;
    const made = drawChart(place.current, drawn, { width, height: HEIGHT, log, onCursor: setAt });
    chart.current = made;
    return () => forget(made);
  }, [drawn, width, log, theme]);

  const save = (kind: 'svg' | 'png' | 'csv') => {
    const name = fileName(panel.title, kind);
    const { scales, ctx } = chart.current!;
    if (kind === 'csv') return download(name, panelCsv(drawn), 'text/csv');
    if (kind === 'png') return ctx.canvas.toBlob((blob) => blob && download(name, blob));
    const range = (scale: uPlot.Scale | undefined): [number, number] => [scale?.min ?? 0, scale?.max ?? 1];
    const svg = panelSvg(drawn, { log, x: range(scales.x), y: range(scales.y), colours: PALETTE });
    download(name, svg, 'image/svg+xml');
  };
  const toggle = (label: string) =>
    setHidden(hidden.includes(label) ? hidden.filter((other) => other !== label) : [...hidden, label]);

  return (
    <figure class="panel" aria-label={panel.title}>
      <figcaption>
        <h3>{panel.title}</h3>
        <span class="tools">
          <button type="button" aria-pressed={log} onClick={() => setLog(!log)} title="Logarithmic axis">
            log
          </button>
          {(['svg', 'png', 'csv'] as const).map((kind) => (
            <button
              type="button"
              key={kind}
              onClick={() => save(kind)}
              title={`Save ${panel.title} as ${kind.toUpperCase()}`}
            >
              {kind.toUpperCase()}
            </button>
          ))}
        </span>
      </figcaption>
      <div
        class="chart"
        ref={place}
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows move the cursor, for who has no mouse
        tabIndex={0}
        aria-label={describe(panel)}
        onKeyDown={(event) => steer(event, chart.current)}
      />
      <ul class="key">
        {panel.curves.map(({ label, colour, dash, ...curve }) => {
          const off = hidden.includes(label);
          return (
            <li key={label}>
              <button type="button" aria-pressed={!off} onClick={() => toggle(label)}>
                <svg width="22" height="8" aria-hidden="true">
                  <line
                    x1="0"
                    x2="22"
                    y1="4"
                    y2="4"
                    stroke={colourVariable(colour)}
                    stroke-width="3"
                    stroke-dasharray={dashOf(dash).join()}
                  />
                </svg>
                <span>{label}</span>
              </button>
              <output>{off ? '' : shown(at === undefined ? lastOf(curve.y) : valueAt(curve, at), 4)}</output>
            </li>
          );
        })}
        <li class="at">{at === undefined ? 'last values' : `at ${panel.xLabel.toLowerCase()} ${shown(at, 4)}`}</li>
      </ul>
    </figure>
  );
}

function lastOf(values: readonly number[]): number {
  return values.findLast(Number.isFinite) ?? Number.NaN;
}

/** What the picture says, for who cannot see it. */
function describe({ title, xLabel, curves }: Panel): string {
  const each = curves.slice(0, 8).map(({ label, y }) => {
    const finite = y.filter(Number.isFinite);
    return `${label} from ${shown(finite[0], 3)} to ${shown(finite.at(-1), 3)}`;
  });
  return `${title} against ${xLabel.toLowerCase()}: ${each.join('; ')}${curves.length > 8 ? `, and ${curves.length - 8} more` : ''}. Arrow keys move the cursor, plus and minus zoom, Escape shows all.`;
}

function steer(event: KeyboardEvent, chart: uPlot | undefined): void {
  const { min, max } = chart?.scales.x ?? {};
  if (!chart || typeof min !== 'number' || typeof max !== 'number') return;
  const width = chart.over.clientWidth;
  const left = chart.cursor.left === undefined || chart.cursor.left < 0 ? width / 2 : chart.cursor.left;
  const middle = chart.posToVal(left, 'x');
  const zoom = (factor: number) =>
    chart.setScale('x', { min: middle - (middle - min) * factor, max: middle + (max - middle) * factor });
  const does: Record<string, () => void> = {
    ArrowLeft: () => moveCursors(chart.posToVal(Math.max(0, left - width / 60), 'x')),
    ArrowRight: () => moveCursors(chart.posToVal(Math.min(width, left + width / 60), 'x')),
    '+': () => zoom(0.7),
    '-': () => zoom(1 / 0.7),
    Escape: resetZoom,
  };
  const act = does[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function useWidth(place: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
