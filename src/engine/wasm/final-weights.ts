import { type Arena, padded, type Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import type { LayerRule } from './layer-rule.js';
import { LazyMatrix } from './lazy-matrix.js';
import type { LowRank } from './low-rank.js';
import type { EpisodeShape, Samples } from './preparation.js';
import type { Weights } from './weights.js';

/**
 * W_1 after the last step, which the statistics ask for, from W_1 before the first. A step multiplies W from the left,
 *
 *     W_{s+1} = (I + sum_w m_w p_w') W_s + m_y x_s' + m_e e_0s' + m_1 1',      m_v = sum_u C_uv U_u,
 *
 * where the rule's V are W'p_w, y_pre, e_pre and one_pre. Walking back with P, the product of the later brackets,
 *
 *     W_T = P_0 W_0 + sum_s (P_{s+1} m_y) x_s' + (P_{s+1} m_e) e_0s' + (P_{s+1} m_1) 1'.
 */
export class FinalWeights {
  readonly #arena: Arena;
  readonly #k: Kernels;
  readonly #program: LowRank;
  readonly #shape: EpisodeShape;
  readonly #pixels: number;
  readonly #post: number;
  readonly #P: LazyMatrix | undefined;
  readonly #block = 16;
  /** P U of a block of steps. */
  readonly #PU: Rows;
  readonly #onY: Rows;
  readonly #onE: Rows;
  readonly #onOnes: number;
  readonly #ends: number;
  readonly #index: number;
  readonly #values: number;
  readonly #W: number;

  constructor(arena: Arena, kernels: Kernels, program: LowRank, shape: EpisodeShape) {
    const { layers, steps, needsErrors } = shape;
    const [pixels, post] = [layers[0]!, layers[1]!];
    this.#pixels = pixels;
    this.#post = post;
    this.#arena = arena;
    this.#k = kernels;
    this.#program = program;
    this.#shape = shape;
    const products = program.V.filter((v) => program.nodes[v]!.op === 'times').length;
    if (products > 0) {
      const factors = this.#block * products;
      const P = new LazyMatrix(arena, kernels, { rows: post, columns: post, factors, weighted: false });
      P.base = arena.floats(post * P.stride);
      P.left = arena.floats(factors * P.stride);
      P.right = arena.floats(factors * P.stride);
      this.#P = P;
    }
    this.#PU = arena.rows(this.#block * program.U.length, post);
    this.#onY = arena.rows(steps, post);
    this.#onE = arena.rows(needsErrors ? steps : 0, post);
    this.#onOnes = arena.floats(padded(post));
    const even = pixels + (pixels & 1);
    this.#ends = arena.floats(even / 2);
    this.#index = arena.bytes(steps * even);
    this.#values = arena.floats(steps * even);
    this.#W = arena.floats(even * padded(post));
  }

  /** Address of the final W_1', pixels x neurons; `e` holds each step's e_0 at the image's pixels. */
  compute(weights: Weights, rule: LayerRule, samples: Samples, e: Rows): number {
    const k = this.#k;
    const { needsErrors, needsOnes, steps, queries } = this.#shape;
    const [pixels, post, n] = [this.#pixels, this.#post, padded(this.#post)];
    this.#walkBack(weights, rule);
    if (this.#P) k.nt(this.#W, samples.WT, this.#P.base, pixels, post, post, n, n, n);
    else k.copy(this.#W, samples.WT, pixels * n);
    // Training samples come after the query's, from the last step to the first.
    this.#addImages(samples, samples.y.at(queries), samples.y.stride, this.#onY);
    if (needsErrors) this.#addImages(samples, e.at(steps - 1), -e.stride, this.#onE);
    if (needsOnes) for (let p = 0; p < pixels; p++) k.axpy(this.#W + p * n * 4, this.#onOnes, 1, post);
    return this.#W;
  }

  /** W' += sum_s values_s on_s', values_s standing at the pixels of sample s that are not black. */
  #addImages({ lists, counts }: Samples, values: number, step: number, on: Rows): void {
    const { steps, queries } = this.#shape;
    const k = this.#k;
    const [ends, index, packed, pixels] = [this.#ends, this.#index, this.#values, this.#pixels];
    const list = lists.at(queries);
    k.toColumnPairs(ends, index, packed, list, lists.stride, values, step, counts + queries * 4, steps, pixels);
    k.addColumnPairs(this.#W, on.base, ends, index, packed, steps, pixels, this.#post, padded(this.#post));
  }

  /** Rows of `onY` and `onE` go from the last step to the first, as the samples do. */
  #walkBack(weights: Weights, rule: LayerRule): void {
    const { steps, needsErrors } = this.#shape;
    const post = this.#post;
    const { nodes, U, V } = this.#program;
    const k = this.#k;
    const P = this.#P;
    k.clear(this.#onY.base, steps * padded(post));
    k.clear(this.#onE.base, needsErrors ? steps * padded(post) : 0);
    k.clear(this.#onOnes, post);
    if (P) {
      k.clear(P.base, post * P.stride);
      for (let i = 0; i < post; i++) this.#arena.set(P.base + (i * P.stride + i) * 4, 1);
      P.count = 0;
    }
    const later = P ? this.#PU : weights.U;
    for (let t = steps - 1; t >= 0; t--) {
      // With P each block of U is multiplied at once, and what came to P within the block is added step by step.
      const first = P ? t - (t % this.#block) : 0;
      const row = (t - first) * U.length;
      if (P) {
        const count = (t + 1 - first) * U.length;
        const U_block = weights.U.at(first * U.length);
        if (P.count === 0) k.nt(later.base, U_block, P.base, count, post, post, P.stride, P.stride, P.stride);
        else for (let u = 0; u < U.length; u++) P.timesPending(later.at(row + u), weights.U.at(t * U.length + u));
      }
      for (let v = 0; v < V.length; v++) {
        const node = nodes[V[v]!]!;
        let to = this.#onOnes;
        if (node.op === 'times' && P) {
          to = P.left + P.count * P.stride * 4;
          k.clear(to, post);
          k.copy(P.right + P.count * P.stride * 4, rule.value(t, node.a), post);
          P.count++;
        } else if (node.op === 'quantity' && node.name !== 'one_pre')
          to = (node.name === 'y_pre' ? this.#onY : this.#onE).at(steps - 1 - t);
        for (let u = 0; u < U.length; u++) {
          const c = rule.coefficient(t, u, v);
          if (c !== 0) k.axpy(to, later.at(row + u), c, post);
        }
      }
      if (P && t % this.#block === 0) {
        P.apply(P.base);
        P.count = 0;
      }
    }
  }
}
