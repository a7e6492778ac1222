import type { Node } from '../../plasticity/program.js';
import { layerPrograms, type Rule } from '../../plasticity/rule.js';
import { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import { type Input, PixelInput } from './input.js';
import type { Kernels } from './kernels.js';
import { factorRows, type LayerLeaf, LayerRule, type LeafBars, type LeafRows } from './layer-rule.js';
import { type LowRank, lowRankOf } from './low-rank.js';
import type { Preparation } from './preparation.js';
import { SampleInput } from './sample-input.js';
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
  /** B_l, n_l x n_{l-1}, or n_L x n_{l-1} with direct feedback; 0 where W_l itself feeds back, and in layer 1, whose input has it. */
  readonly B: number;
}

/** The query batch: one row an image. */
export interface QueryRows {
  readonly y: Rows;
  readonly z: Rows;
  readonly g: Rows;
  readonly zBar: Rows;
}

/** Everything that an episode needs in memory while it runs, once it is prepared; reused by the next of its shape and rule. */
export interface Workspace {
  readonly preparation: Preparation;
  readonly input: Input;
  readonly layers: readonly Layer[];
  readonly query: readonly QueryRows[];
  /** What the statistics need: three query batches of the widest layer, one vector of it, and ones, one an image. */
  readonly statistics: Readonly<Record<'a' | 'b' | 'c' | 'mean' | 'ones', number>>;
  /** All the layers' adjoints of one step lie together. */
  readonly bars: { readonly at: number; readonly floats: number };
}

export function makeWorkspace(arena: Arena, kernels: Kernels, preparation: Preparation, rule: Rule): Workspace {
  const { samples, pixels } = preparation;
  const { layers: sizes, queries } = preparation.shape;
  const programs = layerPrograms(rule, sizes.length - 1).map(lowRankOf);
  const input: Input = samples
    ? new SampleInput(arena, kernels, programs[0]!, preparation, samples)
    : new PixelInput(arena, kernels, preparation, pixels!, programs[0]!.scale >= 0);

  const floats = 3 * sizes.reduce((sum, n) => sum + padded(n), 0);
  const bars = { at: arena.floats(floats), floats };
  const layers: Layer[] = [];
  let bar = bars.at;
  for (let l = 1; l < sizes.length; l++) {
    layers.push(makeLayer(arena, kernels, programs[l - 1]!, preparation, input, layers, bar));
    bar += 3 * padded(sizes[l]!) * 4;
  }
  const query = layers.map(({ post }) => {
    const rows = () => arena.rows(queries, post);
    return { y: rows(), z: rows(), g: rows(), zBar: rows() };
  });
  const widest = Math.max(...sizes);
  const batch = () => arena.rows(queries, widest).base;
  const ones = arena.floats(padded(queries));
  arena.view(ones, queries).fill(1);
  const statistics = { a: batch(), b: batch(), c: batch(), mean: arena.floats(padded(widest)), ones };
  return { preparation, input, layers, query, statistics, bars };
}

/**
 * Steps in a block. From 8 to 16 the speed is the same (scripts/bench/NOTES.md); the more, the fewer copies of W, but the
 * more corrections.
 */
const BLOCK = 12;

const isLeaf = (node: Node, leaf: LayerLeaf): boolean => node.op === 'quantity' && node.name === leaf;

/** The layer on top of those there are; its adjoints lie from `bar` on. */
function makeLayer(
  arena: Arena,
  kernels: Kernels,
  program: LowRank,
  { shape, weights: initial, feedback }: Preparation,
  input: Input,
  layers: readonly Layer[],
  bar: number,
): Layer {
  const { layers: sizes, steps, fixed } = shape;
  const l = layers.length;
  const below = layers.at(-1);
  const [post, pre] = [sizes[l + 1]!, sizes[l]!];
  const weights = new Weights(arena, kernels, {
    post,
    pre: below ? pre : input.size,
    transposed: !below && input.transposed,
    rowsAt: (!below && input.rowsAt) || (() => post),
    steps,
    block: BLOCK,
    rank: program.U.length,
    decays: program.scale >= 0,
    initial: initial[l]!,
  });
  const rows = (leaf: LayerLeaf): Rows => {
    const node = program.nodes.findIndex((candidate) => isLeaf(candidate, leaf));
    const factors = node < 0 ? undefined : factorRows(program, weights, node);
    // The same at every step, or nobody asks for it at another.
    const single = leaf === 'one' || (leaf === 'z' && node < 0);
    return factors ?? (single ? new Rows(arena.floats(padded(post)), 0) : arena.rows(steps, post));
  };
  const [y, e, z, one] = [rows('y'), rows('e'), rows('z'), rows('one')];
  for (let t = 0; t < steps; t++) arena.view(one.at(t), post).fill(1);
  const ones = new Rows(arena.floats(padded(pre)), 0);
  arena.view(ones.base, pre).fill(1);
  const onPre = below ? { y_pre: below.y, e_pre: below.e, one_pre: ones } : input.leaves;

  const [yBar, eBar, zBar] = [bar, bar + padded(post) * 4, bar + 2 * padded(post) * 4];
  const preBars = below ? { y_pre: below.yBar, e_pre: below.eBar } : { y_pre: 0, e_pre: input.ePreBar };
  const leafBars = { y: yBar, e: eBar, z: zBar, one: 0, one_pre: 0, ...preBars };
  const leaves = { y, e, z, one, ...onPre };
  // To Lam: one for z = W y, one for each product with W in the rule, and one for e = W'e where W feeds back.
  const products = program.nodes.filter(({ op }) => op === 'times').length;
  const lam = new Adjoint(arena, kernels, weights, {
    additions: 1 + products + (fixed ? 0 : 1),
    products: program.U.map((i, u) => {
      const uBar = !isLeaf(program.nodes[i]!, 'one');
      return { uBar, V: uBar ? onlyConstant(program, u, leaves, leafBars) : undefined };
    }),
  });
  const rule = new LayerRule(arena, kernels, program, weights, lam, leaves, leafBars);
  const h = arena.floats(padded(post));
  const B = (below && feedback[l]) || 0;
  return { post, pre, weights, lam, rule, y, e, z, g: arena.rows(steps, post), yBar, eBar, zBar, h, B };
}

/** The rows of V where R_u = c V with a leaf V that has no adjoint; not where W decays, as that adjoint asks for Rbar_u. */
function onlyConstant({ nodes, V, C, scale }: LowRank, u: number, leaves: LeafRows, bars: LeafBars): Rows | undefined {
  const used = V.filter((_, v) => C[u]![v]! >= 0);
  const node = nodes[used[0]!];
  const leaf = node?.op === 'quantity' ? (node.name as LayerLeaf) : undefined;
  return scale < 0 && used.length === 1 && leaf && !bars[leaf] ? leaves[leaf] : undefined;
}
