/**
 * How large each term of a rule is beside F0 on a fresh network, and the units that make large terms as easy to steer:
 * Adam moves all coefficients alike, and 1e-3 of a term that is 26 times F0 is a big step.
 */
import type { Episode } from '../engine/engine.js';
import { Matrix } from '../engine/reference/matrix.js';
import { learningPrograms, networkOf, step } from '../engine/reference/step.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from '../network/layers.js';
import { coefficientNames, type Rule } from '../plasticity/rule.js';

/** Training images of each episode that the terms are measured on. */
const IMAGES = 4;

/** Training images from one to the next that terms are measured at while a network learns. */
const EVERY = 10;

/**
 * Frobenius norm of each term's update of all layers at a coefficient of 1, on networks that have learned nothing:
 * the root mean square over a few training images of each episode. With `theta` the networks learn by it meanwhile, and
 * the mean is over images from all of an episode: theta_r times its norm is then what term r does to them.
 * @param episodes at least one; all of the same network.
 * @param constants values of the rule's constants
 */
export function termNorms(
  rule: Rule,
  episodes: readonly Episode[],
  constants: readonly number[] = [],
  theta?: readonly number[],
): number[] {
  const squares = rule.terms.map(() => 0);
  const alone = rule.terms.map((_, r) => Float64Array.of(...rule.terms.map((_, i) => (i === r ? 1 : 0)), ...constants));
  const [{ layers, beta, feedback }] = episodes as readonly [Episode, ...Episode[]];
  const programs = learningPrograms(rule, layers.length - 1);
  // Megabytes each, so the episodes share them.
  const W = zeros(matrixShapes(layers));
  const given = zeros(feedbackShapes(layers, feedback));
  const learning = feedback === 'plastic' ? [...W, ...given] : W;
  const before = zeros(learning);
  let images = 0;
  for (const { weights, feedbackWeights = [], trainImages, trainLabels } of episodes) {
    for (const [l, matrix] of W.entries()) matrix.data.set(weights[l]!);
    for (const [l, matrix] of given.entries()) matrix.data.set(feedbackWeights[l]!);
    const network = networkOf({ layers, beta, feedback }, W, given);
    const last = theta ? trainLabels.length : Math.min(IMAGES, trainLabels.length);
    for (let t = 0; t < last; t++) {
      const pixels = trainImages.subarray(t * layers[0]!, (t + 1) * layers[0]!);
      const input = Float64Array.from(pixels, (pixel) => pixel / 255);
      if (theta === undefined || t % EVERY === 0) {
        images++;
        for (const [m, matrix] of before.entries()) matrix.copyFrom(learning[m]!);
        for (const [r, unit] of alone.entries()) {
          step(network, programs, unit, input, trainLabels[t]!);
          for (const [m, matrix] of learning.entries()) {
            squares[r]! += squaredDistance(matrix.data, before[m]!.data);
            matrix.copyFrom(before[m]!);
          }
        }
      }
      if (theta) step(network, programs, Float64Array.from(theta), input, trainLabels[t]!);
    }
  }
  return squares.map((sum) => Math.sqrt(sum / images));
}

/**
 * theta = scale * phi for each term: 1 for a term that is no larger than F0 on fresh networks, else the share that
 * brings it down to F0, to two digits. Small terms are left alone: scaled up as well, the rules fare worse. Constants
 * of formulas, whose initial values are given, keep theirs.
 */
export function automaticScale(rule: Rule, episodes: readonly Episode[], constants: readonly number[] = []): number[] {
  if (rule.terms.length === 1) return coefficientNames(rule).map(() => 1);
  const norms = termNorms(rule, episodes, constants);
  const reference = norms[rule.terms.findIndex(({ name }) => name === 'F0')] ?? Number.NaN;
  const scales = norms.map((norm) => {
    const share = Number((reference / norm).toPrecision(2));
    return share > 0 && share < 1 ? share : 1;
  });
  return [...scales, ...constants.map(() => 1)];
}

const zeros = (shapes: readonly MatrixShape[]) => shapes.map(({ rows, columns }) => new Matrix(rows, columns));

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
