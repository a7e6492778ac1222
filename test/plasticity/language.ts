/** Random formulas of the whole grammar, with states, and an episode that reads them densely, with no algebra at all. */
import { type Episode, imageOf } from '#dist/engine/episode.js';
import type { Feedback } from '#dist/network/feedback.js';
import { parseFormula } from '#dist/plasticity/grammar.js';
import { standardNormal } from '#dist/random/normal.js';
import type { GivenEpisode } from '../engine/random-episode.ts';
import { type Dense, denseValue } from './formulas.ts';

export type Shape = 'scalar' | 'post' | 'pre' | 'matrix';

/** A rule's words: terms for W (F0 not among them) and B, and states with the shapes that they were made with. */
export interface Words {
  readonly terms: readonly string[];
  readonly states: readonly string[];
  readonly constants: readonly string[];
}

/** Draws words from numbers in [-1, 1): up to three states, each also of the others, and a formula for W and, if plastic, B. */
export function randomWords(draw: () => number, feedback: Feedback): Words {
  const uniform = () => (draw() + 1) / 2;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
  const shapes = Array.from({ length: Math.floor(uniform() * 4) }, () =>
    pick(['scalar', 'post', 'pre', 'matrix'] as const),
  );
  const statesOf = (shape: Shape) => shapes.flatMap((other, i) => (other === shape ? [`m${i}`] : []));
  const leaves: Readonly<Record<Shape, readonly string[]>> = {
    scalar: ['0.5', '(-0.3)', 'p', 'loss', 'r', 'c', ...statesOf('scalar')],
    post: ['y', 'e', 'z', 'g', 'xi', 'one', ...statesOf('post')],
    pre: ['y_pre', 'e_pre', 'g_pre', 'one_pre', ...statesOf('pre')],
    matrix: ['W', "(e y_pre')", ...(feedback === 'dfa' ? [] : ['B']), ...statesOf('matrix')],
  };
  const formula = (shape: Shape, depth: number): string => {
    if (depth <= 0) return pick(leaves[shape]);
    const sub = (of: Shape) => `(${formula(of, depth - 1)})`;
    const vector = (of: 'post' | 'pre'): (() => string)[] => [
      () => `${sub(of)} .* ${sub(of)}`,
      () => `${pick(['relu', 'abs', 'sign', 'step', 'tanh', 'sigmoid', 'square'])}(${sub(of)})`,
      () => `${pick(['max', 'min'])}(${sub(pick([of, 'scalar']))}, ${sub(of)})`,
      () => `${sub(of)} ./ (${of === 'post' ? 'one' : 'one_pre'} + ${sub(of)}.^2)`,
      () => `exp(tanh(${sub(of)}))`,
    ];
    const special: Readonly<Record<Shape, readonly (() => string)[]>> = {
      scalar: [
        () => `${pick(['sum', 'mean', 'norm'])}(${sub(pick(['post', 'pre', 'matrix']))})`,
        () => `${sub('post')}' ${sub('matrix')} ${sub('pre')}`,
        () => `${sub('scalar')} / (1 + ${sub('scalar')}.^2)`,
        () => `log(1 + sqrt(1 + square(${sub('scalar')})))`,
      ],
      post: [...vector('post'), () => `${sub('matrix')} ${sub('pre')}`],
      pre: [...vector('pre'), () => `${sub('matrix')}' ${sub('post')}`],
      matrix: [
        () => `${sub('post')} ${sub('pre')}'`,
        () => `${sub('post')} ${sub('pre')}' .* ${sub('matrix')}`,
        () => `${sub('matrix')} .* ${sub('matrix')}`,
        () => `${sub('matrix')}.^2`,
      ],
    };
    const common = [() => `${sub(shape)} + ${sub(shape)}`, () => `${sub('scalar')} ${sub(shape)} - ${sub(shape)}`];
    return pick([...special[shape], ...special[shape], ...common])();
  };
  const zero = { scalar: '0 r', post: '0 y', pre: '0 y_pre', matrix: "0 (y y_pre')" };
  return {
    states: shapes.map((shape, i) => `m${i} = 0.5 tanh(0.3) (${formula(shape, 1)}) + ${zero[shape]}`),
    terms: [
      `own = ${formula('matrix', 1 + Math.floor(uniform() * 3))} + 0.1 c W`,
      ...(feedback === 'plastic' ? [`B.own = ${formula('matrix', 2)}`] : []),
    ],
    constants: ['c'],
  };
}

const column = (x: ArrayLike<number>): Dense => Array.from(x, (value) => [value]);
const map = (m: Dense, f: (x: number, i: number, j: number) => number): Dense =>
  m.map((row, i) => row.map((x, j) => f(x, i, j)));
const times = (m: Dense, x: readonly number[]) => m.map((row) => row.reduce((sum, w, j) => sum + w * x[j]!, 0));
const transposed = (m: Dense): Dense => m[0]!.map((_, j) => m.map((row) => row[j]!));

/** The query loss of an episode, each formula read as it is written on whole matrices. `theta`: F0's, the terms', then c. */
export function denseLoss(episode: GivenEpisode, { terms, states }: Words, theta: readonly number[]): number {
  const { layers, beta, activation = 'softplus', feedback, noise = 0 } = episode.network;
  const L = layers.length - 1;
  const { weights, feedbackWeights } = episode.matrices.given;
  const rowsOf = (data: ArrayLike<number>, columns: number): Dense =>
    Array.from({ length: data.length / columns }, (_, i) =>
      Array.from({ length: columns }, (_, j) => data[i * columns + j]!),
    );
  let W = weights.map((data, l) => rowsOf(data, layers[l]!));
  let B0 = feedbackWeights?.map((data, l) => rowsOf(data, layers[l]!));
  const sizes = new Map<string, (l: number) => Dense>();
  const kept = states.map((text) => [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf('=') + 1)] as const);
  kept.forEach(([name, text]) => {
    const [kind] = ['0 r', "0 (y y_pre')", '0 y_pre', '0 y'].filter((zero) => text.endsWith(`+ ${zero}`));
    const size = { '0 r': () => [1, 1], "0 (y y_pre')": (l: number) => [layers[l + 1], layers[l]] }[kind!];
    const of = size ?? ((l: number) => [layers[kind === '0 y' ? l + 1 : l], 1]);
    sizes.set(name, (l) => {
      const [m, n] = of(l) as [number, number];
      return Array.from({ length: m }, () => Array<number>(n).fill(0));
    });
  });
  let memory = W.map((_, l) => Object.fromEntries(kept.map(([name]) => [name, sizes.get(name)!(l)])));
  const act = (z: number) =>
    ({
      softplus: () => Math.log1p(Math.exp(beta * z)) / beta,
      relu: () => Math.max(z, 0),
      tanh: () => Math.tanh(z),
      sigmoid: () => 1 / (1 + Math.exp(-z)),
      identity: () => z,
    })[activation]();
  const slope = (z: number) =>
    ({
      softplus: () => 1 / (1 + Math.exp(-beta * z)),
      relu: () => (z > 0 ? 1 : 0),
      tanh: () => 1 - Math.tanh(z) ** 2,
      sigmoid: () => act(z) * (1 - act(z)),
      identity: () => 1,
    })[activation]();
  const forward = (input: readonly number[], xi?: readonly number[][]) => {
    const y = [input];
    const z: (readonly number[])[] = [input];
    for (let l = 0; l < L; l++) {
      const current = times(W[l]!, y[l]!).map((value, i) => value + noise * (xi ? xi[l]![i]! : 0));
      z.push(current);
      const total = current.reduce((sum, value) => sum + Math.exp(value), 0);
      y.push(l < L - 1 ? current.map(act) : current.map((value) => Math.exp(value) / total));
    }
    return { y, z };
  };
  const inputs = (part: Episode['train']) =>
    Array.from(part.labels, (label, t) => ({
      label,
      x: Array.from(imageOf(part, t, layers[0]!), (pixel) => pixel / 255),
    }));
  inputs(episode.train).forEach(({ x, label }, t) => {
    const xi = layers.slice(1).map((n, l) => {
      const numbers = new Float64Array(n);
      standardNormal(episode.noiseKey!, t * 512 + l + 1, numbers);
      return [...numbers];
    });
    const { y, z } = forward(x, xi);
    const B = !B0
      ? W
      : feedback === 'sign'
        ? B0.map((b, l) => map(b, (v, i, j) => Math.abs(v) * Math.sign(W[l]![i]![j]!)))
        : B0;
    const g = y.map((_, l) =>
      l === L
        ? z[l]!.map(() => 1)
        : l > 0
          ? z[l]!.map(slope)
          : x.map((pixel) => (activation === 'softplus' ? 1 - Math.exp(-beta * pixel) : 1)),
    );
    const e: number[][] = [];
    e[L] = y[L]!.map((value, i) => value - (i === label ? 1 : 0));
    for (let l = L; l > 0; l--)
      e[l - 1] = times(transposed(B[l - 1]!), e[feedback === 'dfa' ? L : l]!).map((value, i) => value * g[l - 1]![i]!);
    const p = y[L]![label]!;
    const best = y[L]!.indexOf(Math.max(...y[L]!));
    const after = W.map((w, l) => {
      const names: Record<string, Dense> = {
        ...{
          y: column(y[l + 1]!),
          e: column(e[l + 1]!),
          z: column(z[l + 1]!),
          g: column(g[l + 1]!),
          xi: column(xi[l]!),
        },
        ...{ y_pre: column(y[l]!), e_pre: column(e[l]!), g_pre: column(g[l]!) },
        ...{ one: column(y[l + 1]!.map(() => 1)), one_pre: column(y[l]!.map(() => 1)) },
        ...{ r: [[best === label ? 1 : 0]], p: [[p]], loss: [[-Math.log(p)]], c: [[theta.at(-1)!]] },
        ...{ W: w, ...(feedback === 'dfa' ? {} : { B: B[l]! }), ...memory[l]! },
      };
      const read = (text: string) => denseValue(parseFormula(text), names);
      const changed = (M: Dense, prefix: string, extra: Dense[] = []) => {
        const changes = [
          ...extra,
          ...terms.flatMap((text, r) => {
            const [name, formula] = [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf('=') + 1)];
            return name === `${prefix}own` ? [map(read(formula), (value) => value * theta[r + 1]!)] : [];
          }),
        ];
        return map(M, (value, i, j) => changes.reduce((sum, change) => sum + change[i]![j]!, value));
      };
      const F0 = map(read("-e y_pre'"), (value) => value * theta[0]!);
      return {
        W: changed(w, '', [F0]),
        B: feedback === 'plastic' ? changed(B0![l]!, 'B.') : B0?.[l],
        memory: Object.fromEntries(kept.map(([name, formula]) => [name, read(formula)])),
      };
    });
    W = after.map((layer) => layer.W);
    B0 = B0 && after.map((layer) => layer.B!);
    memory = after.map((layer) => layer.memory);
  });
  const query = inputs(episode.query);
  return query.reduce((sum, { x, label }) => sum - Math.log(forward(x).y[L]![label]!) / query.length, 0);
}
