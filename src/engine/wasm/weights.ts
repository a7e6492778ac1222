import { type Arena, padded, Rows } from './arena.js';
import type { Kernels } from './kernels.js';

/** How one layer's weights are laid out and how they change. */
export interface WeightsShape {
  readonly post: number;
  /** Size of the pre-synaptic side: neurons or pixels, or the samples in sample space. */
  readonly pre: number;
  /** Stored as pre x post: rows are samples, and at step t only the first `active(t)` of them still matter. */
  readonly transposed: boolean;
  readonly active: (step: number) => number;
  /** Training steps T. */
  readonly steps: number;
  /** Steps in a block. */
  readonly block: number;
  /** Number of rank-one updates in a step. */
  readonly rank: number;
  /** Does the rule scale W, so that there are factors 1 + a? */
  readonly decays: boolean;
}

/**
 * One layer's W through all steps of an episode, W_{t+1} = f_t W_t + sum_u U_tu R_tu'. A copy is kept for each block of
 * steps; inside a block W is that copy plus the block's updates so far, which are applied together at its end:
 *
 *     W_t = sigma C + sum_s rho_s left_s right_s'       over the block's factors of earlier steps
 *
 * with sigma and rho products of the f in between. So the reverse pass finds every W_t again, to the bit, without
 * undoing anything: no drift, and no division by a factor that may be zero.
 */
export class Weights {
  readonly shape: WeightsShape;
  /** Factors, `rank` rows a step: the rule writes them before `update`. */
  readonly U: Rows;
  readonly R: Rows;
  /** The same as the storage's row side and column side. */
  readonly left: Rows;
  readonly right: Rows;
  readonly columns: number;
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  readonly #copies: Rows;
  readonly #factors: Float64Array;
  readonly #dots: number;
  readonly #product: number;
  readonly #rho: number;

  #rows = 0;
  #copy = 0;
  #first = 0;
  #pending = 0;
  #sigma = 1;

  constructor(arena: Arena, kernels: Kernels, shape: WeightsShape) {
    const { post, pre, transposed, steps, block, rank } = shape;
    this.shape = shape;
    this.#arena = arena;
    this.#kernels = kernels;
    this.U = arena.rows(steps * rank, post);
    this.R = arena.rows(steps * rank, pre);
    [this.left, this.right] = transposed ? [this.R, this.U] : [this.U, this.R];
    this.columns = transposed ? post : pre;
    this.#copies = arena.rows(Math.ceil(steps / block) + 1, (transposed ? pre : post) * padded(this.columns));
    this.#factors = new Float64Array(steps);
    this.#dots = arena.floats(padded(block * rank));
    this.#product = arena.floats(padded(Math.max(post, pre)));
    this.#rho = arena.floats(padded(block * rank));
  }

  /** Address of W_0, to be written before the first step: rows of `stride` floats. */
  get initial(): number {
    return this.#copies.at(0);
  }

  /** Floats from one row to the next. */
  get stride(): number {
    return padded(this.columns);
  }

  /** Block of a step; of T, the end. */
  blockOf(step: number): number {
    return step === this.shape.steps ? Math.ceil(step / this.shape.block) : Math.floor(step / this.shape.block);
  }

  /** The copy that block starts with. */
  copyOf(block: number): number {
    return this.#copies.at(block);
  }

  /** Makes W the one before step t's update (of T: the final one). */
  seek(step: number): void {
    const { block, rank, active, steps, decays } = this.shape;
    const index = this.blockOf(step);
    const start = Math.min(index * block, steps);
    this.#copy = this.#copies.at(index);
    this.#rows = active(step);
    this.#first = start * rank;
    this.#pending = (step - start) * rank;
    if (!decays) return;
    this.#sigma = 1;
    for (let s = step - 1; s >= start; s--) {
      for (let u = 0; u < rank; u++) this.#arena.set(this.#rho + ((s - start) * rank + u) * 4, this.#sigma);
      this.#sigma *= this.#factors[s]!;
    }
  }

  /** x = W p, p pre-synaptic (post-synaptic result); with `add`, x += W p. */
  toPost(x: number, p: number, add = false): void {
    if (this.shape.transposed) this.#timesTransposed(x, p, add);
    else this.#times(x, p, add);
  }

  /** x = W'p, p post-synaptic (pre-synaptic result). */
  toPre(x: number, p: number, add = false): void {
    if (this.shape.transposed) this.#times(x, p, add);
    else this.#timesTransposed(x, p, add);
  }

  /** x = row j of the storage: in sample space, W times sample j. */
  row(x: number, j: number): void {
    const { columns, left, right } = this;
    this.#kernels.copy(x, this.#copy + j * this.stride * 4, columns);
    for (let i = 0; i < this.#pending; i++)
      this.#arena.set(this.#dots + i * 4, this.#arena.get(left.at(this.#first + i) + j * 4));
    const factors = right.at(this.#first);
    this.#kernels.mtv(x, factors, this.#dots, this.#pending, columns, right.stride / 4, true);
  }

  /** Ends step t: W_{t+1} = f W_t + sum_u U_u R_u', whose factors are in place. */
  update(step: number, f: number): void {
    const { steps, block, rank, decays } = this.shape;
    this.#factors[step] = f;
    if ((step + 1) % block !== 0 && step + 1 !== steps) return;
    const index = this.blockOf(step);
    const first = index * block * rank;
    const count = (step + 1) * rank - first;
    let sigma = 1;
    if (decays) {
      // The copy takes U times rho; the factors themselves stay, for the reverse pass.
      this.seek(step);
      sigma = this.#sigma * f;
    }
    this.#apply(index, sigma, f, first, count);
  }

  #apply(index: number, sigma: number, f: number, first: number, count: number): void {
    const { shape, left, right, columns, stride } = this;
    const rows = shape.active(Math.min((index + 1) * shape.block, shape.steps) - 1);
    let l = left.at(first);
    if (shape.decays) {
      l = this.#scaled ??= this.#arena.floats((shape.block * shape.rank * left.stride) / 4);
      for (let i = 0; i < count; i++) {
        const rho = i < this.#pending ? this.#arena.get(this.#rho + i * 4) * f : 1;
        this.#kernels.scale(l + i * left.stride, left.at(first + i), rho, left.stride / 4);
      }
    }
    this.#kernels.ger(
      this.#copies.at(index + 1),
      this.#copies.at(index),
      sigma,
      l,
      right.at(first),
      count,
      rows,
      columns,
      stride,
      left.stride / 4,
      right.stride / 4,
    );
  }
  #scaled: number | undefined;

  #times(x: number, p: number, add: boolean): void {
    const { left, right, columns, stride } = this;
    const k = this.#kernels;
    if (this.#sigma === 1) k.mv(x, this.#copy, p, this.#rows, columns, stride, add);
  }
}
