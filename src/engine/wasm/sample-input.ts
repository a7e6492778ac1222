import type { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import { FinalWeights } from './final-weights.js';
import type { Input, StoredMatrix } from './input.js';
import type { Kernels } from './kernels.js';
import type { LayerRule } from './layer-rule.js';
import type { LowRank } from './low-rank.js';
import type { Preparation, Samples } from './preparation.js';
import type { Weights } from './weights.js';

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
  readonly #k: Kernels;
  readonly #data: Samples;
  readonly #pixels: number;
  readonly #post: number;
  readonly #queries: number;
  /** e_0 of each step, at the pixels of its image that are not black. */
  readonly #e: Rows;
  /** A temporary of the way back, and one of the statistics, which may run beside it. */
  readonly #h: number;
  readonly #queryH: number;
  readonly #final: FinalWeights;

  constructor(arena: Arena, kernels: Kernels, program: LowRank, { shape, feedback }: Preparation, data: Samples) {
    const { layers, steps, queries, needsErrors } = shape;
    const pixels = layers[0]!;
    const S = steps + queries;
    this.#k = kernels;
    this.#data = data;
    this.#pixels = pixels;
    this.#post = layers[1]!;
    this.#queries = queries;
    this.size = S;
    this.rowsAt = (step) => S - 1 - step;
    this.B = { at: feedback[0] ?? 0, post: shape.feedbackPost[0] ?? 0, transposed: true };
    this.#e = arena.rows(needsErrors ? steps : 0, pixels);
    this.#h = arena.floats(padded(pixels));
    this.#queryH = arena.floats(padded(pixels));
    this.ePreBar = needsErrors ? arena.floats(padded(S)) : 0;
    this.leaves = {
      // Step t's sample is number S - 1 - t.
      y_pre: new Rows(data.G.at(S - 1), -data.G.stride),
      e_pre: arena.rows(needsErrors ? steps : 0, S),
      one_pre: new Rows(data.ones, 0),
    };
    this.#final = new FinalWeights(arena, kernels, program, shape);
  }

  drive(t: number, z: number, weights: Weights): void {
    weights.now.row(z, this.#sample(t));
  }

  reverseDrive(t: number, zBar: number, lam: Adjoint): void {
    lam.setRow(this.#sample(t), zBar);
  }

  errors(t: number, e: number): void {
    const k = this.#k;
    const j = this.#sample(t);
    const { count, lists, g, XT } = this.#data;
    const [list, n, e0] = [lists.at(j), count(j), this.#e.at(t)];
    k.mvRows(e0, this.B.at, e, list, n, this.B.post, padded(this.B.post));
    k.multiply(e0, e0, g.at(j), n, false);
    k.mtvRows(this.leaves.e_pre.at(t), XT, e0, list, n, this.rowsAt(t), padded(this.size), false);
  }

  reverseErrors(t: number, eBar: number): void {
    const k = this.#k;
    const j = this.#sample(t);
    const { count, lists, g, XT } = this.#data;
    const [list, n, h] = [lists.at(j), count(j), this.#h];
    k.mvRows(h, XT, this.ePreBar, list, n, this.rowsAt(t), padded(this.size));
    k.multiply(h, h, g.at(j), n, false);
    k.mtvRows(eBar, this.B.at, h, list, n, this.B.post, padded(this.B.post), true);
  }

  driveQuery(z: Rows, weights: Weights): void {
    this.#k.copy(z.base, weights.final, this.#queries * padded(this.#post));
  }

  reverseQuery(zBar: Rows, lam: Adjoint): void {
    this.#k.copy(lam.now.base, zBar.base, this.#queries * padded(this.#post));
  }

  sumErrors(y: number, e: number, { at, post }: StoredMatrix): void {
    const k = this.#k;
    const { count, lists, g } = this.#data;
    const h = this.#queryH;
    k.clear(y, this.#pixels);
    for (let q = 0; q < this.#queries; q++) {
      k.mvRows(h, at, e + q * padded(post) * 4, lists.at(q), count(q), post, padded(post));
      k.multiply(h, h, g.at(q), count(q), false);
      k.scatter(y, h, lists.at(q), count(q));
    }
  }

  finalWeights(weights: Weights, rule: LayerRule) {
    return { at: this.#final.compute(weights, rule, this.#data, this.#e), post: this.#post, transposed: true };
  }

  /** Number of step t's image among the samples. */
  #sample(t: number): number {
    return this.size - 1 - t;
  }
}
