import type { Program } from '../../plasticity/program.js';
import type { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import type { Images, Input, InputSize, StoredMatrix } from './input.js';
import type { Kernels } from './kernels.js';
import type { LayerRule } from './layer-rule.js';
import { LazyMatrix } from './lazy-matrix.js';
import type { Weights } from './weights.js';

/** Above so many pixels the sums of byte times byte could leave int32. */
const MOST_PIXELS = Math.floor((2 ** 31 - 1) / 255 ** 2);

/**
 * May layer 1 live in sample space? W_1 must be seen through W_1 x only, x being images of the episode; that is, the
 * pre-synaptic vectors of the rule must go nowhere but into V, and nothing else may go through W_1.
 */
export function inSampleSpace({ nodes, V, a }: Program, fixed: boolean, needsErrors: boolean, pixels: number): boolean {
  const isPre = (i: number) => nodes[i]!.shape === 'pre';
  const free = nodes.every((node, i) => {
    if (node.op === 'Wx') return false;
    if (node.op === 'dot') return !isPre(node.a);
    if (node.shape === 'pre') return (node.op === 'leaf' || node.op === 'Wtp') && V.includes(i);
    return true;
  });
  return free && a < 0 && (fixed || !needsErrors) && pixels <= MOST_PIXELS && pixels < 65536;
}

/**
 * The first layer without W_1: only V = X W_1' is kept, one row for each image x of the episode, since an update
 * W_1 += u r' changes it by (X r) u'. So the pre-synaptic side of this layer is the samples, and a pre-synaptic vector r
 * is held as X r:
 *
 *     y_pre = x_s -> row s of G = X X',      e_pre = e_0 -> H_s = X e_0,      W'p -> V p.
 *
 * Samples are ordered by need: query images, then training images from the last to the first. Step t changes only what
 * later steps will see, the first S - 1 - t samples, so every vector here is a prefix. The adjoint of V is stored alike.
 */
export class SampleInput implements Input {
  readonly size: number;
  readonly transposed = true;
  readonly rowsAt: (step: number) => number;
  readonly leaves: Input['leaves'];
  readonly ePreBar: number;
  readonly B: StoredMatrix;
  readonly #arena: Arena;
  readonly #k: Kernels;
  readonly #program: Program;
  readonly #shape: InputSize;
  /** The pixels of each sample that are not black: how many, which (uint16), y_0 and g_0 there. */
  readonly #counts: Int32Array;
  readonly #lists: Rows;
  readonly #y: Rows;
  readonly #g: Rows;
  /** e_0 of each step at the same pixels. */
  readonly #e: Rows;
  readonly #h: number;
  /** X as int16, X', G, and W_1' before the first step. */
  readonly #wide: Rows;
  readonly #XT: number;
  readonly #G: Rows;
  readonly #H: Rows;
  readonly #WT: number;
  readonly #ones: Rows;
  readonly #final: FinalWeights;

  constructor(arena: Arena, kernels: Kernels, program: Program, shape: InputSize) {
    const { pixels, post, steps, queries, needsErrors } = shape;
    const S = steps + queries;
    this.#arena = arena;
    this.#k = kernels;
    this.#program = program;
    this.#shape = shape;
    this.size = S;
    this.rowsAt = (step) => S - 1 - step;
    this.#counts = new Int32Array(S);
    this.#lists = arena.rows(S, Math.ceil(pixels / 2));
    this.#y = arena.rows(S, pixels);
    this.#g = arena.rows(needsErrors ? S : queries, pixels);
    this.#e = arena.rows(needsErrors ? steps : 0, pixels);
    this.#h = arena.floats(padded(pixels));
    // Four more rows than samples, for the tiles' last one.
    this.#wide = arena.rows(S + 4, Math.ceil(pixels / 2));
    this.#XT = needsErrors ? arena.floats(pixels * padded(S)) : 0;
    this.#G = arena.rows(S, S + 4);
    this.#H = arena.rows(needsErrors ? steps : 0, S);
    this.#WT = arena.floats(pixels * padded(post));
    this.B = { at: arena.floats(pixels * padded(post)), transposed: true };
    this.#ones = new Rows(arena.floats(padded(S)), 0);
    this.ePreBar = needsErrors ? arena.floats(padded(S)) : 0;
    this.leaves = {
      // Step t's sample is number S - 1 - t.
      y_pre: new Rows(this.#G.at(S - 1), -this.#G.stride),
      e_pre: this.#H,
      one_pre: this.#ones,
    };
    this.#final = new FinalWeights(arena, kernels, program, shape);
  }

  begin({ train, query, y, g }: Images, W: number, weights: Weights): void {
    const { pixels, post, queries, needsErrors } = this.#shape;
    const k = this.#k;
    const S = this.size;
    if (this.#XT) k.clear(this.#XT, pixels * padded(S));
    for (let j = 0; j < S; j++) {
      const t = S - 1 - j;
      const image = j < queries ? query + j * pixels : train + t * pixels;
      const column = this.#XT && this.#XT + j * 4;
      this.#counts[j] = k.activePixels(this.#lists.at(j), this.#y.at(j), image, y, pixels, column, padded(S));
      if (needsErrors || j < queries) k.activePixels(this.#lists.at(j), this.#g.at(j), image, g, pixels, 0, 0);
      k.widen(this.#wide.at(j), image, pixels);
      if (this.#program.nodes.some((node) => node.op === 'leaf' && node.leaf === 'one_pre'))
        this.#arena.set(this.#ones.base + j * 4, this.#arena.view(this.#y.at(j), this.#counts[j]!).reduce((a, b) => a + b, 0));
    }
    k.gram(this.#G.base, this.#wide.base, 1 / 255 ** 2, queries, S, this.#G.stride / 4, this.#wide.stride / 2);
    k.transpose(this.#WT, W, post, pixels, padded(post));
    for (let j = 0; j < S; j++) {
      const row = weights.copy(0) + j * padded(post) * 4;
      k.mtvRows(row, this.#WT, this.#y.at(j), this.#lists.at(j), this.#counts[j]!, post, padded(post), false);
    }
  }

  takeFeedback(B: number): void {
    const { pixels, post } = this.#shape;
    this.#k.transpose(this.B.at, B, post, pixels, padded(post));
  }

  drive(t: number, z: number, weights: Weights): void {
    weights.now.row(z, this.#sample(t));
  }

  reverseDrive(t: number, zBar: number, lam: Adjoint): void {
    lam.setRow(this.#sample(t), zBar);
  }

  #sample(t: number): number {
    return this.size - 1 - t;
  }

  errors(t: number, e: number): void {
    const { post } = this.#shape;
    const k = this.#k;
    const j = this.#sample(t);
    const [list, count, e0] = [this.#lists.at(j), this.#counts[j]!, this.#e.at(t)];
    k.mvRows(e0, this.B.at, e, list, count, post, padded(post));
    k.multiply(e0, e0, this.#g.at(j), count, false);
    k.mtvRows(this.#H.at(t), this.#XT, e0, list, count, this.rowsAt(t), padded(this.size), false);
  }

  reverseErrors(t: number, eBar: number): void {
    const { post } = this.#shape;
    const k = this.#k;
    const j = this.#sample(t);
    const [list, count, h] = [this.#lists.at(j), this.#counts[j]!, this.#h];
    k.mvRows(h, this.#XT, this.ePreBar, list, count, this.rowsAt(t), padded(this.size));
    k.multiply(h, h, this.#g.at(j), count, false);
    k.mtvRows(eBar, this.B.at, h, list, count, post, padded(post), true);
  }

  driveQuery(z: Rows, weights: Weights): void {
    this.#k.copy(z.base, weights.final, this.#shape.queries * padded(this.#shape.post));
  }

  reverseQuery(zBar: Rows, lam: Adjoint): void {
    this.#k.copy(lam.now.base, zBar.base, this.#shape.queries * padded(this.#shape.post));
  }

  sumErrors(y: number, e: number, { at }: StoredMatrix): void {
    const { pixels, post, queries } = this.#shape;
    const k = this.#k;
    k.clear(y, pixels);
    for (let q = 0; q < queries; q++) {
      const [list, count] = [this.#lists.at(q), this.#counts[q]!];
      k.mvRows(this.#h, at, e + q * padded(post) * 4, list, count, post, padded(post));
      k.multiply(this.#h, this.#h, this.#g.at(q), count, false);
      k.scatter(y, this.#h, list, count);
    }
  }

  finalWeights(weights: Weights, rule: LayerRule) {
    const { steps } = this.#shape;
    const first = this.#sample(steps - 1);
    // Rows of training samples, from the last step to the first.
    const at = this.#final.compute(weights, rule, this.#WT, {
      lists: new Rows(this.#lists.at(first), this.#lists.stride),
      counts: this.#counts.subarray(first),
      y: new Rows(this.#y.at(first), this.#y.stride),
      e: new Rows(this.#e.at(steps - 1), -this.#e.stride),
    });
    return { at, transposed: true };
  }
}

/** The training samples' pixels that are not black, from the last step to the first. */
interface Support {
  readonly counts: Int32Array;
  readonly lists: Rows;
  readonly y: Rows;
  readonly e: Rows;
}

/**
 * W_1 after the last step, which the statistics ask for, from W_1 before the first. A step multiplies W from the left,
 *
 *     W_{s+1} = (I + sum_w m_w p_w') W_s + m_y x_s' + m_e e_0s' + m_1 1',      m_v = sum_u C_uv U_u,
 *
 * where the rule's V are W'p_w, y_pre, e_pre and one_pre. Walking back with P, the product of the later brackets,
 *
 *     W_T = P_0 W_0 + sum_s (P_{s+1} m_y) x_s' + (P_{s+1} m_e) e_0s' + (P_{s+1} m_1) 1'.
 */
class FinalWeights {
  readonly #arena: Arena;
  readonly #k: Kernels;
  readonly #program: Program;
  readonly #shape: InputSize;
  readonly #P: LazyMatrix | undefined;
  readonly #block = 16;
  readonly #PU: Rows;
  readonly #onY: Rows;
  readonly #onE: Rows;
  readonly #onOnes: number;
  readonly #counts: number;
  readonly #start: number;
  readonly #index: number;
  readonly #values: number;
  readonly #W: number;

  constructor(arena: Arena, kernels: Kernels, program: Program, shape: InputSize) {
    const { pixels, post, steps, needsErrors } = shape;
    this.#arena = arena;
    this.#k = kernels;
    this.#program = program;
    this.#shape = shape;
    const products = program.V.filter((v) => program.nodes[v]!.op === 'Wtp').length;
    if (products > 0) {
      const factors = this.#block * products;
      const P = new LazyMatrix(arena, kernels, { rows: post, columns: post, factors, weighted: false });
      P.base = arena.floats(post * P.stride);
      P.left = arena.floats(factors * P.stride);
      P.right = arena.floats(factors * P.stride);
      this.#P = P;
    }
    this.#PU = arena.rows(program.U.length, post);
    this.#onY = arena.rows(steps, post);
    this.#onE = arena.rows(needsErrors ? steps : 0, post);
    this.#onOnes = arena.floats(padded(post));
    this.#counts = arena.floats(steps);
    this.#start = arena.floats(pixels + 1);
    this.#index = arena.bytes(2 * steps * pixels);
    this.#values = arena.floats(steps * pixels);
    this.#W = arena.floats(pixels * padded(post));
  }

  /** Address of the final W_1', pixels x neurons, from W_0'. */
  compute(weights: Weights, rule: LayerRule, W0: number, support: Support): number {
    const { pixels, post, steps } = this.#shape;
    const k = this.#k;
    const n = padded(post);
    k.clear(this.#onOnes, post);
    this.#walkBack(weights, rule);
    if (this.#P) k.nt(this.#W, W0, this.#P.base, pixels, post, post, n, n, n);
    else k.copy(this.#W, W0, pixels * n);
    const counts = new Int32Array(this.#arena.view(this.#counts, steps).buffer, this.#counts, steps);
    counts.set(support.counts);
    this.#addSupport(support, support.y, this.#onY);
    if (this.#shape.needsErrors) this.#addSupport(support, support.e, this.#onE);
    if (this.#uses('one_pre')) for (let p = 0; p < pixels; p++) k.axpy(this.#W + p * n * 4, this.#onOnes, 1, post);
    return this.#W;
  }

  #uses(leaf: string): boolean {
    return this.#program.nodes.some((node) => node.op === 'leaf' && node.leaf === leaf);
  }

  /** W' += sum_s values_s on_s' over the pixels of each sample. */
  #addSupport({ lists }: Support, values: Rows, on: Rows): void {
    const { pixels, post, steps } = this.#shape;
    const k = this.#k;
    const [start, index, packed] = [this.#start, this.#index, this.#values];
    k.toColumns(start, index, packed, lists.base, lists.stride, values.base, values.stride, this.#counts, steps, pixels);
    k.addColumns(this.#W, on.base, start, index, packed, pixels, post, padded(post));
  }

  /** Rows of `onY` and `onE` go from the last step to the first, as the samples do. */
  #walkBack(weights: Weights, rule: LayerRule): void {
    const { steps, post } = this.#shape;
    const { nodes, U, V } = this.#program;
    const k = this.#k;
    const P = this.#P;
    k.clear(this.#onY.base, steps * padded(post));
    k.clear(this.#onE.base, this.#shape.needsErrors ? steps * padded(post) : 0);
    if (P) {
      k.clear(P.base, post * P.stride);
      for (let i = 0; i < post; i++) this.#arena.set(P.base + (i * P.stride + i) * 4, 1);
      P.count = 0;
    }
    for (let t = steps - 1; t >= 0; t--) {
      const later = U.map((_, u) => {
        const U_u = weights.U.at(t * U.length + u);
        if (!P) return U_u;
        P.times(this.#PU.at(u), U_u, false);
        return this.#PU.at(u);
      });
      for (const [v, i] of V.entries()) {
        const node = nodes[i]!;
        let to = this.#onOnes;
        if (node.op === 'Wtp' && P) {
          to = P.left + P.count * P.stride * 4;
          k.clear(to, post);
          k.copy(P.right + P.count * P.stride * 4, rule.value(t, node.a), post);
          P.count++;
        } else if (node.op === 'leaf' && node.leaf !== 'one_pre')
          to = (node.leaf === 'y_pre' ? this.#onY : this.#onE).at(steps - 1 - t);
        for (let u = 0; u < U.length; u++) {
          const c = rule.coefficient(t, u, v);
          if (c !== 0) k.axpy(to, later[u]!, c, post);
        }
      }
      if (P && t % this.#block === 0) {
        P.apply(P.base);
        P.count = 0;
      }
    }
  }
}
