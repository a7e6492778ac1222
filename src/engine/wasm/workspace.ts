import type { Program } from '../../plasticity/program.js';
import type { Episode } from '../engine.js';
import { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import { type Images, type Input, PixelInput } from './input.js';
import type { Kernels } from './kernels.js';
import { factorRows, LayerRule } from './layer-rule.js';
import { inSampleSpace, SampleInput } from './sample-input.js';
import { Weights } from './weights.js';

/** One layer: its weights, its rule, and rows of what it holds at each step. */
export interface Layer {
  /** n_l and n_{l-1}. */
  readonly post: number;
  readonly pre: number;
  readonly weights: Weights;
  readonly lam: Adjoint;
  readonly rule: LayerRule;
  readonly y: Rows;
  readonly e: Rows;
  readonly z: Rows;
  readonly g: Rows;
  readonly yBar: number;
  readonly eBar: number;
  readonly zBar: number;
  /** A temporary of n_l floats. */
  readonly h: number;
  /** B_l, n_l x n_{l-1}; 0 where W_l itself feeds back, and in layer 1, whose input has it. */
  readonly B: number;
}

/** The query batch: one row an image. */
export interface QueryRows {
  readonly y: Rows;
  readonly z: Rows;
  readonly g: Rows;
  readonly zBar: Rows;
}

/** Everything an episode of one shape needs in memory; reused from one episode to the next. */
export interface Workspace {
  readonly program: Program;
  readonly beta: number;
  readonly steps: number;
  readonly queries: number;
  readonly fixed: boolean;
  /** Does the rule ask for e_0? */
  readonly needsErrors: boolean;
  readonly input: Input;
  readonly layers: readonly Layer[];
  readonly query: readonly QueryRows[];
  readonly images: Images;
  /** Room for any matrix as it comes, without padding. */
  readonly staging: number;
  /** What the statistics need: three query batches of the widest layer, one vector of it, and ones, one an image. */
  readonly statistics: Readonly<Record<'a' | 'b' | 'c' | 'mean' | 'ones', number>>;
  /** All the layers' adjoints of one step lie together. */
  readonly bars: { readonly at: number; readonly floats: number };
}

/** Does the episode fit a workspace made for another? */
export function fits({ program, beta, steps, queries, fixed, layers }: Workspace, episode: Episode, wanted: Program) {
  return (
    program === wanted &&
    beta === episode.beta &&
    steps === episode.trainLabels.length &&
    queries === episode.queryLabels.length &&
    fixed === (episode.feedback === 'fix') &&
    layers.length === episode.layers.length - 1 &&
    episode.layers.every((n, l) => n === (l === 0 ? layers[0]!.pre : layers[l - 1]!.post))
  );
}

export function makeWorkspace(arena: Arena, kernels: Kernels, episode: Episode, program: Program): Workspace {
  arena.reset();
  const { layers: sizes, beta } = episode;
  const [pixels, first] = [sizes[0]!, sizes[1]!];
  const steps = episode.trainLabels.length;
  const queries = episode.queryLabels.length;
  const fixed = episode.feedback === 'fix';
  const needsErrors = program.nodes.some((node) => node.op === 'leaf' && node.leaf === 'e_pre');
  // Flat from 8 to 16 for rank 1; higher ranks have more updates waiting, hence fewer steps (scripts/bench/NOTES.md).
  const block = program.U.length > 1 ? 8 : 12;
  const total = 3 * sizes.reduce((sum, n) => sum + padded(n), 0);
  const bars = { at: arena.floats(total), floats: total };
  let nextBar = bars.at;
  const bar = (n: number) => {
    const at = nextBar;
    nextBar += padded(n) * 4;
    return at;
  };

  const images = {
    train: arena.bytes(steps * pixels),
    query: arena.bytes(queries * pixels),
    y: arena.floats(256),
    g: arena.floats(256),
  };
  const y = arena.view(images.y, 256);
  for (let byte = 0; byte < 256; byte++) y[byte] = byte / 255;
  const g = arena.view(images.g, 256);
  for (let byte = 0; byte < 256; byte++) g[byte] = -Math.expm1((-beta * byte) / 255);

  const inputSize = { pixels, post: first, steps, queries, needsErrors, fixed };
  const input: Input = inSampleSpace(program, fixed, needsErrors, pixels)
    ? new SampleInput(arena, kernels, program, inputSize)
    : new PixelInput(arena, kernels, inputSize);

  // One rank-one addition to Lam for z = W y, one for e = B'e where B is W, one for each product with W in the rule.
  const products = program.nodes.filter(({ op }) => op === 'Wx' || op === 'Wtp').length;
  const layers: Layer[] = [];
  for (let l = 1; l < sizes.length; l++) {
    const [post, pre] = [sizes[l]!, sizes[l - 1]!];
    const below = layers.at(-1);
    const weights = new Weights(arena, kernels, {
      post,
      pre: below ? pre : input.size,
      transposed: !below && input.transposed,
      rowsAt: (!below && input.rowsAt) || (() => post),
      steps,
      block,
      rank: program.U.length,
      decays: program.a >= 0,
    });
    const additions = 1 + products + (fixed ? 0 : 1);
    const lam = new Adjoint(arena, kernels, weights, additions);
    const leaf = (name: string, n: number, kept = true): Rows => {
      const node = program.nodes.findIndex((candidate) => candidate.op === 'leaf' && candidate.leaf === name);
      if (node < 0 && !kept) return new Rows(arena.floats(padded(n)), 0);
      return (node < 0 ? undefined : factorRows(program, weights, node)) ?? arena.rows(steps, n);
    };
    const one = leaf('one', post, false);
    for (let t = 0; t < steps; t++) arena.view(one.at(t), post).fill(1);
    const rows = { y: leaf('y', post), e: leaf('e', post), z: leaf('z', post, false), g: arena.rows(steps, post) };
    const barsHere = { yBar: bar(post), eBar: bar(post), zBar: bar(post) };
    const { yBar, eBar, zBar } = barsHere;
    const preOnes = () => {
      const ones = new Rows(arena.floats(padded(pre)), 0);
      arena.view(ones.base, pre).fill(1);
      return ones;
    };
    const pre_ = below ? { y_pre: below.y, e_pre: below.e, one_pre: preOnes() } : input.leaves;
    const rule = new LayerRule(
      arena,
      kernels,
      program,
      weights,
      lam,
      { y: rows.y, e: rows.e, z: rows.z, one, ...pre_ },
      {
        ...{ y: yBar, e: eBar, z: zBar, one: 0, one_pre: 0 },
        ...(below ? { y_pre: below.yBar, e_pre: below.eBar } : { y_pre: 0, e_pre: input.ePreBar }),
      },
    );
    const h = arena.floats(padded(post));
    const B = below && fixed ? arena.floats(post * padded(pre)) : 0;
    layers.push({ post, pre, weights, lam, rule, ...rows, ...barsHere, h, B });
  }
  const query = layers.map(({ post }) => ({
    y: arena.rows(queries, post),
    z: arena.rows(queries, post),
    g: arena.rows(queries, post),
    zBar: arena.rows(queries, post),
  }));
  const staging = arena.floats(8 + Math.max(...layers.map(({ post, pre }) => post * pre)));
  const widest = Math.max(...sizes);
  const batch = () => arena.rows(queries, widest).base;
  const statistics = {
    ...{ a: batch(), b: batch(), c: batch(), mean: arena.floats(padded(widest)), ones: arena.floats(padded(queries)) },
  };
  arena.view(statistics.ones, queries).fill(1);
  return {
    ...{ program, beta, steps, queries, fixed, needsErrors, input, layers, query, images, staging, statistics, bars },
  };
}
