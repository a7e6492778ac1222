/** One episode: a network with its initial weights, and a task (paper's Algorithm 1). Plain data, cheap to send to a thread. */
import { drawWeights, type InitialWeights } from '../network/initialise.js';
import type { Network } from '../network/network.js';
import type { ThreefryKey } from '../random/threefry.js';

/** A matrix, row-major. */
export type Numbers = Float32Array | Float64Array;

/** The matrices that an episode begins with. */
export interface GivenMatrices {
  /** W_1 … W_L, n_l x n_{l-1}. */
  readonly weights: readonly Numbers[];
  /** L matrices, of `feedbackShapes`: B_1 .. B_L, or D_0 .. D_{L-1} with `dfa`; none with `sym`. */
  readonly feedbackWeights?: readonly Numbers[];
}

/** The key under which `drawWeights` draws them, or the matrices themselves. */
export type Matrices = { readonly key: ThreefryKey } | { readonly given: GivenMatrices };

/** Images and their classes, in the order in which they are shown. */
export interface Images {
  /** n_0 bytes an image, 0..255; in shared memory where threads are to see it without copying. */
  readonly pixels: Uint8Array;
  /** Which images of `pixels`; absent: all, one a label. */
  readonly positions?: Int32Array;
  /** Class indices, each below n_L. */
  readonly labels: Uint8Array;
}

/** The states of a layer by name: a number or vector, or a matrix row-major. */
export type LayerStates = Readonly<Record<string, Float64Array>>;

/** Where an earlier episode ended that this one goes on from. */
export interface Continuation {
  /** Training images that were shown so far: noise goes on from there. */
  readonly images: number;
  /** Of layers 1 … L. */
  readonly states: readonly LayerStates[];
}

export interface Episode {
  readonly network: Network;
  readonly matrices: Matrices;
  readonly train: Images;
  readonly query: Images;
  /** What noise is drawn under; needed where the network or the rule has noise. */
  readonly noiseKey?: ThreefryKey;
  /** Absent: states are 0, and no image was shown. */
  readonly from?: Continuation;
}

/** The matrices that an episode begins with, drawn if they are not given. */
export function initialMatrices({ matrices, network }: Pick<Episode, 'matrices' | 'network'>): GivenMatrices {
  return 'key' in matrices ? (drawWeights(matrices.key, network) satisfies InitialWeights) : matrices.given;
}

/** The pixels of image i, of n_0. */
export function imageOf({ pixels, positions }: Images, i: number, size: number): Uint8Array {
  const at = positions ? positions[i]! : i;
  return pixels.subarray(at * size, (at + 1) * size);
}

/** Copies images into one array, count x size. */
export function gatherImages(pixels: Uint8Array, positions: Int32Array, size: number): Uint8Array {
  const gathered = new Uint8Array(positions.length * size);
  positions.forEach((position, i) => {
    gathered.set(pixels.subarray(position * size, (position + 1) * size), i * size);
  });
  return gathered;
}
