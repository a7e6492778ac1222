/** What stands around and behind the curves of a chart. */
import * as Plot from '@observablehq/plot';
import type { Chart, Layout } from './chart.js';
import { logTickLabel, logTicks } from './scale.js';

/** Of all that is no curve. */
export const grey = '#666666';

export function axes({ x, xLabel = 'Episode', y, yLabel, yScale, yTicks }: Chart, { margin }: Layout): Plot.Markish {
  const centred = { labelAnchor: 'center', labelArrow: 'none' } as const;
  const chosen = yTicks ?? (yScale === 'log' ? logTicks(y) : undefined);
  const ticks = {
    ...(chosen === undefined ? { tickSpacing: 45 } : { ticks: [...chosen] }),
    ...(yScale === 'log' && { tickFormat: logTickLabel }),
  };
  return [
    Plot.gridY({ ...ticks, stroke: '#000000', strokeOpacity: 0.08 }),
    Plot.axisX({ label: xLabel, ...centred, ...wholeTicks(x) }),
    Plot.axisY({ label: yLabel, ...centred, labelOffset: margin.left - 6, ...ticks }),
    Plot.frame({ stroke: grey }),
  ];
}

/** Ticks of a short run: its episodes, as there is no half episode. */
function wholeTicks([low, high]: readonly [number, number]): { ticks?: number[]; tickFormat: string } {
  const first = Math.ceil(low);
  const whole = Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i);
  return high - low > 10 ? { tickFormat: 'd' } : { tickFormat: 'd', ticks: whole };
}

export function referenceLines({ x, zeroLine, reference }: Chart, { pixel, fontSize }: Layout): Plot.Markish {
  const lines: Plot.Markish[] = [];
  if (zeroLine) lines.push(Plot.ruleY([0], { stroke: grey, strokeWidth: 0.75, ariaDescription: 'zero' }));
  if (reference !== undefined) {
    const { y, label } = reference;
    lines.push(Plot.ruleY([y], { stroke: grey, strokeDasharray: '6,4', ariaDescription: 'reference' }));
    lines.push(Plot.text([label], { x: [x[1] + 8 * pixel.x], y: [y], fontSize, fill: grey, textAnchor: 'start' }));
  }
  return lines;
}
