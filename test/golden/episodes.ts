/** Golden episodes: inputs, and what float64 automatic differentiation gives for them. */
import { existsSync, readFileSync } from 'node:fs';

import type { Feedback } from '#dist/network/feedback.js';
import { parseRule } from '#dist/plasticity/rule.js';
import type { GivenEpisode } from '../engine/random-episode.ts';
import { sharedPath } from '../shared.ts';

export interface GoldenEpisode {
  readonly name: string;
  readonly episode: GivenEpisode;
  /** Terms of the rule, and their coefficients in the same order. */
  readonly terms: string[];
  readonly theta: Float64Array;
  readonly lamb: number;
  readonly expected: {
    readonly loss: number;
    readonly accuracy: number;
    readonly thetaGradient: readonly number[];
    readonly angles: readonly number[];
    readonly orthonormality: readonly number[];
  };
  /** Angles and orthonormality are rounded to six decimals. */
  readonly rounded: boolean;
}

interface SyntheticJson {
  name: string;
  seed: number;
  layers: number[];
  classes: number[];
  K: number;
  Q: number;
  fbk: Feedback;
  theta: Record<string, number>;
  lamb: number;
  beta: number;
  inputCheck: { W1_0: number; B1_last: number; trainPixelSum: number; queryPixelSum: number };
  expected: {
    loss: number;
    accuracy: number;
    thetaGradient: Record<string, number>;
    angles: number[];
    orthonormality: number[];
  };
}

/** A 32-bit integer hash. */
function hash(x: number): number {
  x = (x + 0x9e3779b9) >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  x ^= x >>> 15;
  return x >>> 0;
}

/** The ten synthetic episodes, made again from their hash. */
export function syntheticEpisodes(): GoldenEpisode[] {
  const text = readFileSync(new URL('./synthetic.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as SyntheticJson[]).map((golden) => {
    const { name, seed, layers, classes, K, Q, fbk, beta, lamb, expected, inputCheck } = golden;
    const stream = (s: number) => {
      const key = hash((hash(seed) ^ s) >>> 0);
      return (i: number) => hash((key + i) >>> 0) / 2 ** 32;
    };
    const matrices = (first: number) =>
      layers.slice(1).map((rows, l) => {
        const columns = layers[l]!;
        const r = Math.sqrt(6 / (rows + columns));
        const u = stream(first + l);
        return Float32Array.from({ length: rows * columns }, (_, i) => r * (2 * u(i) - 1));
      });
    const samples = (s: number, perClass: number) => {
      const labels = Uint8Array.from({ length: perClass * classes.length }, (_, t) => classes[t % classes.length]!);
      const size = layers[0]!;
      const noise = stream(s);
      const ink = stream(s + 1);
      const images = new Uint8Array(labels.length * size);
      labels.forEach((label, t) => {
        const shape = stream(1000 + label);
        for (let p = 0, i = t * size; p < size; p++, i++)
          if (noise(i) < (shape(p) < 0.3 ? 0.8 : 0.03)) images[i] = 1 + Math.floor(255 * ink(i));
      });
      return { images, labels };
    };
    const train = samples(100, K);
    const query = samples(200, Q);
    const weights = matrices(1);
    const feedbackWeights = matrices(51);
    const sum = (bytes: Uint8Array) => bytes.reduce((a, b) => a + b, 0);
    const made = {
      W1_0: weights[0]![0],
      B1_last: feedbackWeights[0]!.at(-1),
      trainPixelSum: sum(train.images),
      queryPixelSum: sum(query.images),
    };
    for (const [key, value] of Object.entries(inputCheck))
      if (made[key as keyof typeof made] !== value) throw new Error(`${name}: ${key} was not made as it should be`);
    const terms = Object.keys(golden.theta);
    return {
      name,
      episode: {
        network: { layers, beta, feedback: fbk },
        matrices: { given: { weights, ...(fbk === 'fix' ? { feedbackWeights } : {}) } },
        train: { pixels: train.images, labels: train.labels },
        query: { pixels: query.images, labels: query.labels },
      },
      terms,
      theta: Float64Array.from(Object.values(golden.theta)),
      lamb,
      expected: { ...expected, thetaGradient: terms.map((term) => expected.thetaGradient[term]!) },
      rounded: false,
    };
  });
}

/** The same episode with coefficients of its own in each layer, all of them as they were: theirs is the golden gradient together. */
export function perLayer({ episode, terms, theta }: GoldenEpisode) {
  const L = episode.network.layers.length - 1;
  const each = Float64Array.from({ length: L * terms.length }, (_, i) => theta[Math.floor(i / L)]!);
  const rule = parseRule(
    terms.map((term) => `${term}@each`),
    { layerCount: L },
  );
  const together = (gradient: Float64Array) =>
    terms.map((_, r) => gradient.subarray(r * L, (r + 1) * L).reduce((a, b) => a + b));
  return { episode, rule, theta: each, together };
}

export const realGolden = sharedPath('golden/fix-pseudo');

/** The six episodes on real EMNIST, which lie beside the project where they are there at all. */
export function realEpisodes(): GoldenEpisode[] {
  if (!realGolden) return [];
  const names = ['fix-pseudo', 'fix-ehebb', 'fix-oja', 'fix-three-terms', 'sym-pseudo', 'sym-three-terms'];
  return names.map((name) => {
    const folder = sharedPath(`golden/${name}`)!;
    const bytes = (file: string) => new Uint8Array(readFileSync(`${folder}/${file}`));
    const golden = JSON.parse(readFileSync(`${folder}/episode.json`, 'utf8'));
    const layers: number[] = golden.layers;
    const matrices = (letter: string) =>
      layers.slice(1).map((_, l) => new Float32Array(bytes(`${letter}${l + 1}.f32`).buffer));
    const active = [0, ...golden.vec.map(Number)] as number[];
    return {
      name,
      episode: {
        network: { layers, beta: golden.beta, feedback: golden.fbk },
        matrices: {
          given: {
            weights: matrices('W'),
            ...(existsSync(`${folder}/B1.f32`) ? { feedbackWeights: matrices('B') } : {}),
          },
        },
        train: { pixels: bytes('train_images.u8'), labels: bytes('train_labels.u8') },
        query: { pixels: bytes('query_images.u8'), labels: bytes('query_labels.u8') },
      },
      terms: active.map((i) => ['F0', 'F2', 'F9'][i]!),
      theta: Float64Array.from(active, (i) => golden.theta[i]),
      lamb: golden.lamb,
      expected: { ...golden.expected, thetaGradient: active.map((i) => golden.expected.thetaGrad[i]) },
      rounded: true,
    };
  });
}
