/** A network that learns on with a fixed rule, measured on the way: no gradient, memory for one piece of its images. */
import type { Engine, Episode, Outcome } from '../engine/engine.js';
import type { Rule } from '../plasticity/rule.js';

/** An engine that can adapt without a gradient. */
export type AdaptingEngine = Engine & Required<Pick<Engine, 'adapt'>>;

/** Whether an engine is one. */
export function canAdapt(engine: Engine): engine is AdaptingEngine {
  return engine.adapt !== undefined;
}

/** Images that are shown one after the other, count x n_0 bytes, and their classes. */
export interface Piece {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** What is measured after so many training images. */
export interface CoursePoint extends Outcome {
  readonly images: number;
}

/**
 * Shows pieces of training images to one network, and yields what the engine measures on the query images: before the
 * first, and after each. A network that diverged stays so: its first point that is not finite is the last.
 *
 * @param start the network and its query images; training images of its own are not looked at.
 */
export async function* followCourse(
  engine: AdaptingEngine,
  start: Omit<Episode, 'trainImages' | 'trainLabels'>,
  pieces: Iterable<Piece>,
  { rule, theta }: { readonly rule: Rule; readonly theta: Float64Array },
): AsyncGenerator<CoursePoint, void> {
  const { layers, beta, feedback, queryImages, queryLabels } = start;
  const network = { layers, beta, feedback, queryImages, queryLabels };
  let { weights, feedbackWeights } = start;
  const show = async ({ images, labels }: Piece): Promise<Outcome> => {
    const matrices = { weights, ...(feedbackWeights && { feedbackWeights }) };
    const episode = { ...network, ...matrices, trainImages: images, trainLabels: labels };
    const { weights: W, feedbackWeights: B, ...outcome } = await engine.adapt(episode, rule, theta);
    weights = W;
    feedbackWeights = B ?? feedbackWeights;
    return outcome;
  };

  let shown = 0;
  let outcome = await show({ images: new Uint8Array(0), labels: new Uint8Array(0) });
  yield { images: shown, ...outcome };
  for (const piece of pieces) {
    outcome = await show(piece);
    shown += piece.labels.length;
    yield { images: shown, ...outcome };
    if (!Number.isFinite(outcome.loss)) return;
  }
}

/** An episode's training images in pieces of `every`; the last one is what is left. */
export function* piecesOf({ layers, trainImages, trainLabels }: Episode, every: number): Generator<Piece, void> {
  const size = layers[0]!;
  for (let from = 0; from < trainLabels.length; from += every) {
    const labels = trainLabels.subarray(from, from + every);
    yield { labels, images: trainImages.subarray(from * size, (from + labels.length) * size) };
  }
}
