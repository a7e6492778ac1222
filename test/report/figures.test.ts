import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseHTML } from 'linkedom';
import { drawFigures, type FigureName, type FigureOptions } from '#dist/report/figures.js';
import { movingAverage } from '#dist/stats/moving-average.js';
import { records } from './records.js';

const pool = Array.from({ length: 10 }, (_, i) => `F${i}`);
const defaults: FigureOptions = { avgWindow: 10, terms: ['F0'], M: 5 };

interface Element {
  textContent: string;
  innerHTML: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

/** One figure, parsed; questions about it in the figure's own terms. */
function figure(name: FigureName, run: ReturnType<typeof records>, options: Partial<FigureOptions> = {}) {
  const { svg } = drawFigures(run, { ...defaults, ...options }).find((figure) => figure.name === name)!;
  const document = parseHTML(svg).document as unknown as Element;
  const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
  const described = (prefix: string, child: string): Element[] => all(`g[aria-description^="${prefix}"] ${child}`);
  return {
    svg,
    all,
    texts: all('text').map(({ textContent }) => textContent),
    curves: described('curve', 'path'),
    raw: described('each episode', 'path'),
    dots: described('curve', 'circle'),
    labels: described('label', 'text'),
    yTicks: all('g[aria-label="y-axis tick label"] text').map(({ textContent }) =>
      Number(textContent.replace('−', '-')),
    ),
  };
}

/** Points of a path `M x,y L x,y …`, one list per piece. */
function pieces(path: Element): [number, number][][] {
  const d = path.getAttribute('d')!;
  assert.match(d, /^[MLZ\d.,-]+$/);
  return d
    .split('M')
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece
        .replace('Z', '')
        .split('L')
        .map((pair) => pair.split(',').map(Number) as [number, number]),
    );
}

describe('figures', () => {
  const run = records(600, (n) => ({ theta: pool.map((_, i) => ((i - 4) * n) / 1e5) }));

  test('five of them, with labelled axes', () => {
    const labels = {
      meta_accuracy: 'Accuracy',
      meta_params: 'Coefficient θ',
      meta_angle: 'Angle (degrees)',
      meta_orthonormality: 'Orthonormality error',
      meta_loss: 'Loss',
    };
    assert.deepEqual(
      drawFigures(run, { ...defaults, terms: pool }).map(({ name }) => name),
      Object.keys(labels),
    );
    for (const [name, label] of Object.entries(labels)) {
      const { texts } = figure(name as FigureName, run, { terms: pool, title: 'fbk = fix, seed 1' });
      for (const text of [label, 'Episode', 'fbk = fix, seed 1', '600'])
        assert.ok(texts.includes(text), `${name}: ${text}`);
    }
  });

  test('one curve and one name with a subscript per term, in colours of their own', () => {
    const { curves, all, labels } = figure('meta_params', run, { terms: [...pool.slice(0, 9), 'own'] });
    assert.equal(curves.length, 10);
    const strokes = all('g[aria-description^="curve"]').flatMap((g) => g.getAttribute('stroke') ?? []);
    assert.equal(new Set(strokes.filter((stroke) => stroke.startsWith('#'))).size, 10);
    const subscripts = labels.map(
      ({ innerHTML }) => /^θ<tspan [^>]*dy="[\d.]+"[^>]*>(.*)<\/tspan>$/.exec(innerHTML)?.[1],
    );
    assert.deepEqual(subscripts, ['0', '1', '2', '3', '4', '5', '6', '7', '8', 'own']);
  });

  test('names do not overlap where all curves end in one place', () => {
    const { labels } = figure(
      'meta_params',
      records(50, () => ({ theta: pool.map(() => 1e-3) })),
      { terms: pool },
    );
    const heights = labels.map((label) => Number(/,([\d.]+)\)/.exec(label.getAttribute('transform')!)![1]));
    heights.sort((a, b) => a - b);
    for (let i = 1; i < heights.length; i++) assert.ok(heights[i]! - heights[i - 1]! > 13);
  });

  test('angles: a curve per hidden layer, 90 degrees dashed', () => {
    const angles = figure('meta_angle', run);
    assert.equal(angles.curves.length, 4);
    assert.deepEqual(
      angles.labels.map(({ textContent }) => textContent),
      ['α1', 'α2', 'α3', 'α4'],
    );
    const [dashed] = angles.all('[aria-description="reference"]');
    assert.match(dashed!.getAttribute('stroke-dasharray')!, /\d,\d/);
    const layout = pieces(angles.curves[1]!)[0]!; // 80 degrees at α_1, 70 at α_2, so 90 lies two steps above
    const step = layout[0]![1] - pieces(angles.curves[0]!)[0]![0]![1];
    const line = [...dashed!.querySelectorAll('line')][0]!;
    assert.ok(Math.abs(Number(line.getAttribute('y1')) - (layout[0]![1] - 2 * step)) < 0.1);
    assert.equal(Math.max(...angles.yTicks), 120);
    assert.equal(
      figure(
        'meta_angle',
        records(20, () => ({ angles: [90, 170, 0] })),
      ).curves.length,
      1,
    );
    assert.equal(
      Math.max(
        ...figure(
          'meta_angle',
          records(20, () => ({ angles: [90, 170, 0] })),
        ).yTicks,
      ),
      180,
    );
  });

  test('what the symbols of layers mean is said in the figure', () => {
    assert.match(figure('meta_angle', run).texts.join(' '), /αl, of layer l: angle between the errors that feedback/);
    assert.match(figure('meta_orthonormality', run).texts.join(' '), /El: \|z - W W'y\|²/);
  });

  test('orthonormality: a curve per layer, equal ratios equal distances, ticks of real values', () => {
    const falling = records(100, (n) => ({ orthonormality: [1000 * 0.9 ** n, 10, 0.01] }));
    const { curves, labels, yTicks, texts } = figure('meta_orthonormality', falling, { avgWindow: 1 });
    assert.deepEqual(
      labels.map(({ textContent }) => textContent),
      ['E1', 'E2', 'E3'],
    );
    assert.deepEqual(yTicks, [0.01, 0.1, 1, 10, 100, 1000]);
    const [straight, ten, hundredth] = curves.map((curve) => pieces(curve)[0]!);
    const decade = (hundredth![0]![1] - ten![0]![1]) / 3;
    for (const [i, [, y]] of straight!.entries())
      assert.ok(Math.abs(y - straight![0]![1] + i * Math.log10(0.9) * decade) < 0.01);
    assert.doesNotMatch(texts.join(' '), /log10/);
    const zero = figure(
      'meta_orthonormality',
      records(9, (n) => ({ orthonormality: [n === 5 ? 0 : 1] })),
      {
        avgWindow: 1,
      },
    );
    assert.equal(pieces(zero.curves[0]!).length, 2);
  });

  test('learned constants have a figure of their own, with their names as they are', () => {
    const learned = records(50, (n) => ({ theta: [1e-3, 0.5 + n / 100] }));
    const options = { terms: ['F0'], constants: ['c_1'] };
    const { labels, yTicks, texts } = figure('meta_constants', learned, options);
    assert.deepEqual(
      labels.map(({ textContent }) => textContent),
      ['c_1'],
    );
    assert.ok(Math.max(...yTicks) >= 0.8 && texts.includes('Constant'));
    const coefficients = figure('meta_params', learned, options);
    assert.equal(coefficients.curves.length, 1);
    assert.ok(Math.max(...coefficients.yTicks) <= 0.002);
  });

  test('size, letters and font are those of the style', () => {
    const font = { path: 'none', family: "Helvetica 'Neue'" };
    const style = { format: [], size: [400, 300], fontSize: 10, font } as const;
    for (const { name, svg } of drawFigures(run, { ...defaults, terms: pool, style })) {
      for (const size of ['width="400"', 'height="300"']) assert.ok(/^<svg [^>]*>/.exec(svg)![0].includes(size), name);
      assert.match(svg, /^<svg [^>]*font-family="'Helvetica Neue', 'DejaVu Sans'/, name);
      const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
      assert.ok(Math.max(...sizes) <= 10, name);
    }
  });

  test('a network without hidden layers is told', () => {
    const { curves, texts } = figure(
      'meta_angle',
      records(20, () => ({ angles: [90, 0] })),
    );
    assert.equal(curves.length, 0);
    assert.ok(texts.some((text) => text.includes('no hidden layer')));
  });

  test('accuracy: 0 to 1, and chance where the number of classes is known', () => {
    const { M: _, ...unknown } = defaults;
    const accuracy = figure('meta_accuracy', run);
    assert.deepEqual([Math.min(...accuracy.yTicks), Math.max(...accuracy.yTicks)], [0, 1]);
    assert.ok(accuracy.texts.includes('chance'));
    assert.doesNotMatch(drawFigures(run, unknown)[0]!.svg, /chance/);
  });

  test('the moving average stands at the centre of its window', () => {
    for (const avgWindow of [1, 10, 11]) {
      const { curves, raw } = figure('meta_loss', run, { avgWindow });
      const every = pieces(raw[0]!)[0]!; // episode n at index n - 1
      const means = pieces(curves[0]!)[0]!;
      const values = movingAverage(
        every.map(([, y]) => y),
        avgWindow,
      ); // the axis is linear: pixels average like losses
      assert.equal(means.length, values.length);
      const episode = (every.at(-1)![0] - every[0]![0]) / 599;
      for (const i of [0, 300, means.length - 1]) {
        assert.ok(Math.abs(means[i]![0] - (every[0]![0] + values[i]!.centre * episode)) < 0.01);
        assert.ok(Math.abs(means[i]![1] - values[i]!.mean) < 0.01);
      }
    }
  });

  test('diverged episodes are gaps, not zeros', () => {
    const gap = { loss: Number.NaN, accuracy: 0, angles: new Array(6).fill(Number.NaN), skipped: true };
    const gaps = records(100, (n) => (n > 40 && n <= 60 ? gap : {}));
    for (const name of ['meta_accuracy', 'meta_loss', 'meta_angle'] as const) {
      const { curves, raw, texts } = figure(name, gaps);
      assert.equal(pieces(raw[0]!).length, 2);
      assert.equal(pieces(curves[0]!).length, 2);
      assert.ok(texts.join(' ').includes('20 episodes'));
    }
    assert.equal(pieces(figure('meta_params', gaps).curves[0]!).length, 1);
  });

  test('an enormous loss does not flatten the curve, and is marked', () => {
    const { yTicks, all } = figure(
      'meta_loss',
      records(100, (n) => (n === 50 ? { loss: 1e9 } : {})),
    );
    assert.ok(Math.max(...yTicks) <= 5);
    assert.equal(all('[aria-description="above the frame"] path').length, 1);
  });

  test('one episode is a dot in every figure', () => {
    for (const { name } of drawFigures(records(1), defaults)) assert.ok(figure(name, records(1)).dots.length > 0, name);
  });

  test('a run shorter than the window shows its mean, at its centre', () => {
    const { dots, raw } = figure('meta_loss', records(5));
    const every = pieces(raw[0]!)[0]!;
    assert.equal(dots.length, 1);
    assert.ok(Math.abs(Number(dots[0]!.getAttribute('cx')) - every[2]![0]) < 0.01);
    assert.ok(Math.abs(Number(dots[0]!.getAttribute('cy')) - every.reduce((sum, [, y]) => sum + y / 5, 0)) < 0.01);
  });

  test('no episodes, or none that is finite, is drawn empty', () => {
    for (const { svg } of drawFigures([], defaults)) assert.match(svg, /No episodes yet/);
    const none = records(3, () => ({ loss: Number.NaN, angles: new Array(6).fill(Number.NaN), theta: [Number.NaN] }));
    for (const { svg } of drawFigures(none, defaults)) assert.doesNotMatch(svg, /NaN/);
  });

  test('ticks of small coefficients can be told apart', () => {
    const { yTicks } = figure(
      'meta_params',
      records(50, (n) => ({ theta: [1.04e-4 * n] })),
    );
    assert.equal(new Set(yTicks).size, yTicks.length);
    assert.ok(Math.max(...yTicks) >= 0.004);
  });

  test('a long run of ten terms stays below a megabyte', () => {
    const long = records(30_000, (n) => ({ theta: pool.map((_, i) => Math.sin(n * (i + 1)) / 100) }));
    for (const { name, svg } of drawFigures(long, { ...defaults, terms: pool })) assert.ok(svg.length < 1e6, name);
  });

  test('a title is text, not markup', () => {
    assert.match(figure('meta_loss', records(3), { title: 'a<b & c' }).svg, /a&lt;b &amp; c/);
  });

  test('refuses a window that is none', () => {
    assert.throws(() => drawFigures(records(3), { ...defaults, avgWindow: 0 }), RangeError);
  });
});
