import { type Arena, padded, Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import { LazyMatrix } from './lazy-matrix.js';
import type { Weights } from './weights.js';

/** Which products of Lam with U_u and R_u are asked for. */
export interface FactorProducts {
  /** Ubar_u? */
  readonly uBar: boolean;
  /** One row a step: V, where Lam V is asked for in the place of Ubar_u and Rbar_u. */
  readonly V: Rows | undefined;
}

/**
 * Lam = dLoss/dW of one layer, walking back through the steps. What is added to it within a block of steps waits until
 * the block's start; and since all of the block's U and R are known, the products with them are two matrix products,
 *
 *     Ubar_u = Lam R_u,   Rbar_u = Lam'U_u,
 *
 * to which the additions that came since are added step by step. Where R_u = c V and V has no adjoint, as in layer 1, all
 * that is asked for is c Lam V and U'Lam V: so Lam V is made, in the place of Ubar, and Rbar is not. In sample space (W
 * stored as samples x neurons) the rows of the block's own samples come into being within it, and get the same treatment.
 *
 * Where the rule scales W by 1 + a, the adjoint of a is <Lam, W>. Both are a base and a few factors, so it is
 *
 *     <Lam, W_t> = sigma_t <Lam, C> + sum_s rho_s left_s'Lam right_s
 *
 * over W's copy C and the factors of the block's earlier steps. Both parts are carried along: every Lam.add(g, c) stands
 * beside a product with W of g or c, which gives g'C c for one more dot. No division by 1 + a, so it may be 0.
 */
export class Adjoint {
  /** Lam now. */
  readonly now: LazyMatrix;
  readonly #weights: Weights;
  readonly #k: Kernels;
  readonly #arena: Arena;
  /** Rows Lam right_i and Lam'left_i of the block's factors. */
  readonly #leftBars: Rows;
  readonly #rightBars: Rows;
  /** First step of the block, and how many rows Lam had when it was opened. */
  #start = 0;
  #oldRows = 0;
  /** <Lam, C> and left_s'Lam right_s. */
  #withCopy = 0;
  readonly #withFactors: Float64Array;
  readonly #moreDots: number;
  readonly #unused: number;

  readonly #products: readonly FactorProducts[];
  /** What Lam is multiplied with, for each u one row a step: the factors, or V instead of R_u. */
  readonly #left: readonly Rows[];
  readonly #right: readonly Rows[];

  /**
   * @param additions most rank-one additions in a step
   * @param products for each u
   */
  constructor(
    arena: Arena,
    kernels: Kernels,
    weights: Weights,
    { additions, products }: { readonly additions: number; readonly products: readonly FactorProducts[] },
  ) {
    const { block, rank, decays, transposed, post, pre } = weights.shape;
    const [rows, columns] = transposed ? [pre, post] : [post, pre];
    this.#products = products;
    const everyRank = ({ base, stride }: Rows, u: number) => new Rows(base + u * stride, stride * rank);
    const U = products.map((_, u) => everyRank(weights.U, u));
    const R = products.map(({ V }, u) => V ?? everyRank(weights.R, u));
    [this.#left, this.#right] = transposed ? [R, U] : [U, R];
    this.#weights = weights;
    this.#k = kernels;
    this.#arena = arena;
    this.now = new LazyMatrix(arena, kernels, { rows, columns, factors: block * additions, weighted: decays });
    this.now.base = arena.floats(rows * padded(columns));
    this.now.left = arena.floats(block * additions * padded(rows));
    this.now.right = arena.floats(block * additions * padded(columns));
    this.#leftBars = arena.rows(block * rank, rows);
    this.#rightBars = arena.rows(block * rank, columns);
    this.#withFactors = new Float64Array(block * rank);
    this.#moreDots = arena.floats(padded(block * rank));
    this.#unused = arena.floats(padded(Math.max(rows, columns)));
  }

  /** Before step t is walked back: where a block ends there, Lam's products with all of its factors. */
  open(step: number): void {
    const { block, rank, steps, rowsAt, decays } = this.#weights.shape;
    if ((step + 1) % block !== 0 && step + 1 !== steps) return;
    const { now } = this;
    this.#start = step - (step % block);
    this.#oldRows = now.rows = rowsAt(step);
    const { stride, leftStride, base, rows, columns } = now;
    const k = this.#k;
    const count = step + 1 - this.#start;
    for (let u = 0; u < rank; u++) {
      const [left, right] = [this.#left[u]!, this.#right[u]!];
      const [l, r] = [rank * leftStride, rank * stride];
      const [lBar, rBar] = [this.#leftBars.at(u), this.#rightBars.at(u)];
      if (this.#needs(u, 'left'))
        k.nt(lBar, right.at(this.#start), base, count, rows, columns, l, right.stride / 4, stride);
      if (this.#needs(u, 'right'))
        k.nn(rBar, left.at(this.#start), base, count, rows, columns, r, left.stride / 4, stride);
    }
    if (!decays) return;
    const copy = this.#weights.copy(this.#start / block);
    this.#withCopy = 0;
    for (let r = 0; r < rows; r++) this.#withCopy += k.dot(base + r * stride * 4, copy + r * stride * 4, columns);
    const { right } = this.#weights;
    for (let i = 0; i < count * rank; i++)
      this.#withFactors[i] = k.dot(right.at(this.#start * rank + i), this.#rightBars.at(i), columns);
  }

  /** Is the product on that side asked for? Rbar is on the right, in sample space on the left. */
  #needs(u: number, side: 'left' | 'right'): boolean {
    const { uBar, V } = this.#products[u]!;
    return (side === 'left') === this.#weights.shape.transposed ? !V : uBar;
  }

  /** Completes the products with step t's factors; then `uBar` and `rBar` give them. */
  complete(step: number): void {
    const { now } = this;
    const { rank, rowsAt } = this.#weights.shape;
    const k = this.#k;
    const rows = rowsAt(step);
    now.rows = rows;
    for (let u = 0; u < rank; u++) {
      const [l, r] = [this.#left[u]!.at(step), this.#right[u]!.at(step)];
      const [lBar, rBar] = [this.#at(this.#leftBars, step, u), this.#at(this.#rightBars, step, u)];
      const fresh = rows - this.#oldRows;
      if (fresh > 0) {
        const newRows = now.base + this.#oldRows * now.stride * 4;
        if (this.#needs(u, 'left')) k.mv(lBar + this.#oldRows * 4, newRows, r, fresh, now.columns, now.stride, false);
        k.mtv(rBar, newRows, l + this.#oldRows * 4, fresh, now.columns, now.stride, true);
      }
      // In sample space rows come and go, so that what is padding now may not have been before.
      for (let i = rows; i < padded(rows); i++) this.#arena.set(lBar + i * 4, 0);
      if (now.weighted && now.sigma !== 1) {
        k.scale(lBar, lBar, now.sigma, rows);
        k.scale(rBar, rBar, now.sigma, now.columns);
      }
      if (this.#needs(u, 'left')) now.timesPending(lBar, r);
      if (this.#needs(u, 'right')) now.timesPendingTransposed(rBar, l);
    }
  }

  /** Is Lam V made for u, in the place of Ubar_u and Rbar_u? */
  hasV(u: number): boolean {
    return this.#products[u]!.V !== undefined;
  }

  /** Lam R_u of step t; Lam V where that is asked for instead. */
  uBar(step: number, u: number): number {
    return this.#at(this.#weights.shape.transposed ? this.#rightBars : this.#leftBars, step, u);
  }

  /** Lam'U_u of step t. */
  rBar(step: number, u: number): number {
    return this.#at(this.#weights.shape.transposed ? this.#leftBars : this.#rightBars, step, u);
  }

  #at(bars: Rows, step: number, u: number): number {
    return bars.at((step - this.#start) * this.#weights.shape.rank + u);
  }

  /** <Lam, W_t> */
  inner(): number {
    return this.#weights.now.combine(this.#withCopy, this.#withFactors);
  }

  /** Lam *= f */
  scale(f: number): void {
    this.now.scale(f);
    this.#withCopy *= f;
    for (let i = 0; i < this.#withFactors.length; i++) this.#withFactors[i]! *= f;
  }

  /** Reverse of x = W c, g being the adjoint of x:   cBar += W'g,   Lam += g c'.   No cBar (0): nobody needs it. */
  reverseToPost(cBar: number, g: number, c: number): void {
    const { now, shape } = this.#weights;
    if (cBar || shape.decays) this.#weights.toPre(cBar || this.#unused, g, cBar !== 0);
    if (shape.decays) this.#carry(now.right, c, shape.pre);
    this.#add(g, c);
  }

  /** The same where cBar is not needed, and C c is known since the way forward. */
  reverseKnown(g: number, c: number, product: number): void {
    const { now, shape } = this.#weights;
    if (shape.decays) {
      this.#k.mv(now.dots, now.left, g, now.count, shape.post, now.leftStride, false);
      this.#withCopy += this.#k.dot(product, g, shape.post);
      this.#carryFactors(now.right, c, shape.pre);
    }
    this.#add(g, c);
  }

  /** Reverse of x = W'c:   cBar += W g,   Lam += c g' */
  reverseToPre(cBar: number, g: number, c: number): void {
    const { now, shape } = this.#weights;
    if (cBar || shape.decays) this.#weights.toPost(cBar || this.#unused, g, cBar !== 0);
    if (shape.decays) this.#carry(now.left, c, shape.post);
    this.#add(c, g);
  }

  /** Lam += g c' in <Lam, C> and left_s'Lam right_s, right after W times one of g, c; `factors` go with the other, x. */
  #carry(factors: number, x: number, n: number): void {
    this.#withCopy += this.#k.dot(this.#weights.now.product, x, n);
    this.#carryFactors(factors, x, n);
  }

  #carryFactors(factors: number, x: number, n: number): void {
    const { dots, count } = this.#weights.now;
    this.#k.mv(this.#moreDots, factors, x, count, n, padded(n), false);
    for (let i = 0; i < count; i++)
      this.#withFactors[i]! += this.#arena.get(dots + i * 4) * this.#arena.get(this.#moreDots + i * 4);
  }

  #add(post: number, pre: number): void {
    const { now } = this;
    const { transposed } = this.#weights.shape;
    const left = now.left + now.count * now.leftStride * 4;
    this.#k.copy(left, transposed ? pre : post, now.rows);
    // Samples whose turn comes earlier than this step have no part in it.
    const used = padded(now.rows);
    if (used < now.leftStride) this.#k.clear(left + used * 4, now.leftStride - used);
    this.#k.copy(now.right + now.count * now.stride * 4, transposed ? post : pre, now.columns);
    if (now.weighted) now.setRho(now.count, 1);
    now.count++;
  }

  /** Row j of Lam, which was nothing before: in sample space, what sample j's own step adds. */
  setRow(j: number, post: number): void {
    this.#k.copy(this.now.base + j * this.now.stride * 4, post, this.now.columns);
  }

  /** After step t was walked back: where a block starts there, all that was added is applied; before step 0 nobody looks. */
  close(step: number): void {
    if (step !== this.#start) return;
    const { now } = this;
    now.rows = this.#weights.shape.rowsAt(step - 1);
    if (step > 0) now.apply(now.base);
    now.count = 0;
    now.sigma = 1;
  }
}
