import { FEEDBACK, type Feedback } from '../../network/feedback.js';
import { wordScale } from '../../network/initialise.js';
import { feedbackShapes } from '../../network/layers.js';
import type { Network } from '../../network/network.js';
import { layerPrograms, type Rule } from '../../plasticity/rule.js';
import { type Episode, type Images, imageOf, type Matrices } from '../episode.js';
import { type Arena, padded, type Rows } from './arena.js';
import type { Kernels } from './kernels.js';
import { type LowRank, lowRankOf } from './low-rank.js';

/** What decides an episode's layout in memory. */
export interface EpisodeShape {
  readonly layers: readonly number[];
  readonly beta: number;
  readonly feedback: Feedback;
  /** Is there a B, or does W itself feed back? */
  readonly fixed: boolean;
  /** Does each B take the error of the top, not of the layer above? And the sizes of what they take. */
  readonly direct: boolean;
  readonly feedbackPost: readonly number[];
  readonly steps: number;
  readonly queries: number;
  /** Does the rule of layer 1 ask for e_0, and for ones at the pixels? */
  readonly needsErrors: boolean;
  readonly needsOnes: boolean;
  /** Does layer 1 live in sample space? */
  readonly inSampleSpace: boolean;
}

/** What of an episode is prepared: its images, and its matrices or the key under which they are drawn. */
export type Preparable = Pick<Episode, 'matrices' | 'network'> & { readonly train: Images; readonly query: Images };

/** Those parts of an episode. */
export function preparable({ network, matrices, train, query }: Episode): Preparable {
  return { network, matrices, train, query };
}

/** What of an episode decides its layout. */
export type EpisodeSize = { readonly network: Network } & Readonly<
  Record<'train' | 'query', { readonly labels: { readonly length: number } }>
>;

export function shapeOf({ network, train, query }: EpisodeSize, rule: Rule): EpisodeShape {
  const { layers, beta, feedback } = network;
  const program = lowRankOf(layerPrograms(rule, 1)[0]!);
  const asksFor = (name: string) => program.nodes.some((node) => node.op === 'quantity' && node.name === name);
  const { drawn: fixed, direct } = FEEDBACK[feedback];
  const feedbackPost = feedbackShapes(layers, feedback).map(({ rows }) => rows);
  const needsErrors = asksFor('e_pre');
  return {
    ...{ layers, beta, feedback, fixed, direct, feedbackPost, needsErrors, needsOnes: asksFor('one_pre') },
    ...{ steps: train.labels.length, queries: query.labels.length },
    inSampleSpace: fitsSampleSpace(program, layers[0]!) && (fixed || !needsErrors),
  };
}

/** Above so many pixels the sums of byte times byte could leave int32. */
const MOST_PIXELS = Math.floor((2 ** 31 - 1) / 255 ** 2);

/**
 * May layer 1 live in sample space? W_1 must be seen through W_1 x only, x being images of the episode; that is, the
 * pre-synaptic vectors of the rule must go nowhere but into V, and nothing else may go through W_1.
 */
function fitsSampleSpace({ nodes, V, scale }: LowRank, pixels: number): boolean {
  const seen = nodes.every((node, i) => {
    if (node.op === 'times' && node.shape === 'post') return false;
    if (node.op === 'dot') return nodes[node.a]!.shape !== 'pre';
    if (node.shape === 'pre') return (node.op === 'quantity' || node.op === 'times') && V.includes(i);
    return true;
  });
  return seen && scale < 0 && pixels <= MOST_PIXELS;
}

/** Layer 1 of pixels: y_0 and g_0 as rows of floats. */
export interface Pixels {
  readonly y: Rows;
  readonly g: Rows;
  readonly queryY: Rows;
  readonly queryG: Rows;
}

/**
 * Layer 1 in sample space (see sample-input.ts for the order of the samples): which pixels of each sample are not black
 * (count, uint16 indices), y_0 and g_0 there, G = X X', X' and the samples' sums of pixels.
 */
export interface Samples {
  readonly count: (j: number) => number;
  readonly counts: number;
  readonly lists: Rows;
  readonly y: Rows;
  readonly g: Rows;
  readonly G: Rows;
  readonly XT: number;
  readonly ones: number;
  /** W_1' before the first step. */
  readonly WT: number;
}

/**
 * All of an episode that theta has no part in: weights, feedback weights, images, and in sample space the products of
 * images with each other and with W_1. So it can be made ahead, in another thread, while another episode runs.
 */
export class Preparation {
  readonly shape: EpisodeShape;
  /** W_l before the first step: n_l x n_{l-1}; for layer 1 in sample space V = X W_1'. */
  readonly weights: readonly number[];
  /** B_l, n_l x n_{l-1} (D_{l-1}, n_L x n_{l-1}), the first transposed in sample space; none where W feeds back. */
  readonly feedback: readonly number[];
  readonly pixels: Pixels | undefined;
  readonly samples: Samples | undefined;
  readonly #arena: Arena;
  readonly #k: Kernels;
  /** Temporaries of `fill`: images, tables of what a byte means and where its ones are, a matrix as it comes, X as int16. */
  readonly #images: number;
  readonly #yTable: number;
  readonly #gTable: number;
  readonly #places: number;
  readonly #matrix: number;
  readonly #wide: Rows;
  readonly #list: number;

  constructor(arena: Arena, kernels: Kernels, shape: EpisodeShape) {
    const { layers, beta, feedbackPost, steps, queries, needsErrors, inSampleSpace } = shape;
    this.shape = shape;
    this.#arena = arena;
    this.#k = kernels;
    const [n0, n1] = [layers[0]!, layers[1]!];
    const S = steps + queries;
    const matrix = (post: number, l: number) => arena.floats(post * padded(layers[l]!));
    const transposed = (post: number) => arena.floats(n0 * padded(post));
    const posts = layers.slice(1);
    this.weights = posts.map((n, l) => (l === 0 && inSampleSpace ? arena.floats(S * padded(n1)) : matrix(n, l)));
    this.feedback = feedbackPost.map((n, l) => (l === 0 && inSampleSpace ? transposed(n) : matrix(n, l)));
    if (inSampleSpace) {
      const counts = arena.floats(S);
      this.samples = {
        counts,
        count: (j) => arena.integer(counts + j * 4),
        lists: arena.rows(S, Math.ceil(n0 / 2)),
        y: arena.rows(S, n0),
        g: arena.rows(needsErrors ? S : queries, n0),
        G: arena.rows(S, S + 4),
        XT: needsErrors ? arena.floats(n0 * padded(S)) : 0,
        ones: arena.floats(padded(S)),
        WT: transposed(n1),
      };
    } else
      this.pixels = {
        y: arena.rows(steps, n0),
        g: arena.rows(needsErrors ? steps : 0, n0),
        queryY: arena.rows(queries, n0),
        queryG: arena.rows(queries, n0),
      };
    this.#images = arena.bytes(S * n0 + 8);
    this.#yTable = arena.floats(256);
    this.#gTable = arena.floats(256);
    for (let byte = 0; byte < 256; byte++) {
      arena.set(this.#yTable + byte * 4, byte / 255);
      arena.set(this.#gTable + byte * 4, -Math.expm1((-beta * byte) / 255));
    }
    this.#places = arena.bytes(256 * 8);
    for (let byte = 0; byte < 256; byte++)
      arena.write(
        this.#places + byte * 8,
        Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7].filter((place) => (byte >> place) & 1)),
      );
    // The generator writes 48 floats at a time; the tiles of G read up to three rows too many.
    this.#matrix = arena.floats(
      48 + Math.max(...[posts, feedbackPost].flatMap((sizes) => sizes.map((n, l) => n * layers[l]!))),
    );
    this.#wide = arena.rows(inSampleSpace ? S + 4 : 0, Math.ceil(n0 / 2));
    this.#list = arena.floats(Math.ceil(this.#wide.stride / 16));
  }

  /** Prepares an episode of this shape. */
  fill(episode: Preparable): void {
    const { layers, steps } = this.shape;
    const pixels = layers[0]!;
    const { train, query } = episode;
    for (let i = 0; i < train.labels.length; i++)
      this.#arena.write(this.#images + i * pixels, imageOf(train, i, pixels));
    for (let i = 0; i < query.labels.length; i++)
      this.#arena.write(this.#images + (steps + i) * pixels, imageOf(query, i, pixels));
    this.samples ? this.#fillSamples(this.samples) : this.#fillPixels(this.pixels!);
    this.#fillMatrices(episode.matrices, episode.network.gain);
  }

  #fillMatrices(matrices: Matrices, gain: number | undefined): void {
    const { layers, feedbackPost, inSampleSpace } = this.shape;
    const k = this.#k;
    const L = layers.length - 1;
    const take = (m: number, rows: number, columns: number) => {
      if ('key' in matrices) {
        const [key0, key1] = matrices.key;
        k.uniform(this.#matrix, rows * columns, key0, key1, m, wordScale({ rows, columns }, m < L ? gain : 1));
      } else {
        const { weights, feedbackWeights } = matrices.given;
        const values = m < L ? weights[m]! : feedbackWeights![m - L]!;
        this.#arena.view(this.#matrix, values.length).set(values);
      }
    };
    for (let l = 0; l < L; l++) {
      const [rows, columns] = [layers[l + 1]!, layers[l]!];
      take(l, rows, columns);
      if (l === 0 && inSampleSpace) this.#imagesThrough(rows, columns);
      else k.pack(this.weights[l]!, this.#matrix, rows, columns, padded(columns));
      const post = feedbackPost[l];
      if (post === undefined) continue;
      take(L + l, post, columns);
      if (l === 0 && inSampleSpace) k.transpose(this.feedback[l]!, this.#matrix, post, columns, padded(post));
      else k.pack(this.feedback[l]!, this.#matrix, post, columns, padded(columns));
    }
  }

  /** V = X W_1' */
  #imagesThrough(post: number, pixels: number): void {
    const { count, lists, y, WT } = this.samples!;
    const k = this.#k;
    const n = padded(post);
    k.transpose(WT, this.#matrix, post, pixels, n);
    const { steps, queries } = this.shape;
    for (let j = 0; j < steps + queries; j++)
      k.mtvRows(this.weights[0]! + j * n * 4, WT, y.at(j), lists.at(j), count(j), post, n, false);
  }

  #fillPixels({ y, g, queryY, queryG }: Pixels): void {
    const { layers, steps, queries, needsErrors } = this.shape;
    const k = this.#k;
    const n = layers[0]!;
    for (let t = 0; t < steps; t++) {
      k.lookUp(y.at(t), this.#images + t * n, this.#yTable, n);
      if (needsErrors) k.lookUp(g.at(t), this.#images + t * n, this.#gTable, n);
    }
    for (let q = 0; q < queries; q++) {
      k.lookUp(queryY.at(q), this.#images + (steps + q) * n, this.#yTable, n);
      k.lookUp(queryG.at(q), this.#images + (steps + q) * n, this.#gTable, n);
    }
  }

  #fillSamples({ counts, lists, y, g, G, XT, ones }: Samples): void {
    const { layers, steps, queries, needsErrors, needsOnes } = this.shape;
    const k = this.#k;
    const arena = this.#arena;
    const n = layers[0]!;
    const S = steps + queries;
    if (XT) k.clear(XT, n * padded(S));
    for (let j = 0; j < S; j++) {
      // Query images first, then the training images from the last to the first.
      const image = this.#images + (j < queries ? steps + j : S - 1 - j) * n;
      const count = k.activePixels(
        lists.at(j),
        y.at(j),
        image,
        this.#yTable,
        this.#places,
        n,
        XT && XT + j * 4,
        padded(S),
      );
      arena.setInteger(counts + j * 4, count);
      if (needsErrors || j < queries) k.activePixels(lists.at(j), g.at(j), image, this.#gTable, this.#places, n, 0, 0);
      k.widen(this.#wide.at(j), image, n);
      if (needsOnes)
        arena.set(
          ones + j * 4,
          arena.view(y.at(j), count).reduce((a, b) => a + b, 0),
        );
    }
    k.gram(G.base, this.#wide.base, this.#list, 1 / 255 ** 2, queries, S, G.stride / 4, this.#wide.stride / 2);
  }
}
