import { type Arena, padded, type Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import { LazyMatrix } from './lazy-matrix.js';

/** How one layer's weights are laid out and how they change. */
export interface WeightsShape {
  readonly post: number;
  /** Size of the pre-synaptic side: neurons or pixels, or the samples in sample space. */
  readonly pre: number;
  /** Stored as pre x post? */
  readonly transposed: boolean;
  /** Rows of the storage that matter from step t on; the first so many. */
  readonly rowsAt: (step: number) => number;
  /** Training steps T. */
  readonly steps: number;
  /** Steps in a block. */
  readonly block: number;
  /** Rank-one updates in a step. */
  readonly rank: number;
  /** Does the rule scale W, so that there are factors f = 1 + a? */
  readonly decays: boolean;
  /** Address of W_0. */
  readonly initial: number;
}

/**
 * One layer's W through all steps of an episode: W_{t+1} = f_t W_t + sum_u U_tu R_tu'.
 *
 * A copy is kept at the start of each block of steps. Within a block W_t is that copy and the block's earlier updates,
 * which are applied in one pass at its end. So the way back finds every W_t again without undoing anything: no drift,
 * and no division by an f that may be zero.
 */
export class Weights {
  readonly shape: WeightsShape;
  /** Factors, `rank` rows a step; the rule writes them before it calls `update`. */
  readonly U: Rows;
  readonly R: Rows;
  /** The same two, as the storage's row side and column side. */
  readonly left: Rows;
  readonly right: Rows;
  /** W at the step last sought. */
  readonly now: LazyMatrix;
  readonly #copies: Rows;
  readonly #f: Float64Array;

  constructor(arena: Arena, kernels: Kernels, shape: WeightsShape) {
    const { post, pre, transposed, steps, block, rank, decays } = shape;
    this.shape = shape;
    this.U = arena.rows(steps * rank, post);
    this.R = arena.rows(steps * rank, pre);
    [this.left, this.right] = transposed ? [this.R, this.U] : [this.U, this.R];
    const [rows, columns] = transposed ? [pre, post] : [post, pre];
    this.now = new LazyMatrix(arena, kernels, { rows, columns, factors: block * rank, weighted: decays });
    this.#copies = arena.rows(Math.ceil(steps / block), rows * padded(columns));
    this.#f = new Float64Array(steps);
  }

  /** Address of W at the start of a block. */
  copy(block: number): number {
    return block === 0 ? this.shape.initial : this.#copies.at(block - 1);
  }

  /** The final W, all updates applied. */
  get final(): number {
    return this.copy(Math.ceil(this.shape.steps / this.shape.block));
  }

  /** Makes `now` the W before step t's update. */
  seek(step: number): void {
    this.#express(step, Math.floor(step / this.shape.block));
  }

  /** x = W p, p pre-synaptic; with `add`, x += W p. */
  toPost(x: number, p: number, add: boolean): void {
    if (this.shape.transposed) this.now.timesTransposed(x, p, add);
    else this.now.times(x, p, add);
  }

  /** x = W'p, p post-synaptic; with `add`, x += W'p. */
  toPre(x: number, p: number, add: boolean): void {
    if (this.shape.transposed) this.now.times(x, p, add);
    else this.now.timesTransposed(x, p, add);
  }

  /** Ends step t, whose factors are in place: W_{t+1} = f W_t + sum_u U_u R_u'. */
  update(step: number, f: number): void {
    const { block, steps } = this.shape;
    this.#f[step] = f;
    if ((step + 1) % block !== 0 && step + 1 !== steps) return;
    const index = Math.floor(step / block);
    this.#express(step + 1, index);
    this.now.rows = this.shape.rowsAt(step);
    this.now.apply(this.copy(index + 1));
  }

  /** W before step t as the copy of a block and the updates since. */
  #express(step: number, index: number): void {
    const { block, rank, decays } = this.shape;
    const { now } = this;
    const start = index * block;
    now.base = this.copy(index);
    now.rows = this.shape.rowsAt(step);
    now.left = this.left.at(start * rank);
    now.right = this.right.at(start * rank);
    now.count = (step - start) * rank;
    if (!decays) return;
    now.sigma = 1;
    for (let s = step - 1; s >= start; s--) {
      for (let u = 0; u < rank; u++) now.setRho((s - start) * rank + u, now.sigma);
      now.sigma *= this.#f[s]!;
    }
  }
}
