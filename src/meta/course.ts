/** A network that learns on with a fixed rule, measured on the way: no gradient, memory for one piece of its images. */
import type { Engine, Outcome } from '../engine/engine.js';
import { type Episode, type Images, initialMatrices } from '../engine/episode.js';
import type { Rule } from '../plasticity/rule.js';

/** An engine that can adapt without a gradient. */
export type AdaptingEngine = Engine & Required<Pick<Engine, 'adapt'>>;

/** Whether an engine is one. */
export function canAdapt(engine: Engine): engine is AdaptingEngine {
  return engine.adapt !== undefined;
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
  start: Omit<Episode, 'train' | 'from'>,
  pieces: Iterable<Images>,
  { rule, theta }: { readonly rule: Rule; readonly theta: Float64Array },
): AsyncGenerator<CoursePoint, void> {
  let episode: Episode = { ...start, train: { pixels: new Uint8Array(0), labels: new Uint8Array(0) } };
  let shown = 0;
  const show = async (train: Images): Promise<CoursePoint> => {
    const { weights, feedbackWeights, states, ...outcome } = await engine.adapt({ ...episode, train }, rule, theta);
    shown += train.labels.length;
    // Feedback matrices that do not learn stay what they were.
    const fed = feedbackWeights ?? initialMatrices(episode).feedbackWeights;
    const given = { weights, ...(fed && { feedbackWeights: fed }) };
    episode = { ...episode, matrices: { given }, from: { images: shown, states } };
    return { images: shown, ...outcome };
  };
  yield await show(episode.train);
  for (const piece of pieces) {
    const point = await show(piece);
    yield point;
    if (!Number.isFinite(point.loss)) return;
  }
}

/** An episode's training images in pieces of `every`; the last one is what is left. */
export function* piecesOf({ network: { layers }, train }: Episode, every: number): Generator<Images, void> {
  const size = layers[0]!;
  for (let from = 0; from < train.labels.length; from += every) {
    const labels = train.labels.subarray(from, from + every);
    const to = from + labels.length;
    const { pixels, positions } = train;
    yield positions
      ? { pixels, labels, positions: positions.subarray(from, to) }
      : { pixels: pixels.subarray(from * size, to * size), labels };
  }
}
