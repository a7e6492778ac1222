import type { Adjoint } from './adjoint.js';
import { type Arena, padded, Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import type { LayerRule } from './layer-rule.js';
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
  /** Takes in an episode's images and W_1 (address of n_1 x n_0 floats close together). */
  begin(images: Images, W: number, weights: Weights): void;
  /** Takes in B_1, likewise; without it W_1 itself feeds back. */
  takeFeedback(B: number): void;
  readonly B: StoredMatrix;
  /** z_1 = W_1 y_0 */
  drive(t: number, z: number, weights: Weights): void;
  /** e_0 = (B_1'e_1) .* g_0;  B = W where there is no B. */
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

/** Images in the kernels' memory, a byte a pixel, and tables of what a byte means: y = byte / 255, g = 1 - exp(-beta y). */
export interface Images {
  readonly train: number;
  readonly query: number;
  readonly y: number;
  readonly g: number;
}

export interface InputSize {
  readonly pixels: number;
  readonly post: number;
  readonly steps: number;
  readonly queries: number;
  readonly needsErrors: boolean;
  /** Is there a B_1? */
  readonly fixed: boolean;
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
  readonly #shape: InputSize;
  readonly #y: Rows;
  readonly #queryY: Rows;
  readonly #e: Rows;
  readonly #g: Rows;
  readonly #h: number;
  readonly #queryE: Rows;
  readonly #queryG: Rows;
  readonly #ones: number;

  constructor(arena: Arena, kernels: Kernels, shape: InputSize) {
    const { pixels, steps, queries, needsErrors, post, fixed } = shape;
    this.B = { at: fixed ? arena.floats(post * padded(pixels)) : 0, transposed: false };
    this.#k = kernels;
    this.#shape = shape;
    this.size = pixels;
    this.#y = arena.rows(steps, pixels);
    this.#queryY = arena.rows(queries, pixels);
    this.#e = arena.rows(needsErrors ? steps : 0, pixels);
    this.#g = arena.rows(needsErrors ? steps : 0, pixels);
    this.#h = arena.floats(padded(pixels));
    this.#queryE = arena.rows(queries, pixels);
    this.#queryG = arena.rows(queries, pixels);
    this.#ones = arena.floats(padded(queries));
    arena.view(this.#ones, queries).fill(1);
    this.ePreBar = needsErrors ? arena.floats(padded(pixels)) : 0;
    const ones = new Rows(arena.floats(padded(pixels)), 0);
    arena.view(ones.base, pixels).fill(1);
    this.leaves = { y_pre: this.#y, e_pre: this.#e, one_pre: ones };
  }

  begin({ train, query, y, g }: Images, W: number, weights: Weights): void {
    const { pixels, steps, queries, post, needsErrors } = this.#shape;
    const k = this.#k;
    k.pack(weights.copy(0), W, post, pixels, padded(pixels));
    for (let t = 0; t < steps; t++) {
      k.lookUp(this.#y.at(t), train + t * pixels, y, pixels);
      if (needsErrors) k.lookUp(this.#g.at(t), train + t * pixels, g, pixels);
    }
    for (let q = 0; q < queries; q++) {
      k.lookUp(this.#queryY.at(q), query + q * pixels, y, pixels);
      k.lookUp(this.#queryG.at(q), query + q * pixels, g, pixels);
    }
  }

  takeFeedback(B: number): void {
    const { pixels, post } = this.#shape;
    this.#k.pack(this.B.at, B, post, pixels, padded(pixels));
  }

  drive(t: number, z: number, weights: Weights): void {
    weights.toPost(z, this.#y.at(t), false);
  }

  reverseDrive(t: number, zBar: number, lam: Adjoint): void {
    lam.reverseToPost(0, zBar, this.#y.at(t));
  }

  errors(t: number, e: number, weights: Weights): void {
    const { pixels, post, fixed } = this.#shape;
    const e0 = this.#e.at(t);
    if (fixed) this.#k.mtv(e0, this.B.at, e, post, pixels, padded(pixels), false);
    else weights.toPre(e0, e, false);
    this.#k.multiply(e0, e0, this.#g.at(t), pixels, false);
  }

  reverseErrors(t: number, eBar: number, e: number, lam: Adjoint): void {
    const { pixels, post, fixed } = this.#shape;
    this.#k.multiply(this.#h, this.ePreBar, this.#g.at(t), pixels, false);
    if (fixed) this.#k.mv(eBar, this.B.at, this.#h, post, pixels, padded(pixels), true);
    else lam.reverseToPre(eBar, this.#h, e);
  }

  driveQuery(z: Rows, weights: Weights): void {
    const { pixels, post, queries } = this.#shape;
    const stride = padded(pixels);
    this.#k.nt(z.base, this.#queryY.base, weights.final, queries, post, pixels, padded(post), stride, stride);
  }

  reverseQuery(zBar: Rows, lam: Adjoint): void {
    const { pixels, post, queries } = this.#shape;
    const stride = padded(pixels);
    const { base } = lam.now;
    this.#k.clear(base, post * stride);
    this.#k.ger(base, base, 1, zBar.base, this.#queryY.base, queries, post, pixels, stride, padded(post), stride);
  }

  sumErrors(y: number, e: number, { at }: StoredMatrix): void {
    const { pixels, post, queries } = this.#shape;
    const k = this.#k;
    const stride = padded(pixels);
    const { base } = this.#queryE;
    k.nn(base, e, at, queries, post, pixels, stride, padded(post), stride);
    k.multiply(base, base, this.#queryG.base, queries * stride, false);
    k.mtv(y, base, this.#ones, queries, pixels, stride, false);
  }

  finalWeights(weights: Weights) {
    return { at: weights.final, transposed: false };
  }
}
