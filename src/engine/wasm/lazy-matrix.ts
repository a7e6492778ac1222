import { type Arena, padded } from './arena.js';
import type { Kernels } from './kernels.js';

export interface LazyMatrixSize {
  /** Most rows it ever has. */
  readonly rows: number;
  readonly columns: number;
  /** Most pending factors. */
  readonly factors: number;
  /** Do base and factors carry weights of their own (sigma and rho)? Else these stay 1 and cost nothing. */
  readonly weighted: boolean;
}

/**
 * A matrix that puts off its low-rank updates, so that many of them are applied in one pass:
 *
 *     M = sigma C + sum_{i < count} rho_i left_i right_i'
 *
 * C, left and right are arrays of rows that lie elsewhere: whoever owns the matrix moves these fields about.
 */
export class LazyMatrix {
  readonly columns: number;
  /** Floats from one row to the next: of C and right, and of left. */
  readonly stride: number;
  readonly leftStride: number;
  readonly weighted: boolean;
  /** Rows in use, the first so many. */
  rows: number;
  /** Addresses of C, of the factors, and how many there are. */
  base = 0;
  left = 0;
  right = 0;
  count = 0;
  sigma = 1;
  /** Of the last product of a weighted matrix: C x (or C'x), and the dots right_i'x (or left_i'x). */
  product = 0;
  readonly dots: number;

  readonly #arena: Arena;
  readonly #k: Kernels;
  readonly #rho: number;
  /** C x and C'x: two, since kernels leave a vector's padding alone, and it must stay zero. */
  readonly #product: number;
  readonly #productTransposed: number;
  readonly #temporary: number;

  constructor(arena: Arena, kernels: Kernels, { rows, columns, factors, weighted }: LazyMatrixSize) {
    this.#arena = arena;
    this.#k = kernels;
    this.weighted = weighted;
    this.rows = rows;
    this.columns = columns;
    this.stride = padded(columns);
    this.leftStride = padded(rows);
    this.#product = arena.floats(weighted ? padded(rows) : 0);
    this.#productTransposed = arena.floats(weighted ? padded(columns) : 0);
    this.dots = arena.floats(padded(factors));
    this.#rho = arena.floats(padded(factors));
    this.#temporary = arena.floats(weighted ? factors * padded(rows) : padded(factors));
  }

  setRho(factor: number, value: number): void {
    this.#arena.set(this.#rho + factor * 4, value);
  }

  /** sigma x + sum_i rho_i y_i */
  combine(x: number, y: Float64Array): number {
    let sum = this.sigma * x;
    for (let i = 0; i < this.count; i++) sum += this.#arena.get(this.#rho + i * 4) * y[i]!;
    return sum;
  }

  /** M *= s */
  scale(s: number): void {
    this.sigma *= s;
    this.#k.scale(this.#rho, this.#rho, s, this.count);
  }

  /** x = M p; with `add`, x += M p. */
  times(x: number, p: number, add: boolean): void {
    const { columns, stride, leftStride, rows, count, dots } = this;
    const k = this.#k;
    if (!this.weighted) k.mv(x, this.base, p, rows, columns, stride, add);
    else {
      this.product = this.#product;
      k.mv(this.product, this.base, p, rows, columns, stride, false);
      if (add) k.axpy(x, this.product, this.sigma, rows);
      else k.scale(x, this.product, this.sigma, rows);
    }
    // Where rows come and go, what is padding now may not have been before.
    if (!add) for (let i = rows; i < padded(rows); i++) this.#arena.set(x + i * 4, 0);
    if (count === 0) return;
    k.mv(dots, this.right, p, count, columns, stride, false);
    k.mtv(x, this.left, this.#weigh(), count, rows, leftStride, true);
  }

  /** x = M'p; with `add`, x += M'p. */
  timesTransposed(x: number, p: number, add: boolean): void {
    const { columns, stride, leftStride, rows, count, dots } = this;
    const k = this.#k;
    if (!this.weighted) k.mtv(x, this.base, p, rows, columns, stride, add);
    else {
      this.product = this.#productTransposed;
      k.mtv(this.product, this.base, p, rows, columns, stride, false);
      if (add) k.axpy(x, this.product, this.sigma, columns);
      else k.scale(x, this.product, this.sigma, columns);
    }
    if (count === 0) return;
    k.mv(dots, this.left, p, count, rows, leftStride, false);
    k.mtv(x, this.right, this.#weigh(), count, columns, stride, true);
  }

  /** x += sum_i rho_i left_i right_i'p, without C; and the same for the transposed. */
  timesPending(x: number, p: number): void {
    if (this.count === 0) return;
    this.#k.mv(this.dots, this.right, p, this.count, this.columns, this.stride, false);
    this.#k.mtv(x, this.left, this.#weigh(), this.count, this.rows, this.leftStride, true);
  }

  timesPendingTransposed(x: number, p: number): void {
    if (this.count === 0) return;
    this.#k.mv(this.dots, this.left, p, this.count, this.rows, this.leftStride, false);
    this.#k.mtv(x, this.right, this.#weigh(), this.count, this.columns, this.stride, true);
  }

  /** x = row j of M. Not for weighted ones. */
  row(x: number, j: number): void {
    const { columns, stride, count, dots } = this;
    this.#k.copy(x, this.base + j * stride * 4, columns);
    for (let i = 0; i < count; i++)
      this.#arena.set(dots + i * 4, this.#arena.get(this.left + (i * this.leftStride + j) * 4));
    if (count > 0) this.#k.mtv(x, this.right, dots, count, columns, stride, true);
  }

  /** Writes M, all updates applied, to `target`, which may be C. */
  apply(target: number): void {
    const { columns, stride, leftStride, rows, count, weighted } = this;
    let left = this.left;
    if (weighted) {
      left = this.#temporary;
      for (let i = 0; i < count; i++) {
        const from = i * leftStride * 4;
        this.#k.scale(left + from, this.left + from, this.#arena.get(this.#rho + i * 4), rows);
      }
    }
    const { base, sigma, right } = this;
    this.#k.ger(target, base, sigma, left, right, count, rows, columns, stride, leftStride, stride);
  }

  /** The dots times rho. */
  #weigh(): number {
    if (!this.weighted) return this.dots;
    this.#k.multiply(this.#temporary, this.dots, this.#rho, this.count, false);
    return this.#temporary;
  }
}
