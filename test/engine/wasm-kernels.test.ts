/** Each kernel against the few lines of plain TypeScript that its equation is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Arena, newMemory, padded } from '#dist/engine/wasm/arena.js';
import { compileKernels, instantiate } from '#dist/engine/wasm/kernels.js';
import { drawWeights } from '#dist/network/initialise.js';
import { noise } from './random-episode.ts';

const bytes = new Uint8Array(readFileSync(new URL('../../dist/engine/wasm/kernels.wasm', import.meta.url)));
const arena = new Arena(newMemory(false));
const k = instantiate(await compileKernels(bytes, false), arena.memory);
// Grow once, so that views stay valid.
arena.bytes(8 << 20);
arena.reset();

const draw = noise(4);
/** Sizes around every tile's width and tail. */
const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 33, 40, 47, 48, 70, 72, 96, 100, 104, 130, 170];

interface Matrix {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  get(r: number, c: number): number;
}

function matrix(rows: number, columns: number, value: (r: number, c: number) => number = draw): Matrix {
  const stride = padded(columns);
  const at = arena.floats(rows * stride);
  const get = (r: number, c: number) => arena.get(at + (r * stride + c) * 4);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) arena.set(at + (r * stride + c) * 4, value(r, c));
  return { at, rows, columns, stride, get };
}
const vector = (n: number, value?: (i: number) => number) => matrix(1, n, value && ((_, c) => value(c)));
const sum = (n: number, f: (i: number) => number) =>
  Array.from({ length: n }, (_, i) => f(i)).reduce((a, b) => a + b, 0);

/** All of M, and zeros in the padding; single precision over sums of up to `terms` products. */
function assertMatrix(M: Matrix, expected: (r: number, c: number) => number, terms = 1): void {
  for (let r = 0; r < M.rows; r++)
    for (let c = 0; c < M.stride; c++) {
      const value = c < M.columns ? expected(r, c) : 0;
      const tolerance = c < M.columns ? 1e-6 * Math.sqrt(terms) * (1 + Math.abs(value)) : 0;
      assert.ok(Math.abs(M.get(r, c) - value) <= tolerance, `[${r}, ${c}] is ${M.get(r, c)} instead of ${value}`);
    }
}

const eachSize = (check: (n: number, m: number) => void) => {
  for (const n of SIZES)
    for (const m of SIZES) {
      arena.reset();
      check(n, m);
    }
};

describe('matrix times vector', () => {
  test('mv, mtv: x = W p and x = W p + x, and for W transposed', () => {
    eachSize((n, m) => {
      const [W, p, q] = [matrix(n, m), vector(m), vector(n)];
      for (const add of [false, true]) {
        const [x, y] = [vector(n, () => 2), vector(m, () => 2)];
        k.mv(x.at, W.at, p.at, n, m, W.stride, add);
        k.mtv(y.at, W.at, q.at, n, m, W.stride, add);
        assertMatrix(x, (_, r) => sum(m, (c) => W.get(r, c) * p.get(0, c)) + (add ? 2 : 0), m);
        assertMatrix(y, (_, c) => sum(n, (r) => W.get(r, c) * q.get(0, r)) + (add ? 2 : 0), n);
      }
    });
  });

  test('mvRows, mtvRows: the same over listed rows', () => {
    eachSize((n, m) => {
      const W = matrix(3 * n, m);
      const list = arena.bytes(2 * n);
      const rows = Array.from({ length: n }, (_, i) => 3 * i + (i % 3));
      arena.write(list, new Uint8Array(Uint16Array.from(rows).buffer));
      const [p, q, x] = [vector(m), vector(n), vector(n)];
      k.mvRows(x.at, W.at, p.at, list, n, m, W.stride);
      assertMatrix(x, (_, r) => sum(m, (c) => W.get(rows[r]!, c) * p.get(0, c)), m);
      for (const add of [false, true]) {
        const y = vector(m, () => 2);
        k.mtvRows(y.at, W.at, q.at, list, n, m, W.stride, add);
        assertMatrix(y, (_, c) => sum(n, (i) => W.get(rows[i]!, c) * q.get(0, i)) + (add ? 2 : 0), n);
      }
    });
  });

  test('dot and axpy', () => {
    for (const n of SIZES) {
      const [x, y, z] = [vector(n), vector(n), vector(n)];
      const before = Array.from({ length: n }, (_, i) => z.get(0, i));
      const expected = sum(n, (i) => x.get(0, i) * y.get(0, i));
      assert.ok(Math.abs(k.dot(x.at, y.at, n) - expected) < 1e-5);
      k.axpy(z.at, x.at, 0.3, n);
      assertMatrix(z, (_, i) => before[i]! + Math.fround(0.3) * x.get(0, i));
    }
  });
});

describe('matrix products', () => {
  const COUNTS = [1, 2, 3, 4, 5, 6, 8, 13];
  test('nn: D = A M;  nt: D = A M^T', () => {
    for (const count of COUNTS)
      eachSize((n, m) => {
        if ((n + m + count) % 8) return; // Some of the sizes: all of them take seconds.
        const [M, A, B] = [matrix(n, m), matrix(count, n), matrix(count, m)];
        const [D, E] = [matrix(count, m), matrix(count, n)];
        k.nn(D.at, A.at, M.at, count, n, m, D.stride, A.stride, M.stride);
        k.nt(E.at, B.at, M.at, count, n, m, E.stride, B.stride, M.stride);
        assertMatrix(D, (i, c) => sum(n, (r) => A.get(i, r) * M.get(r, c)), n);
        assertMatrix(E, (i, r) => sum(m, (c) => B.get(i, c) * M.get(r, c)), m);
      });
  });

  test('ger: D = s M + sum_i L_i R_i^T, into another matrix or in place', () => {
    for (const count of [0, ...COUNTS])
      eachSize((n, m) => {
        if ((n + m + count) % 8) return;
        const [M, L, R, D] = [matrix(n, m), matrix(count, n), matrix(count, m), matrix(n, m)];
        const expected = Array.from({ length: n }, (_, r) =>
          Array.from({ length: m }, (_, c) => 0.5 * M.get(r, c) + sum(count, (i) => L.get(i, r) * R.get(i, c))),
        );
        for (const target of [D, M]) {
          k.ger(target.at, M.at, 0.5, L.at, R.at, count, n, m, M.stride, L.stride, R.stride);
          assertMatrix(target, (r, c) => expected[r]![c]!, count + 1);
        }
      });
  });
});

describe('element by element', () => {
  test('scale, multiply, add, copy, clear', () => {
    for (const n of SIZES) {
      arena.reset();
      const [a, b, y] = [vector(n), vector(n), vector(n)];
      k.scale(y.at, a.at, 3, n);
      assertMatrix(y, (_, i) => 3 * a.get(0, i));
      k.multiply(y.at, a.at, b.at, n, false);
      assertMatrix(y, (_, i) => a.get(0, i) * b.get(0, i));
      k.multiply(y.at, a.at, b.at, n, true);
      assertMatrix(y, (_, i) => 2 * a.get(0, i) * b.get(0, i));
      k.add(y.at, a.at, b.at, n);
      assertMatrix(y, (_, i) => a.get(0, i) + b.get(0, i));
      k.copy(y.at, b.at, n);
      assertMatrix(y, (_, i) => b.get(0, i));
      k.clear(y.at, n);
      assertMatrix(y, () => 0);
    }
  });

  test('errorsReverse: h = ebar .* g,  zbar += beta (1 - g) .* e .* ebar', () => {
    for (const n of SIZES) {
      arena.reset();
      const [h, zBar, eBar, e, g] = [vector(n), vector(n), vector(n), vector(n), vector(n)];
      const before = Array.from({ length: n }, (_, i) => zBar.get(0, i));
      k.errorsReverse(h.at, zBar.at, eBar.at, e.at, g.at, 10, n);
      assertMatrix(h, (_, i) => eBar.get(0, i) * g.get(0, i));
      assertMatrix(zBar, (_, i) => before[i]! + 10 * (1 - g.get(0, i)) * e.get(0, i) * eBar.get(0, i), 10);
    }
  });

  test('pack and transpose', () => {
    eachSize((n, m) => {
      const source = vector(n * m);
      const [P, T] = [matrix(n, m), matrix(m, n)];
      k.pack(P.at, source.at, n, m, P.stride);
      k.transpose(T.at, source.at, n, m, T.stride);
      assertMatrix(P, (r, c) => source.get(0, r * m + c));
      assertMatrix(T, (r, c) => source.get(0, c * m + r));
    });
  });
});

describe('activations', () => {
  const close = (actual: number, expected: number) =>
    Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-14 + 3e-6 * Math.abs(expected);

  test('softplus and its slope, from -inf to inf, NaN kept, padding zero', () => {
    const values = [-Infinity, -1e4, -20, -3.5, -1, -1e-3, 0, 1e-3, 0.4, 1, 3.3, 50, 1e4, Infinity, Number.NaN];
    for (let i = 0; i < 400; i++) values.push(draw() * 4);
    for (const beta of [1, 10]) {
      arena.reset();
      const z = vector(values.length, (i) => values[i]!);
      const [y, g] = [vector(values.length), vector(values.length)];
      k.softplus(y.at, g.at, z.at, beta, values.length);
      for (let i = 0; i < values.length; i++) {
        const x = z.get(0, i);
        const expected = Math.max(x, 0) + Math.log1p(Math.exp(-beta * Math.abs(x))) / beta;
        assert.ok(close(y.get(0, i), expected), `softplus(${x}) is ${y.get(0, i)} instead of ${expected}`);
        const slope = 1 / (1 + Math.exp(-beta * x));
        assert.ok(close(g.get(0, i), slope), `slope(${x}) is ${g.get(0, i)} instead of ${slope}`);
      }
      for (let i = values.length; i < y.stride; i++) assert.deepEqual([y.get(0, i), g.get(0, i)], [0, 0]);
    }
  });

  test('softmax and its reverse', () => {
    for (const n of SIZES) {
      arena.reset();
      const z = vector(n, () => 9 * draw() - 100);
      const [y, yBar, zBar] = [vector(n), vector(n), vector(n)];
      const largest = Math.max(...Array.from({ length: n }, (_, i) => z.get(0, i)));
      const total = k.softmax(y.at, z.at, n);
      const expected = sum(n, (i) => Math.exp(z.get(0, i) - largest));
      assert.ok(close(total, expected));
      assertMatrix(y, (_, i) => Math.exp(z.get(0, i) - largest) / expected, 4);
      const before = Array.from({ length: n }, (_, i) => zBar.get(0, i));
      const mean = sum(n, (i) => y.get(0, i) * yBar.get(0, i));
      k.softmaxReverse(zBar.at, y.at, yBar.at, n);
      assertMatrix(zBar, (_, i) => before[i]! + y.get(0, i) * (yBar.get(0, i) - mean), 4);
    }
  });

  test('softmax of a NaN is NaN', () => {
    const z = vector(9, (i) => (i === 5 ? Number.NaN : i));
    const y = vector(9);
    assert.ok(Number.isNaN(k.softmax(y.at, z.at, 9)));
    assert.ok(Number.isNaN(y.get(0, 0)));
  });
});

describe('images', () => {
  for (const n of [1, 7, 8, 9, 64, 100])
    test(`of ${n} pixels`, () => {
      arena.reset();
      const images = Array.from({ length: 7 }, (_, s) =>
        Uint8Array.from({ length: n }, () => (s === 3 ? 0 : Math.max(0, Math.floor(256 * draw())))),
      );
      const at = images.map((image) => {
        const address = arena.bytes(n);
        arena.write(address, image);
        return address;
      });
      const table = vector(256, (byte) => byte / 255);
      const y = vector(n);
      k.lookUp(y.at, at[0]!, table.at, n);
      assertMatrix(y, (_, p) => images[0]![p]! / 255);

      const lists = arena.rows(7, n);
      const values = arena.rows(7, n);
      const counts = arena.floats(7);
      const places = arena.bytes(256 * 8);
      for (let byte = 0; byte < 256; byte++)
        arena.write(places + byte * 8, Uint8Array.from([...Array(8).keys()].filter((place) => (byte >> place) & 1)));
      const X = matrix(n, 7, () => 0);
      const active = images.map((image) => [...image.keys()].filter((p) => image[p]! > 0));
      images.forEach((_, s) => {
        const count = k.activePixels(lists.at(s), values.at(s), at[s]!, table.at, places, n, X.at + 4 * s, X.stride);
        assert.equal(count, active[s]!.length);
        arena.write(counts + 4 * s, new Uint8Array(Int32Array.of(count).buffer));
        const listed = new Uint16Array(arena.memory.buffer, lists.at(s), count);
        assert.deepEqual([...listed], active[s]);
        active[s]!.forEach((p, i) => {
          assert.equal(arena.get(values.at(s) + 4 * i), Math.fround(images[s]![p]! / 255));
        });
      });
      assertMatrix(X, (p, s) => images[s]![p]! / 255);

      const gathered = vector(n, () => 1);
      k.scatter(gathered.at, values.at(0), lists.at(0), active[0]!.length);
      assertMatrix(gathered, (_, p) => 1 + images[0]![p]! / 255);

      // W += X M, column by column of the images' pixels.
      const M = matrix(7, 5);
      const even = n + (n % 2);
      const W = matrix(even, 5, () => 1);
      const ends = arena.floats(even / 2);
      const index = arena.bytes(7 * even);
      const packed = arena.floats(7 * even);
      k.toColumnPairs(ends, index, packed, lists.base, lists.stride, values.base, values.stride, counts, 7, n);
      k.addColumnPairs(W.at, M.at, ends, index, packed, 7, n, 5, M.stride);
      assertMatrix(W, (p, c) => 1 + sum(7, (s) => ((images[s]![p] ?? 0) / 255) * M.get(s, c)), 7);

      const wide = arena.rows(7 + 4, Math.ceil(n / 2));
      images.forEach((_, s) => {
        k.widen(wide.at(s), at[s]!, n);
      });
      const G = arena.rows(7, 12);
      const parts = arena.floats(Math.ceil(wide.stride / 16));
      k.gram(G.base, wide.base, parts, 0.5, 2, 7, G.stride / 4, wide.stride / 2);
      for (let i = 2; i < 7; i++)
        for (let j = 0; j < i; j++)
          assert.equal(arena.get(G.at(i) + 4 * j), 0.5 * sum(n, (p) => images[i]![p]! * images[j]![p]!));
    });
});

test('uniform draws the very bits that drawWeights draws', () => {
  arena.reset();
  const layers = [31, 17, 5, 1];
  const key = [0x12345678, -5] as const;
  const { weights, feedbackWeights } = drawWeights(key, { layers, feedback: 'fix' });
  [...weights, ...feedbackWeights!].forEach((expected, m) => {
    const l = m % 3;
    const at = arena.floats(expected.length + 48);
    const scale = Math.fround(Math.sqrt(6 / (layers[l]! + layers[l + 1]!)) / 2 ** 31);
    k.uniform(at, expected.length, key[0], key[1], m, scale);
    assert.deepEqual(arena.view(at, expected.length).slice(), expected);
  });
});
