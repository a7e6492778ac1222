/**
 * One episode in float64: adapt, query loss, and the exact gradient of the loss with respect to theta by reverse mode.
 *
 * The weights of every step would take gigabytes, so a copy is kept every BLOCK steps; on the way back a block's
 * weights are made again from its copy and the kept updates, bit for bit as they were.
 */
import { layerPrograms, type Rule } from '../../plasticity/rule.js';
import type { Episode, EpisodeResult } from '../engine.js';
import { Matrix } from './matrix.js';
import { meanAngles, orthonormality } from './statistics.js';
import { errors, forward, type Network, reverseForward, reverseStep, type Step, step } from './step.js';
import { changeWeights } from './update.js';

const BLOCK = 16;

export function runEpisode(episode: Episode, rule: Rule, theta: Float64Array): EpisodeResult {
  const { layers, beta } = episode;
  const matrices = (weights: readonly Float32Array[]) =>
    weights.map((data, l) => new Matrix(layers[l + 1]!, layers[l]!, Float64Array.from(data)));
  const W = matrices(episode.weights);
  const B = episode.feedback === 'sym' ? W : matrices(episode.feedbackWeights!);
  const programs = layerPrograms(rule, W.length);
  const network: Network = { layers, beta, W, B };
  const train = samples(episode.trainImages, episode.trainLabels, layers[0]!);
  const query = samples(episode.queryImages, episode.queryLabels, layers[0]!);

  const copies: Matrix[][] = [];
  const steps: Step[] = train.map(({ input, label }, t) => {
    if (t % BLOCK === 0) copies.push(W.map((w) => w.copy()));
    return step(network, programs, theta, input, label);
  });

  const { loss, accuracy, Lam, ...statistics } = evaluateQuery(network, query);
  const thetaGradient = new Float64Array(theta.length);
  // weights[i] are those before step i of the block; they are made once and filled anew for each block.
  const weights = Array.from({ length: Math.min(BLOCK, steps.length) }, () => W.map((w) => w.copy()));
  for (let block = copies.length - 1; block >= 0; block--) {
    const inBlock = steps.slice(block * BLOCK, (block + 1) * BLOCK);
    inBlock.forEach((_, i) => {
      weights[i]!.forEach((w, l) => {
        w.copyFrom(i === 0 ? copies[block]![l]! : weights[i - 1]![l]!);
        if (i > 0) changeWeights(programs[l]!, w, inBlock[i - 1]!.updates[l]!);
      });
    });
    for (let i = inBlock.length - 1; i >= 0; i--) {
      const W = weights[i]!;
      const then = { ...network, W, B: episode.feedback === 'sym' ? W : B };
      reverseStep(then, programs, inBlock[i]!, Lam, thetaGradient);
    }
  }
  return { loss, accuracy, thetaGradient, ...statistics };
}

interface Sample {
  readonly input: Float64Array;
  readonly label: number;
}

/** y_0 = pixels / 255 */
function samples(images: Uint8Array, labels: Uint8Array, size: number): Sample[] {
  return Array.from(labels, (label, t) => ({
    input: Float64Array.from(images.subarray(t * size, (t + 1) * size), (pixel) => pixel / 255),
    label,
  }));
}

/** Mean cross-entropy over the query images, its derivative Lam with respect to each W, and the statistics. */
function evaluateQuery(network: Network, query: readonly Sample[]) {
  const { beta, W, B } = network;
  const L = W.length;
  const Lam = W.map((w) => new Matrix(w.rows, w.columns));
  const activities = query.map(({ input }) => forward(network, input));
  let loss = 0;
  let right = 0;
  query.forEach(({ label }, q) => {
    const { y, z, logNormaliser } = activities[q]!;
    loss += (logNormaliser - z[L]![label]!) / query.length;
    if (firstLargest(z[L]!) === label) right++;
    const zBar = z.map((values) => new Float64Array(values.length));
    const yBar = y.map((values) => new Float64Array(values.length));
    zBar[L]!.set(y[L]!.map((p, i) => (p - (i === label ? 1 : 0)) / query.length));
    reverseForward(network, y, zBar, yBar, Lam);
  });
  const fed = query.map(({ label }, q) => errors(beta, B, activities[q]!.y, label));
  const exact = query.map(({ label }, q) => errors(beta, W, activities[q]!.y, label));
  return {
    loss,
    accuracy: right / query.length,
    Lam,
    angles: meanAngles(fed, exact),
    orthonormality: orthonormality(W, activities),
  };
}

/** Index of the first largest value; -1 where there is a NaN, so that a diverged network is never right. */
function firstLargest(values: Float64Array): number {
  return values.some(Number.isNaN) ? -1 : values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}
