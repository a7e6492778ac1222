/** Small random networks and tasks. */
import fc from 'fast-check';
import type { Episode, GivenMatrices } from '#dist/engine/episode.js';
import type { Activation } from '#dist/network/activation.js';
import type { Feedback } from '#dist/network/feedback.js';
import { feedbackShapes, matrixShapes } from '#dist/network/layers.js';

/** Deterministic noise in [-1, 1), good enough for test inputs. */
export function noise(seed: number): () => number {
  let x = (seed * 2654435761 + 1013904223) >>> 0;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return ((x >>> 0) / 2 ** 32) * 2 - 1;
  };
}

export interface EpisodeShape {
  readonly layers: readonly number[];
  readonly feedback: Feedback;
  readonly train: number;
  readonly query: number;
  readonly seed: number;
  readonly beta?: number;
  readonly activation?: Activation;
  readonly noise?: number;
}

/** An episode whose matrices are given. */
export type GivenEpisode = Episode & { readonly matrices: { readonly given: GivenMatrices } };

export function randomEpisode({ train, query, seed, beta = 10, ...shape }: EpisodeShape): GivenEpisode {
  const network = { beta, ...shape };
  const { layers, feedback } = network;
  const draw = noise(seed + 1);
  const matrices = (shapes = matrixShapes(layers)) =>
    shapes.map(({ rows, columns }) => {
      const r = Math.sqrt(6 / (rows + columns));
      return Float32Array.from({ length: rows * columns }, () => r * draw());
    });
  const images = (count: number) =>
    Uint8Array.from({ length: count * layers[0]! }, () => Math.max(0, Math.floor(draw() * 256)));
  const labels = (count: number) =>
    Uint8Array.from({ length: count }, () => Math.floor(((draw() + 1) / 2) * layers.at(-1)!));
  const weights = matrices();
  const fed = feedbackShapes(layers, feedback);
  const given = { weights, ...(fed.length > 0 && { feedbackWeights: matrices(fed) }) };
  const shown = (count: number) => {
    const pixels = images(count);
    return { pixels, labels: labels(count) };
  };
  return { network, matrices: { given }, train: shown(train), query: shown(query), noiseKey: [seed, 1] };
}

/** The same with another network, or with other matrices. */
export function withNetwork(episode: GivenEpisode, network: Partial<Episode['network']>): GivenEpisode {
  return { ...episode, network: { ...episode.network, ...network } };
}
export function withMatrices(episode: GivenEpisode, given: Partial<GivenMatrices>): GivenEpisode {
  return { ...episode, matrices: { given: { ...episode.matrices.given, ...given } } };
}

/** Shapes of small episodes: one to four layers of one to seven units. */
export const shapeWith = (feedbacks: readonly Feedback[]): fc.Arbitrary<EpisodeShape> =>
  fc.record({
    layers: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 5 }),
    feedback: fc.constantFrom(...feedbacks),
    train: fc.integer({ min: 0, max: 12 }),
    query: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(1e6),
    beta: fc.constantFrom(1, 3, 10),
  });

export const episodeShape = shapeWith(['fix', 'sym', 'dfa']);
