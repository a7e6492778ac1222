import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gridOfCharts } from '#dist/report/grid.js';
import { svgToPng } from '#dist/report/png.js';
import { drawPanel, panelCurves, smallMultiples } from '#dist/study/charts.js';
import { curvesCsv } from '#dist/study/report.js';
import { group, table } from './tables.js';

const curve = (end: number, noise: number) =>
  Array.from({ length: 40 }, (_, i) => end * (1 - Math.exp(-i / 8)) + noise * Math.sin(i));
const FA = group(
  'FA',
  'accuracy',
  [0.01, -0.01, 0.02, -0.02].map((noise) => curve(0.2 + noise, noise)),
);
const BP = group('BP', 'accuracy', [curve(0.7, 0.02)], 1);
const count = (svg: string, pattern: RegExp) => svg.match(pattern)?.length ?? 0;

test('a curve for each run, a band where there are several seeds, a name at each end', () => {
  const svg = drawPanel({ column: 'accuracy', groups: [FA, BP] }, 5);
  assert.equal(count(svg, /aria-description="curve (FA|BP)"/g), 2);
  assert.equal(count(svg, /aria-description="band FA"/g), 1);
  assert.equal(count(svg, /aria-description="band BP"/g), 0);
  assert.match(svg, />FA<\/text>/);
  const words = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text).join(' ');
  assert.match(
    words,
    /Mean of 4 seeds or 1 seed and its 98 % band over seeds \(Student's t\), moving average over 5\. BP: seed 1 diverged\./,
  );
});

test('the band encloses the mean, in pixels', () => {
  const svg = drawPanel({ column: 'accuracy', groups: [FA] }, 1);
  const path = (kind: string) => new RegExp(`aria-description="${kind} "[^>]*>\\s*<path d="([^"]*)"`).exec(svg)![1]!;
  const points = (d: string) =>
    [...d.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const means = new Map(points(path('curve')));
  const edges = points(path('band'));
  assert.equal(edges.length, 2 * means.size);
  for (const [i, [x, y]] of edges.entries()) {
    const mean = means.get(x)!;
    assert.ok(i < means.size ? y <= mean + 1e-6 : y >= mean - 1e-6, `${x}: ${y} ${mean}`);
  }
});

test('columns of one run are told apart by colour, runs by colour and columns by dashes where there are both', () => {
  const tables = [table({ 'angle 0': [90, 90], 'angle 1': [80, 70], 'angle 2': [60, 50] })];
  const one = { name: 'A', tables };
  const angles = (groups: (typeof one)[]) => panelCurves({ column: 'angle', groups }, 1).map(({ column }) => column);
  assert.deepEqual(angles([one]), ['angle 1', 'angle 2']);
  assert.equal(panelCurves({ column: 'angle 0', groups: [one] }, 1).length, 1);
  assert.match(drawPanel({ column: 'angle 0', groups: [one] }, 1), />[^<]*Angle α₀ \(degrees\)/);
  assert.match(drawPanel({ column: 'angle', groups: [one] }, 1), />[^<]*Angle \(degrees\)/);
  const strokes = (svg: string) =>
    [...svg.matchAll(/<g [^>]*aria-description="curve [^>]*aria-label="line"[^>]*>/g)].map(([g]) => [
      / stroke="([^"]*)"/.exec(g)![1],
      / stroke-dasharray="([^"]*)"/.exec(g)?.[1],
    ]);
  const alone = strokes(drawPanel({ column: 'angle', groups: [one] }, 1));
  assert.equal(new Set(alone.map(([colour]) => colour)).size, 2);
  assert.deepEqual(
    alone.map(([, dash]) => dash),
    [undefined, undefined],
  );
  const both = strokes(drawPanel({ column: 'angle', groups: [one, { ...one, name: 'B' }] }, 1));
  assert.equal(new Set(both.map(String)).size, 4);
  assert.equal(both[0]![0], both[1]![0]);
  assert.equal(both[0]![1], both[2]![1]);
});

test('a group keeps its colour in panels that leave others out', () => {
  const colour = (svg: string) => /<g [^>]*stroke="([^"]*)"[^>]*aria-description="curve BP"/.exec(svg)![1];
  const [first, second, third] = [FA, BP, { ...FA, name: 'C' }].map((group, colour) => ({ ...group, colour }));
  const all = drawPanel({ column: 'accuracy', groups: [first!, second!, third!] }, 1);
  assert.equal(colour(all), colour(drawPanel({ column: 'accuracy', groups: [second!, third!] }, 1)));
  assert.notEqual(colour(all), colour(drawPanel({ column: 'accuracy', groups: [BP, third!] }, 1)));
});

test('every kind of column can be drawn, also by itself and where it is missing', () => {
  for (const column of ['accuracy', 'loss', 'theta F2', 'angle 1', 'orthonormality 1', 'constant c']) {
    const svg = drawPanel(
      {
        column,
        groups: [
          group('A', column, [
            [1, 20, 300],
            [2, 30, 200],
          ]),
        ],
      },
      1,
    );
    assert.doesNotMatch(svg, /NaN/);
    assert.equal(count(svg, /aria-description="curve /g), 1, column);
  }
  assert.match(drawPanel({ column: 'loss', groups: [FA] }, 1), /No run has a column 'loss'/);
});

test('a lone coefficient has its name, and room to the frame', () => {
  for (const [column, name] of [
    ['constant', 'c'],
    ['theta', 'θ'],
  ] as const) {
    const svg = drawPanel(
      { column, groups: [group('A', `${column} ${column === 'theta' ? 'F0' : 'c'}`, [[0.2, 0.21]])] },
      1,
    );
    assert.match(svg, new RegExp(`aria-description="label"[^>]*><text [^>]*>${name}<`));
    const path = /aria-description="curve [^>]*>\s*<path d="([^"]*)"/.exec(svg)![1]!;
    const heights = [...path.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
    const [frame] = /<rect [^>]*aria-label="frame"[^>]*>/.exec(svg)!;
    assert.ok(Math.min(...heights) > Number(/ y="([\d.]+)"/.exec(frame)![1]) + 10, column);
  }
  const one = drawPanel({ column: 'theta F0', groups: [group('A', 'theta F0', [[0.2, 0.21]])] }, 1);
  assert.doesNotMatch(one, /aria-description="label"/);
});

test('orthonormality is drawn by its real values on a logarithmic axis, and explained', () => {
  const errors = group('A', 'orthonormality 3', [
    [1000, 100, 10, 1],
    [1000, 100, 10, 1],
  ]);
  const svg = drawPanel({ column: 'orthonormality 3', groups: [errors] }, 1);
  const ticks = /aria-label="y-axis tick label"[^>]*>(.*?)<\/g>/s.exec(svg)![1]!;
  assert.deepEqual(
    [...ticks.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text),
    ['1', '10', '100', '1000'],
  );
  assert.match(svg, />[^<]*Orthonormality error E₃</);
  assert.match(svg, /\|z - W W'y\|²/);
  const curve = /aria-description="curve [^>]*>\s*<path d="([^"]*)"/.exec(svg)![1]!;
  const heights = [...curve.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y));
  for (const i of [1, 2]) assert.ok(Math.abs(heights[i + 1]! - heights[i]! - (heights[1]! - heights[0]!)) < 0.01);
});

test('a grid holds its charts beside and below each other, and is a picture', async () => {
  const panel = drawPanel({ column: 'accuracy', groups: [FA, BP] }, 5);
  const svg = gridOfCharts('Runs <1 & 2>', [panel, panel, panel]);
  assert.match(svg, />Runs &lt;1 &amp; 2&gt;</);
  const places = [...svg.matchAll(/<svg x="(\d+)" y="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assert.equal(places.length, 3);
  assert.ok(places[1]![0]! >= 640 && places[1]![1] === places[0]![1] && places[2]![1]! > places[0]![1]! + 300);
  const png = Buffer.from(await svgToPng(svg));
  assert.equal(png.readUInt32BE(16), 2 * Number(/width="(\d+)"/.exec(svg)![1]));
});

test('what is drawn as CSV: the means, and where there are several, each seed', () => {
  const curves = panelCurves({ column: 'accuracy', groups: [FA, BP] }, 1);
  const [head, ...rows] = curvesCsv(curves).trimEnd().split('\n');
  assert.equal(head, 'run,column,x,mean,low,high,seed');
  assert.equal(rows.length, 40 + 4 * 40 + 40);
  const [run, column, x, mean] = rows[11]!.split(',');
  assert.deepEqual([run, column, x], ['FA', 'accuracy', '12']);
  const values = [0.01, -0.01, 0.02, -0.02].map((noise) => curve(0.2 + noise, noise)[11]!);
  assert.ok(Math.abs(Number(mean) - values.reduce((a, b) => a + b) / 4) < 1e-12);
  assert.equal(rows[40 + 80 + 11], `FA,accuracy,12,${values[2]},,,seed 3`);
  assert.match(rows[210]!, /^BP,accuracy,11,[\d.]+,,,$/);
});

test('a band of the paper is drawn and named where it is asked for, none of fewer than four seeds', () => {
  const drawn = drawPanel({ column: 'accuracy', groups: [FA], bands: 'bootstrap' }, 5);
  assert.match(drawn, /98 % band over seeds \(percentile bootstrap\)/);
  const three = { ...FA, tables: FA.tables.slice(1) };
  const svg = drawPanel({ column: 'accuracy', groups: [three] }, 5);
  assert.equal(count(svg, /aria-description="band/g), 0);
  assert.match(svg, /Mean of 3 seeds, moving average over 5\./);
});

test('more curves than can be named get a chart for each column', () => {
  const tables = [table({ 'angle 1': [80, 70], 'angle 2': [60, 50], 'angle 3': [50, 40] })];
  const groups = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `${i}`, tables }));
  const columns = (n: number) => smallMultiples({ column: 'angle', groups: groups(n) }).map(({ column }) => column);
  assert.deepEqual(columns(2), ['angle']);
  assert.deepEqual(columns(3), ['angle 1', 'angle 2', 'angle 3']);
});
