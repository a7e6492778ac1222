import type { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import type { LayerRule } from './layer-rule.js';
import type { Pixels, Preparation } from './preparation.js';
import type { Weights } from './weights.js';

/** A layer's matrix: neurons x inputs, or transposed. */
export interface StoredMatrix {
  readonly at: number;
  readonly transposed: boolean;
}

/** What the first layer stands on: its pre-synaptic side, which is pixels, or samples (sample-input.ts). */
export interface Input {
  /** Size of the pre-synaptic side, and the rows of a transposed storage that matter from step t on. */
  readonly size: number;
  readonly transposed: boolean;
  readonly rowsAt: ((step: number) => number) | undefined;
  readonly leaves: { readonly y_pre: Rows; readonly e_pre: Rows; readonly one_pre: Rows };
  readonly ePreBar: number;
  /** B_1; nothing (0) where W_1 itself feeds back. */
  readonly B: StoredMatrix;
  /** z_1 = W_1 y_0 */
  drive(t: number, z: number, weights: Weights): void;
  /** e_0 = (B_1'e_1) .* g_0 */
  errors(t: number, e: number, weights: Weights): void;
  /** Their reverses. */
  reverseErrors(t: number, eBar: number, e: number, lam: Adjoint): void;
  reverseDrive(t: number, zBar: number, lam: Adjoint): void;
  /** Z_1 = Y_0 W_1' over the query images, with the final weights; and Lam_1 = Zbar'Y_0. */
  driveQuery(z: Rows, weights: Weights): void;
  reverseQuery(zBar: Rows, lam: Adjoint): void;
  /** y = sum over the query images of e_0 = (M'e_1) .* g_0, M being B_1 or the final W_1 and e_1 a row an image. */
  sumErrors(y: number, e: number, M: StoredMatrix): void;
  /** The final W_1. */
  finalWeights(weights: Weights, rule: LayerRule): StoredMatrix;
}

/** The plain case: W_1 is neurons x pixels, like any other layer. */
export class PixelInput implements Input {
  readonly size: number;
  readonly transposed = false;
  readonly rowsAt = undefined;
  readonly leaves: Input['leaves'];
  readonly ePreBar: number;
  readonly B: StoredMatrix;
  readonly #k: Kernels;
  readonly #post: number;
  readonly #queries: number;
  readonly #data: Pixels;
  /** Each step's y_0 times the copy of W_1, which the reverse of decay asks for. */
  readonly #products: Rows | undefined;
  readonly #e: Rows;
  readonly #h: number;
  /** e_0 of the query images, and ones, one an image. */
  readonly #queryE: Rows;
  readonly #ones: number;

  constructor(arena: Arena, kernels: Kernels, { shape, feedback }: Preparation, data: Pixels, decays: boolean) {
    const { layers, steps, queries, needsErrors } = shape;
    const pixels = layers[0]!;
    this.#k = kernels;
    this.#post = layers[1]!;
    this.#queries = queries;
    this.#data = data;
    this.size = pixels;
    this.B = { at: feedback[0] ?? 0, transposed: false };
    this.#products = decays ? arena.rows(steps, layers[1]!) : undefined;
    this.#e = arena.rows(needsErrors ? steps : 0, pixels);
    this.#h = arena.floats(padded(pixels));
    this.#queryE = arena.rows(queries, pixels);
    this.#ones = arena.floats(padded(queries));
    arena.view(this.#ones, queries).fill(1);
    this.ePreBar = needsErrors ? arena.floats(padded(pixels)) : 0;
    const ones = new Rows(arena.floats(padded(pixels)), 0);
    arena.view(ones.base, pixels).fill(1);
    this.leaves = { y_pre: data.y, e_pre: this.#e, one_pre: ones };
  }

  drive(t: number, z: number, weights: Weights): void {
    weights.toPost(z, this.#data.y.at(t), false);
    if (this.#products) this.#k.copy(this.#products.at(t), weights.now.product, this.#post);
  }

  reverseDrive(t: number, zBar: number, lam: Adjoint): void {
    lam.reverseKnown(zBar, this.#data.y.at(t), this.#products?.at(t) ?? 0);
  }

  errors(t: number, e: number, weights: Weights): void {
    const e0 = this.#e.at(t);
    if (this.B.at) this.#k.mtv(e0, this.B.at, e, this.#post, this.size, padded(this.size), false);
    else weights.toPre(e0, e, false);
    this.#k.multiply(e0, e0, this.#data.g.at(t), this.size, false);
  }

  reverseErrors(t: number, eBar: number, e: number, lam: Adjoint): void {
    this.#k.multiply(this.#h, this.ePreBar, this.#data.g.at(t), this.size, false);
    if (this.B.at) this.#k.mv(eBar, this.B.at, this.#h, this.#post, this.size, padded(this.size), true);
    else lam.reverseToPre(eBar, this.#h, e);
  }

  driveQuery(z: Rows, weights: Weights): void {
    const [n, stride] = [padded(this.#post), padded(this.size)];
    const y = this.#data.queryY.base;
    this.#k.nt(z.base, y, weights.final, this.#queries, this.#post, this.size, n, stride, stride);
  }

  reverseQuery(zBar: Rows, lam: Adjoint): void {
    const [n, stride] = [padded(this.#post), padded(this.size)];
    const { base } = lam.now;
    const y = this.#data.queryY.base;
    this.#k.clear(base, this.#post * stride);
    this.#k.ger(base, base, 1, zBar.base, y, this.#queries, this.#post, this.size, stride, n, stride);
  }

  sumErrors(y: number, e: number, { at }: StoredMatrix): void {
    const k = this.#k;
    const stride = padded(this.size);
    const { base } = this.#queryE;
    k.nn(base, e, at, this.#queries, this.#post, this.size, stride, padded(this.#post), stride);
    k.multiply(base, base, this.#data.queryG.base, this.#queries * stride, false);
    k.mtv(y, base, this.#ones, this.#queries, this.size, stride, false);
  }

  finalWeights(weights: Weights) {
    return { at: weights.final, transposed: false };
  }
}
