/**
 * How large each term of a rule is beside F0 on a fresh network, and the units that make large terms as easy to steer:
 * Adam moves all coefficients alike, and 1e-3 of a term that is 26 times F0 is a big step.
 */
import type { Episode } from '../engine/engine.js';
import { Matrix } from '../engine/reference/matrix.js';
import { step } from '../engine/reference/step.js';
import { layerPrograms, type Rule } from '../plasticity/rule.js';

/** Training images of each episode that the terms are measured on. */
const IMAGES = 4;

/**
 * Frobenius norm of each term's update of all layers at a coefficient of 1, on networks that have learned nothing:
 * the root mean square over a few training images of each episode.
 */
export function termNorms(rule: Rule, episodes: readonly Episode[]): number[] {
  const squares = rule.terms.map(() => 0);
  const alone = rule.terms.map((_, r) => Float64Array.from(rule.terms, (_, i) => (i === r ? 1 : 0)));
  let images = 0;
  for (const { layers, beta, feedback, weights, feedbackWeights, trainImages, trainLabels } of episodes) {
    const fresh = matrices(layers, weights);
    const W = matrices(layers, weights);
    const network = { layers, beta, W, B: feedback === 'sym' ? W : matrices(layers, feedbackWeights!) };
    for (let t = 0; t < Math.min(IMAGES, trainLabels.length); t++, images++) {
      const pixels = trainImages.subarray(t * layers[0]!, (t + 1) * layers[0]!);
      const input = Float64Array.from(pixels, (pixel) => pixel / 255);
      for (const [r, theta] of alone.entries()) {
        step(network, layerPrograms(rule, W.length), theta, input, trainLabels[t]!);
        for (const [l, matrix] of W.entries()) {
          squares[r]! += squaredDistance(matrix.data, fresh[l]!.data);
          matrix.copyFrom(fresh[l]!);
        }
      }
    }
  }
  return squares.map((sum) => Math.sqrt(sum / images));
}

/**
 * theta = scale * phi for each term: 1 for a term that is no larger than F0 on fresh networks, else the share that
 * brings it down to F0, to two digits. Small terms are left alone: scaled up as well, the rules fare worse.
 */
export function automaticScale(rule: Rule, episodes: readonly Episode[]): number[] {
  if (rule.terms.length === 1) return [1];
  const norms = termNorms(rule, episodes);
  const reference = norms[rule.terms.findIndex(({ name }) => name === 'F0')] ?? Number.NaN;
  return norms.map((norm) => {
    const share = Number((reference / norm).toPrecision(2));
    return share > 0 && share < 1 ? share : 1;
  });
}

function matrices(layers: readonly number[], weights: Episode['weights']): Matrix[] {
  return weights.map((data, l) => new Matrix(layers[l + 1]!, layers[l]!, Float64Array.from(data)));
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
