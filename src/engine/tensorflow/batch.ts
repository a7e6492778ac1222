/**
 * Episodes of one shape, all at once: adapt, loss, statistics, and d loss / d theta by the library's automatic
 * differentiation.
 *
 * Its tape keeps all that a step makes, whole matrices among it. So the weights are kept every `block` steps only, and on
 * the way back one block after the other is run again under a tape (gradient checkpointing: Griewank & Walther 2000,
 * doi 10.1145/347837.347846; in the simple form of Chen et al. 2016, arXiv 1604.06174).
 */
import type { Tensor } from '@tensorflow/tfjs';
import { layerPrograms, type Rule } from '../../plasticity/rule.js';
import { angleDegrees } from '../../stats/angle.js';
import type { Episode, EpisodeResult } from '../engine.js';
import type { TensorFlow } from './backend.js';
import { errors, forward, type Samples, step } from './step.js';

/**
 * Runs episodes that have layers, beta, feedback and the numbers of images in common. The caller opens and closes the
 * library's scope that frees the tensors.
 */
export function runBatch(
  tf: TensorFlow,
  episodes: readonly Episode[],
  rule: Rule,
  thetas: readonly Float64Array[],
  block: number,
): EpisodeResult[] {
  const { beta, feedback, layers, trainLabels, queryLabels } = episodes[0]!;
  const E = episodes.length;
  const L = layers.length - 1;
  const programs = layerPrograms(rule, L);
  const stacked = (of: (episode: Episode) => Episode['weights']) =>
    Array.from({ length: L }, (_, l) =>
      tf.tensor3d(joined(episodes.map((episode) => of(episode)[l]!)), [E, layers[l + 1]!, layers[l]!]),
    );

  const B = feedback === 'sym' ? undefined : stacked((episode) => episode.feedbackWeights!);
  const theta = Array.from(thetas[0]!, (_, r) =>
    tf.tensor3d(
      thetas.map((values) => values[r]!),
      [E, 1, 1],
    ),
  );
  const adapt = (W: readonly Tensor[], from: number): Tensor[] => {
    let now = [...W];
    for (let t = from; t < Math.min(from + block, trainLabels.length); t++)
      now = tf.tidy(() => step(tf, programs, beta, now, B, theta, samples(tf, episodes, 'train', t, t + 1)));
    return now;
  };

  let W: Tensor[] = stacked((episode) => episode.weights);
  const starts: Tensor[][] = [];
  for (let from = 0; from < trainLabels.length; from += block) {
    starts.push(W);
    W = tf.tidy(() => adapt(W, from));
  }

  const query = samples(tf, episodes, 'query', 0, queryLabels.length);
  const results = evaluate(tf, episodes, W, B, query);
  const thetaGradients = thetas.map((values) => new Float64Array(values.length));
  const differentiate = (f: () => Tensor, of: Tensor[]) => tf.engine().gradients(f, of, undefined, true).grads;
  let Lam = differentiate(() => tf.sum(losses(tf, forward(tf, beta, W, query.input).logOutput, query.target)), W);
  for (let b = starts.length - 1; b >= 0; b--) {
    const start = starts[b]!;
    // d <Lam, W after the block> is what the block passes on of dLoss; a coefficient without effect has no gradient.
    const inner = () => tf.addN(adapt(start, b * block).map((w, l) => tf.sum(tf.mul(w, Lam[l]!))));
    const grads: (Tensor | undefined)[] = differentiate(inner, [...start, ...theta]);
    grads.slice(L).forEach((grad, r) => {
      grad?.dataSync().forEach((value, i) => {
        thetaGradients[i]![r]! += value;
      });
    });
    tf.dispose([Lam, start, grads.slice(L)]);
    Lam = grads.slice(0, L) as Tensor[];
  }
  return results.map((result, i) => ({ ...result, thetaGradient: thetaGradients[i]! }));
}

/** Images `from` .. `to` of every episode; y_0 = pixels / 255. */
function samples(
  tf: TensorFlow,
  episodes: readonly Episode[],
  part: 'train' | 'query',
  from: number,
  to: number,
): Samples {
  const { layers } = episodes[0]!;
  const [size, outputs] = [layers[0]!, layers.at(-1)!];
  const images = joined(episodes.map((e) => Float32Array.from(e[`${part}Images`].subarray(from * size, to * size))));
  const labels = episodes.flatMap((e) => [...e[`${part}Labels`].subarray(from, to)]);
  const target = new Float32Array(labels.length * outputs);
  labels.forEach((label, i) => {
    target[i * outputs + label] = 1;
  });
  const columns = (rows: Float32Array, n: number) =>
    tf.transpose(tf.tensor3d(rows, [episodes.length, to - from, n]), [0, 2, 1]);
  return { input: tf.div(columns(images, size), 255), target: columns(target, outputs) };
}

/** Mean cross-entropy over the query images, one per episode. */
const losses = (tf: TensorFlow, logOutput: Tensor, target: Tensor): Tensor =>
  tf.div(tf.neg(tf.sum(tf.mul(logOutput, target), [1, 2])), target.shape[2]!);

/** Loss and statistics with the final weights. */
function evaluate(
  tf: TensorFlow,
  episodes: readonly Episode[],
  W: readonly Tensor[],
  B: readonly Tensor[] | undefined,
  { input, target }: Samples,
): Omit<EpisodeResult, 'thetaGradient'>[] {
  const { beta, layers } = episodes[0]!;
  /** One array of numbers per episode. */
  const split = (tensor: Tensor) => {
    const values = tensor.dataSync<'float32'>();
    const size = values.length / episodes.length;
    return episodes.map((_, i) => values.subarray(i * size, (i + 1) * size));
  };
  const { y, z, logOutput } = forward(tf, beta, W, input);
  const means = (through: readonly Tensor[]) => errors(tf, beta, through, y, target).map((e) => split(tf.mean(e, 2)));
  const exact = means(W);
  const fed = B ? means(B) : exact;
  const orthonormality = W.map((w, l) => {
    const again = tf.matMul(w, tf.matMul(w, y[l + 1]!, true));
    return split(tf.sum(tf.square(tf.sub(z[l + 1]!, again)), [1, 2]));
  });
  const loss = split(losses(tf, logOutput, target));
  const outputs = split(tf.transpose(z.at(-1)!, [0, 2, 1]));
  return episodes.map(({ queryLabels }, i) => ({
    loss: loss[i]![0]!,
    accuracy: accuracy(outputs[i]!, queryLabels, layers.at(-1)!),
    angles: Float64Array.from(exact, (mean, l) => angleDegrees(fed[l]![i]!, mean[i]!)),
    orthonormality: Float64Array.from(orthonormality, (values) => values[i]![0]!),
  }));
}

/** Fraction of the rows whose first largest output is their class; a row with a NaN is never right. */
function accuracy(outputs: Float32Array, labels: Uint8Array, size: number): number {
  const right = labels.filter((label, q) => {
    const row = outputs.subarray(q * size, (q + 1) * size);
    return !row.some(Number.isNaN) && row.indexOf(row.reduce((a, b) => Math.max(a, b))) === label;
  });
  return right.length / labels.length;
}

function joined(parts: Episode['weights']): Float32Array {
  const result = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
