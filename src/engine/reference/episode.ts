/**
 * One episode in float64: adapt, query loss, and the exact gradient of the loss with respect to theta by reverse mode.
 *
 * The matrices of every step would take gigabytes, so a copy is kept every BLOCK steps; on the way back a block's
 * matrices are made again from its copy and the kept updates, bit for bit as they were.
 */

import { feedbackShapes, matrixShapes } from '../../network/layers.js';
import type { Program } from '../../plasticity/program.js';
import type { Rule } from '../../plasticity/rule.js';
import type { Adaptation, Episode, EpisodeResult, Outcome } from '../engine.js';
import { Matrix } from './matrix.js';
import { meanAngles, orthonormality } from './statistics.js';
import {
  type Activity,
  errors,
  forward,
  learningPrograms,
  type Network,
  networkOf,
  repeatStep,
  reverseForward,
  reverseStep,
  type Step,
  step,
  zeroAdjoints,
} from './step.js';
import type { PerMatrix } from './update.js';

const BLOCK = 16;

export function runEpisode(episode: Episode, rule: Rule, theta: Float64Array): EpisodeResult {
  const { learning, networkAt, programs, train, query } = setUp(episode, rule);
  const copies: Matrix[][] = [];
  const steps: Step[] = train.map(({ input, label }, t) => {
    if (t % BLOCK === 0) copies.push(learning.map((M) => M.copy()));
    return step(networkAt(learning), programs, theta, input, label);
  });

  const network = networkAt(learning);
  const activities = query.map(({ input }) => forward(network, input));
  const Lam = lossGradient(network, programs, query, activities);
  const thetaGradient = new Float64Array(theta.length);
  // matrices[i] are those before step i of the block; they are made once and filled anew for each block.
  const matrices = Array.from({ length: Math.min(BLOCK, steps.length) }, () => learning.map((M) => M.copy()));
  for (let block = copies.length - 1; block >= 0; block--) {
    const inBlock = steps.slice(block * BLOCK, (block + 1) * BLOCK);
    inBlock.forEach((_, i) => {
      const from = i === 0 ? copies[block]! : matrices[i - 1]!;
      matrices[i]!.forEach((M, m) => {
        M.copyFrom(from[m]!);
      });
      if (i > 0) repeatStep(networkAt(matrices[i]!), programs, inBlock[i - 1]!, networkAt(from));
    });
    for (let i = inBlock.length - 1; i >= 0; i--) {
      reverseStep(networkAt(matrices[i]!), programs, inBlock[i]!, Lam, thetaGradient);
    }
  }
  return { ...measure(network, query, activities), thetaGradient };
}

/** The way forward alone. */
export function adapt(episode: Episode, rule: Rule, theta: Float64Array): Adaptation {
  const { learning, networkAt, programs, train, query } = setUp(episode, rule);
  for (const { input, label } of train) step(networkAt(learning), programs, theta, input, label);
  const network = networkAt(learning);
  const activities = query.map(({ input }) => forward(network, input));
  const data = (matrices: readonly Matrix[]) => matrices.map(({ data }) => data);
  const feedback = episode.feedback === 'plastic' && { feedbackWeights: data(network.B) };
  return { ...measure(network, query, activities), weights: data(network.W), ...feedback };
}

/**
 * The matrices that learn, before the first step: all W, then all B where feedback is plastic; what makes a network of
 * them at any step; what changes them; and the images.
 */
function setUp(episode: Episode, rule: Rule) {
  const { layers, feedback, weights, feedbackWeights = [] } = episode;
  const L = layers.length - 1;
  const W = Matrix.list(matrixShapes(layers), weights);
  const given = Matrix.list(feedbackShapes(layers, feedback), feedbackWeights);
  const plastic = feedback === 'plastic';
  const train = samples(episode.trainImages, episode.trainLabels, layers[0]!);
  const query = samples(episode.queryImages, episode.queryLabels, layers[0]!);
  return {
    learning: plastic ? [...W, ...given] : W,
    networkAt: (M: readonly Matrix[]) => networkOf(episode, M.slice(0, L), plastic ? M.slice(L) : given),
    programs: learningPrograms(rule, L),
    train,
    query,
  };
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

/** Lam, the derivative of the mean cross-entropy with respect to each matrix. */
function lossGradient(
  network: Network,
  programs: readonly PerMatrix<Program>[],
  query: readonly Sample[],
  activities: readonly Activity[],
): PerMatrix<Matrix>[] {
  const Lam = zeroAdjoints(network, programs);
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
