import { ACTIVATIONS } from '../network/activation.js';
import { FEEDBACK, FEEDBACKS } from '../network/feedback.js';
import { feedbackShapes, matrixShapes } from '../network/layers.js';
import { checkLayers } from '../plasticity/placement.js';
import { type Rule, ruleReads } from '../plasticity/rule.js';
import { beyondEngine, misfit } from './capabilities.js';
import type { EngineName } from './create.js';
import type { Episode, GivenMatrices, LayerStates } from './episode.js';

/** What is measured over the query images, with the weights after adaptation; a diverged episode holds NaN. */
export interface Outcome {
  /** Mean cross-entropy over the query images after adaptation (natural log; no L1 term). */
  readonly loss: number;
  /** Fraction of query images whose largest output is their class. */
  readonly accuracy: number;
  /** Degrees between the batch means of e by the feedback path and by W', layers 0..L. */
  readonly angles: Float64Array;
  /** || y_{l-1} W' - y_l W W' ||_F^2 over the query rows, l = 1..L (paper's Eq. 11). */
  readonly orthonormality: Float64Array;
}

/** What one episode yields. */
export interface EpisodeResult extends Outcome {
  /** d loss / d theta, one per coefficient of the rule. */
  readonly thetaGradient: Float64Array;
  /** d loss / d W_1 … W_L of the start, row-major, where they were asked for. */
  readonly weightGradient?: readonly Float64Array[];
  /** d loss / d B_1 … B_L of the start likewise (D_0 … D_{L-1}); none where W itself feeds back. */
  readonly feedbackGradient?: readonly Float64Array[];
}

/** What adapting alone yields. */
export interface Adaptation extends Outcome {
  /** W_1 … W_L after the last training image, and B_1 … B_L where they learn, in the engine's own precision. */
  readonly weights: GivenMatrices['weights'];
  readonly feedbackWeights?: GivenMatrices['weights'];
  /** The states of layers 1 … L after it. */
  readonly states: readonly LayerStates[];
}

export interface RunOptions {
  /** Whether the gradients of the initial matrices are wanted. */
  readonly weightGradients?: boolean;
}

/** Runs episodes. Every engine computes the same mathematics; they differ in speed and precision. */
export interface Engine {
  readonly name: string;
  /**
   * Adapt on each episode's training images, then loss, statistics and d loss / d theta.
   * `theta[i]` belongs to `episodes[i]`. Independent episodes may run in parallel.
   */
  run(
    episodes: readonly Episode[],
    rule: Rule,
    theta: readonly Float64Array[],
    options?: RunOptions,
  ): Promise<EpisodeResult[]>;
  /**
   * Says which episode (this very object) will be run next, so that what does not depend on theta can be made ready in
   * the background, while another runs. Changes nothing but the time it takes; engines without a use for it lack it.
   */
  prefetch?(episode: Episode, rule: Rule): void;
  /**
   * The way forward of `run` alone: the same outcome without a gradient, and the final weights. An episode that starts
   * from them goes on where this one ended, so a series of any length can be shown piece by piece.
   */
  adapt?(episode: Episode, rule: Rule, theta: Float64Array): Promise<Adaptation>;
  dispose(): Promise<void>;
}

function refuse(problem: string): never {
  throw new RangeError(problem);
}

/**
 * Refuses what no engine, or not this one, could run.
 * @throws RangeError, one sentence, for sizes that do not fit, labels out of range or missing feedback weights.
 */
export function checkRun(
  engine: EngineName,
  episodes: readonly Episode[],
  rule: Rule,
  theta: readonly Float64Array[],
  { weightGradients }: RunOptions = {},
): void {
  if (theta.length !== episodes.length)
    refuse(`there are ${episodes.length} episodes but ${theta.length} vectors of coefficients`);
  episodes.forEach((episode, i) => {
    const names = rule.coefficients;
    if (theta[i]!.length !== names.length)
      refuse(
        `the rule has ${names.length} coefficients (${names.join(', ')}) but theta has ${theta[i]!.length} coefficients`,
      );
    checkNetwork(episode, rule);
    const beyond = beyondEngine(engine, episode.network, rule, weightGradients);
    if (beyond !== undefined) refuse(`the ${engine} engine does not run ${beyond}: the reference engine does`);
    const unfit = misfit(episode.network, rule);
    if (unfit !== undefined) refuse(unfit);
    if ('given' in episode.matrices) checkMatrices(episode.network, episode.matrices.given);
    checkImages(episode);
  });
}

function checkNetwork({ network, noiseKey }: Episode, rule: Rule): void {
  const { layers, beta, feedback, activation = 'softplus', gain = 1, noise = 0 } = network;
  if (layers.length < 2 || !layers.every((n) => Number.isInteger(n) && n > 0))
    refuse(`layers must be two or more positive integers, not [${layers.join(', ')}]`);
  try {
    for (const place of [...rule.terms, ...rule.states]) checkLayers(place, layers.length - 1);
  } catch (error) {
    refuse((error as Error).message);
  }
  if (!(beta > 0 && Number.isFinite(beta))) refuse(`beta must be a positive number, not ${beta}`);
  if (!(gain > 0 && Number.isFinite(gain))) refuse(`gain must be a positive number, not ${gain}`);
  if (!(noise >= 0 && Number.isFinite(noise))) refuse(`noise must be a number of at least 0, not ${noise}`);
  if (!FEEDBACKS.includes(feedback)) refuse(`feedback must be ${FEEDBACKS.join(' or ')}, not '${feedback}'`);
  if (!ACTIVATIONS.includes(activation)) refuse(`activation must be ${ACTIVATIONS.join(' or ')}, not '${activation}'`);
  if (!noiseKey && (noise > 0 || ruleReads(rule, 'xi'))) refuse('an episode with noise needs a noiseKey');
}

function checkMatrices({ layers, feedback }: Episode['network'], given: GivenMatrices): void {
  const lists = FEEDBACK[feedback].drawn ? (['weights', 'feedbackWeights'] as const) : (['weights'] as const);
  for (const name of lists) {
    const list = given[name] ?? [];
    if (list.length !== layers.length - 1)
      refuse(`${name} must hold ${layers.length - 1} matrices, not ${list.length}`);
    const shapes = name === 'weights' ? matrixShapes(layers) : feedbackShapes(layers, feedback);
    list.forEach((matrix, l) => {
      const { rows, columns } = shapes[l]!;
      if (matrix.length !== rows * columns)
        refuse(`${name}[${l}] must be ${rows} x ${columns}, but has ${matrix.length} elements`);
    });
  }
}

function checkImages(episode: Episode): void {
  const { layers } = episode.network;
  for (const part of ['train', 'query'] as const) {
    const { pixels, positions, labels } = episode[part];
    const count = pixels.length / layers[0]!;
    if (positions ? positions.length !== labels.length : count !== labels.length)
      refuse(`the ${part} images must be ${labels.length} x ${layers[0]} bytes, one row a label`);
    const outside = positions?.find((position) => !(position >= 0 && position < count));
    if (outside !== undefined) refuse(`the ${part} images have no position ${outside}`);
    const wrong = labels.find((label) => label >= layers.at(-1)!);
    if (wrong !== undefined) refuse(`the ${part} labels hold ${wrong}, but the network has ${layers.at(-1)} outputs`);
  }
  if (episode.query.labels.length === 0) refuse('an episode needs at least one query image');
}
