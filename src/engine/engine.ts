import { feedbackShapes, matrixShapes } from '../network/layers.js';
import { checkLayers } from '../plasticity/placement.js';
import { coefficientNames, type Rule, ruleUsesB } from '../plasticity/rule.js';
import type { ThreefryKey } from '../random/threefry.js';

/**
 * How errors come back. `fix`: e_{l-1} = (B_l'e_l) .* g_{l-1} with fixed random B (FA). `sym`: B_l = W_l at every step (BP).
 * `dfa`: straight from the output, e_l = (D_l'e_L) .* g_l with fixed random D (Nokland 2016, arXiv:1609.01596). `sign`:
 * B_l = sign(W_l) .* |B0_l|, the sign that of every step and constant in the gradient (Liao et al. 2016, arXiv:1510.05067).
 * `plastic`: as `fix`, and B changes by the rule's terms for it.
 */
export const FEEDBACKS = ['fix', 'sym', 'dfa', 'sign', 'plastic'] as const;
export type Feedback = (typeof FEEDBACKS)[number];

/** The feedback that each engine runs. */
export const ENGINE_FEEDBACKS = {
  wasm: ['fix', 'sym', 'dfa'],
  reference: FEEDBACKS,
  tensorflow: ['fix', 'sym'],
} as const satisfies Record<string, readonly Feedback[]>;

/** Images of an episode as positions in a data set. */
export interface ImageSource {
  /** count x n_0 bytes; in shared memory where threads are to see it without copying. */
  readonly pixels: Uint8Array;
  readonly train: Int32Array;
  readonly query: Int32Array;
}

/** All that one episode needs: a network's initial weights and a task (paper's Algorithm 1). */
export interface Episode {
  /** Layer sizes n_0 … n_L, e.g. [784, 170, 130, 100, 70, 47]. */
  readonly layers: readonly number[];
  /** Softplus sharpness (10 in the paper). */
  readonly beta: number;
  readonly feedback: Feedback;
  /** L matrices, n_l x n_{l-1}, row-major. */
  readonly weights: readonly (Float32Array | Float64Array)[];
  /** L matrices, of `feedbackShapes`: B_1 .. B_L, or D_0 .. D_{L-1} with `dfa`; none with `sym`. */
  readonly feedbackWeights?: readonly (Float32Array | Float64Array)[];
  /**
   * The key under which `drawWeights` draws `weights` and `feedbackWeights`. An engine that draws them itself, to the
   * same bits, need not read the two, which may then be drawn only when they are read.
   */
  readonly weightKey?: ThreefryKey;
  /**
   * Where the images can be gathered from. An engine that does so itself need not read `trainImages` and `queryImages`,
   * which may then be gathered only when they are read.
   */
  readonly imageSource?: ImageSource;
  /** T x n_0 bytes, 0..255, in the order in which they are shown. */
  readonly trainImages: Uint8Array;
  /** T class indices, each below n_L. */
  readonly trainLabels: Uint8Array;
  /** Nq x n_0 bytes. */
  readonly queryImages: Uint8Array;
  /** Nq class indices. */
  readonly queryLabels: Uint8Array;
}

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
  /** d loss / d theta, one per coefficient of the rule: terms, then constants. */
  readonly thetaGradient: Float64Array;
}

/** What adapting alone yields. */
export interface Adaptation extends Outcome {
  /** W_1 … W_L after the last training image, like `Episode.weights` and in the engine's own precision. */
  readonly weights: Episode['weights'];
  /** B_1 … B_L likewise, where they learn. */
  readonly feedbackWeights?: Episode['weights'];
}

/** Runs episodes. Every engine computes the same mathematics; they differ in speed and precision. */
export interface Engine {
  readonly name: string;
  /**
   * Adapt on each episode's training images, then loss, statistics and d loss / d theta.
   * `theta[i]` belongs to `episodes[i]`. Independent episodes may run in parallel.
   */
  run(episodes: readonly Episode[], rule: Rule, theta: readonly Float64Array[]): Promise<EpisodeResult[]>;
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

/**
 * Refuses what no engine could run.
 * @throws RangeError, one sentence, for sizes that do not fit, labels out of range or missing feedback weights.
 */
export function checkRun(
  episodes: readonly Episode[],
  rule: Rule,
  theta: readonly Float64Array[],
  supported: readonly Feedback[] = FEEDBACKS,
): void {
  const refuse = (problem: string): never => {
    throw new RangeError(problem);
  };
  if (theta.length !== episodes.length)
    refuse(`there are ${episodes.length} episodes but ${theta.length} vectors of coefficients`);
  episodes.forEach((episode, i) => {
    const { layers, beta, feedback, weightKey } = episode;
    const names = coefficientNames(rule);
    if (theta[i]!.length !== names.length)
      refuse(
        `the rule has ${names.length} coefficients (${names.join(', ')}) but theta has ${theta[i]!.length} coefficients`,
      );
    if (layers.length < 2 || !layers.every((n) => Number.isInteger(n) && n > 0))
      refuse(`layers must be two or more positive integers, not [${layers.join(', ')}]`);
    try {
      for (const term of rule.terms) checkLayers(term, layers.length - 1);
    } catch (error) {
      refuse((error as Error).message);
    }
    if (!(beta > 0 && Number.isFinite(beta))) refuse(`beta must be a positive number, not ${beta}`);
    if (!supported.includes(feedback))
      refuse(`feedback must be ${supported.join(' or ')} with this engine, not '${feedback}'; reference runs them all`);
    if (rule.feedback && feedback !== 'plastic')
      refuse(`the rule has terms for B, so that feedback must be plastic, not '${feedback}'`);
    if (ruleUsesB(rule) && !supported.includes('plastic')) refuse('this engine runs no formula with B; reference does');
    if (ruleUsesB(rule) && feedback === 'dfa')
      refuse("a formula cannot use B where feedback is 'dfa', whose matrices are not of W's shape");
    // Matrices drawn under a key are of the right sizes, and not drawn before they are read.
    const lists = weightKey
      ? []
      : feedback === 'sym'
        ? (['weights'] as const)
        : (['weights', 'feedbackWeights'] as const);
    for (const name of lists) {
      const list = episode[name] ?? [];
      if (list.length !== layers.length - 1)
        refuse(`${name} must hold ${layers.length - 1} matrices, not ${list.length}`);
      const shapes = name === 'weights' ? matrixShapes(layers) : feedbackShapes(layers, feedback);
      list.forEach((matrix, l) => {
        const { rows, columns } = shapes[l]!;
        if (matrix.length !== rows * columns)
          refuse(`${name}[${l}] must be ${rows} x ${columns}, but has ${matrix.length} elements`);
      });
    }
    for (const part of ['train', 'query'] as const) {
      const labels = episode[`${part}Labels`];
      if (!episode.imageSource && episode[`${part}Images`].length !== labels.length * layers[0]!)
        refuse(`${part}Images must be ${labels.length} x ${layers[0]} bytes, one row a label`);
      const wrong = labels.find((label) => label >= layers.at(-1)!);
      if (wrong !== undefined) refuse(`${part}Labels holds ${wrong}, but the network has ${layers.at(-1)} outputs`);
    }
    if (episode.queryLabels.length === 0) refuse('an episode needs at least one query image');
  });
}
