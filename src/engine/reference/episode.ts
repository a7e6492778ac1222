/**
 * One episode in float64: adapt, query loss, and the exact gradient of the loss with respect to theta by reverse mode.
 *
 * The weights of every step would take gigabytes, so a copy is kept every BLOCK steps; on the way back a block's
 * weights are made again from its copy and the kept updates, bit for bit as they were.
 */

import { feedbackShapes, matrixShapes } from '../../network/layers.js';
import { layerPrograms, type Rule } from '../../plasticity/rule.js';
import type { Adaptation, Episode, EpisodeResult, Outcome } from '../engine.js';
import { Matrix } from './matrix.js';
import { meanAngles, orthonormality } from './statistics.js';
import {
  type Activity,
  errors,
  forward,
  type Network,
  networkOf,
  reverseForward,
  reverseStep,
  type Step,
  step,
} from './step.js';
import { changeWeights } from './update.js';

const BLOCK = 16;

export function runEpisode(episode: Episode, rule: Rule, theta: Float64Array): EpisodeResult {
  const { W, networkAt, train, query } = setUp(episode);
  const programs = layerPrograms(rule, W.length);
  const copies: Matrix[][] = [];
  const steps: Step[] = train.map(({ input, label }, t) => {
    if (t % BLOCK === 0) copies.push(W.map((w) => w.copy()));
    return step(networkAt(W), programs, theta, input, label);
  });

  const network = networkAt(W);
  const activities = query.map(({ input }) => forward(network, input));
  const Lam = lossGradient(network, query, activities);
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
      reverseStep(networkAt(weights[i]!), programs, inBlock[i]!, Lam, thetaGradient);
    }
  }
  return { ...measure(network, query, activities), thetaGradient };
}

/** The way forward alone. */
export function adapt(episode: Episode, rule: Rule, theta: Float64Array): Adaptation {
  const { W, networkAt, train, query } = setUp(episode);
  const programs = layerPrograms(rule, W.length);
  for (const { input, label } of train) step(networkAt(W), programs, theta, input, label);
  const network = networkAt(W);
  const activities = query.map(({ input }) => forward(network, input));
  return { ...measure(network, query, activities), weights: W.map(({ data }) => data) };
}

/** W before the first step, what makes a network of W at any step, and the images. */
function setUp(episode: Episode) {
  const { layers, feedback, weights, feedbackWeights = [] } = episode;
  const W = Matrix.list(matrixShapes(layers), weights);
  const given = Matrix.list(feedbackShapes(layers, feedback), feedbackWeights);
  const train = samples(episode.trainImages, episode.trainLabels, layers[0]!);
  const query = samples(episode.queryImages, episode.queryLabels, layers[0]!);
  return { W, networkAt: (W: readonly Matrix[]) => networkOf(episode, W, given), train, query };
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

/** Mean cross-entropy over the query images, accuracy and the statistics. */
function measure({ beta, W, B, direct }: Network, query: readonly Sample[], activities: readonly Activity[]): Outcome {
  const L = W.length;
  let loss = 0;
  let right = 0;
  query.forEach(({ label }, q) => {
    const { z, logNormaliser } = activities[q]!;
    loss += (logNormaliser - z[L]![label]!) / query.length;
    if (firstLargest(z[L]!) === label) right++;
  });
  const fed = query.map(({ label }, q) => errors(beta, B, activities[q]!.y, label, 0, direct));
  const exact = query.map(({ label }, q) => errors(beta, W, activities[q]!.y, label));
  return {
    loss,
    accuracy: right / query.length,
    angles: meanAngles(fed, exact),
    orthonormality: orthonormality(W, activities),
  };
}

/** Lam, the derivative of the mean cross-entropy with respect to each W. */
function lossGradient(network: Network, query: readonly Sample[], activities: readonly Activity[]): Matrix[] {
  const Lam = network.W.map((w) => new Matrix(w.rows, w.columns));
  query.forEach(({ label }, q) => {
    const { y, z } = activities[q]!;
    const zBar = z.map((values) => new Float64Array(values.length));
    const yBar = y.map((values) => new Float64Array(values.length));
    zBar.at(-1)!.set(y.at(-1)!.map((p, i) => (p - (i === label ? 1 : 0)) / query.length));
    reverseForward(network, y, zBar, yBar, Lam);
  });
  return Lam;
}

/** Index of the first largest value; -1 where there is a NaN, so that a diverged network is never right. */
function firstLargest(values: Float64Array): number {
  return values.some(Number.isNaN) ? -1 : values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}
