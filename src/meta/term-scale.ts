/**
 * How large each term of a rule is beside F0 on a fresh network, and the units that make large terms as easy to steer:
 * Adam moves all coefficients alike, and 1e-3 of a term that is 26 times F0 is a big step.
 */
import { type Episode, imageOf, initialMatrices } from '../engine/episode.js';
import { initialState, noiseOf, type State, step } from '../engine/reference/step.js';
import { copyOf, copyTable } from '../engine/reference/table.js';
import { FEEDBACK } from '../network/feedback.js';
import { layerPrograms, type Rule, ruleReads, termCoefficients } from '../plasticity/rule.js';

/** Training images of each episode that the terms are measured on. */
const IMAGES = 4;

/** Training images before these where a rule has states. */
const SETTLING = 8;

/** Training images from one to the next that terms are measured at while a network learns. */
const EVERY = 10;

/**
 * Frobenius norm of each term's update of all layers at a coefficient of 1, on networks that have learned nothing: the
 * root mean square over a few training images of each episode; terms that share a coefficient count together. With `theta`
 * the networks learn by it meanwhile, and the mean is over images from all of an episode: theta_r times its norm is then
 * what term r does to them. Where the rule has states, which are 0 at the start, a few images go before in any case.
 * @param episodes at least one; all of the same network.
 * @param constants values of the rule's constants
 */
export function termNorms(
  rule: Rule,
  episodes: readonly Episode[],
  constants: readonly number[] = [],
  theta?: readonly number[],
): number[] {
  const names = termCoefficients(rule);
  const squares = names.map(() => 0);
  const alone = names.map((_, r) => Float64Array.of(...names.map((_, i) => (i === r ? 1 : 0)), ...constants));
  const still = Float64Array.of(...names.map(() => 0), ...constants);
  const { network } = episodes[0]!;
  const programs = layerPrograms(rule, network.layers.length - 1);
  const isNoisy = (network.noise ?? 0) > 0 || ruleReads(rule, 'xi');
  const first = rule.states.length > 0 ? SETTLING : 0;
  // Megabytes each, so the episodes share them.
  let state: State = initialState(network, programs);
  let other: State = state.map(copyOf);
  let images = 0;
  for (const episode of episodes) {
    fill(state, initialState(network, programs, initialMatrices(episode)));
    const { train, noiseKey } = episode;
    const last = theta ? train.labels.length : Math.min(first + IMAGES, train.labels.length);
    for (let t = 0; t < last; t++) {
      const input = Float64Array.from(imageOf(train, t, network.layers[0]!), (pixel) => pixel / 255);
      const xi = isNoisy ? noiseOf(noiseKey!, t, network.layers) : undefined;
      const shown = { input, label: train.labels[t]!, xi };
      if (theta === undefined ? t >= Math.min(first, last - 1) : t % EVERY === 0) {
        images++;
        for (const [r, unit] of alone.entries()) {
          step(network, programs, unit, shown, state, other);
          squares[r]! += squaredDistance(network, state, other);
        }
      }
      if (!theta && first === 0) continue;
      step(network, programs, theta ? Float64Array.from(theta) : still, shown, state, other);
      [state, other] = [other, state];
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
  const names = termCoefficients(rule);
  if (names.length === 1) return rule.coefficients.map(() => 1);
  const norms = termNorms(rule, episodes, constants);
  const reference = norms[names.indexOf('F0')] ?? Number.NaN;
  const scales = norms.map((norm) => {
    const share = Number((reference / norm).toPrecision(2));
    return share > 0 && share < 1 ? share : 1;
  });
  return [...scales, ...constants.map(() => 1)];
}

function fill(state: State, from: State): void {
  state.forEach((table, l) => {
    copyTable(from[l]!, table);
  });
}

/** Of all matrices that learn. */
function squaredDistance({ feedback }: Episode['network'], a: State, b: State): number {
  let sum = 0;
  for (const name of FEEDBACK[feedback].learned ? ['W', 'B'] : ['W'])
    a.forEach(({ matrices }, l) => {
      const [x, y] = [matrices[name]!.data, b[l]!.matrices[name]!.data];
      for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
    });
  return sum;
}
