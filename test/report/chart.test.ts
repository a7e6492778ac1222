import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chart, drawChart } from '#dist/report/chart.js';
import { gridOfCharts } from '#dist/report/grid.js';
import { svgToPng } from '#dist/report/png.js';
import { assertXml } from './xml.js';

const hostile = 'a<b & "c" \'d\' > \x1b[31m\n\0 \u202e ]]> <!-- \ud800 \ufffe $& </svg><script>θ_x<y>&z';

test('whatever it is called, a figure is XML, and a picture', async () => {
  const points = [[1, 0.5] as const, [2, 0.6] as const, [4, 0.3] as const];
  const chart: Chart = {
    ...{ title: hostile, note: hostile, yLabel: hostile, xLabel: hostile, message: hostile },
    ...{ x: [0, 20], y: [0, 1], reference: { y: 0.5, label: hostile } },
    curves: [
      { label: hostile, points, raw: points, band: points.map(([x, y]) => [x, y - 0.1, y + 0.1] as const) },
      { label: 'θ_x<y>&z', points },
    ],
  };
  const svg = drawChart(chart);
  assertXml(svg);
  assert.match(svg, /aria-description="curve θ_x&lt;y&gt;&amp;z"/);
  const grid = gridOfCharts(hostile, [svg, svg]);
  assertXml(grid);
  assert.doesNotMatch(grid, /<script/);
  assert.deepEqual([...(await svgToPng(grid)).subarray(1, 4)], [...Buffer.from('PNG')]);
});
