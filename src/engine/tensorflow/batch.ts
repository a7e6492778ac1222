/**
 * Episodes of one shape, all at once: adapt, loss, statistics, and d loss / d theta by the library's automatic
 * differentiation.
 *
 * Its tape keeps all that a step makes, whole matrices among it. So the weights are kept every `block` steps only, and on
 * the way back one block after the other is run again under a tape (gradient checkpointing: Griewank & Walther 2000,
 * doi 10.1145/347837.347846; in the simple form of Chen et al. 2016, arXiv 1604.06174).
 */
import type { Tensor } from '@tensorflow/tfjs';
import { FEEDBACK } from '../../network/feedback.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from '../../network/layers.js';
import { layerPrograms, type Rule, ruleReads } from '../../plasticity/rule.js';
import { standardNormal } from '../../random/normal.js';
import { angleDegrees } from '../../stats/angle.js';
import type { EpisodeResult, RunOptions } from '../engine.js';
import { type Episode, type GivenMatrices, imageOf, initialMatrices, type Numbers } from '../episode.js';
import type { TensorFlow } from './backend.js';
import type { Table } from './rule.js';
import { errors, feedbackOf, forward, type Samples, step } from './step.js';

/**
 * Runs episodes that have the network and the numbers of images in common. The caller opens and closes the library's scope
 * that frees the tensors.
 */
export function runBatch(
  tf: TensorFlow,
  episodes: readonly Episode[],
  rule: Rule,
  thetas: readonly Float64Array[],
  block: number,
  { weightGradients = false }: RunOptions = {},
): EpisodeResult[] {
  const { network, train, query: questions } = episodes[0]!;
  const { layers, feedback } = network;
  const E = episodes.length;
  const L = layers.length - 1;
  const images = train.labels.length;
  const programs = layerPrograms(rule, L);
  const isNoisy = (network.noise ?? 0) > 0 || ruleReads(rule, 'xi');
  const theta = Array.from({ length: rule.coefficients.length }, (_, r) =>
    tf.tensor3d(
      thetas.map((values) => values[r]!),
      [E, 1, 1],
    ),
  );
  const adapt = (tables: readonly Table[], from: number): Table[] => {
    let now = [...tables];
    for (let t = from; t < Math.min(from + block, images); t++) {
      const shown = (): Samples => ({
        ...samples(tf, episodes, 'train', t, t + 1),
        ...(isNoisy && { xi: noise(tf, episodes, t) }),
      });
      now = unflat(
        now,
        tf.tidy(() => flat(step(tf, network, programs, now, theta, shown()))),
      );
    }
    return now;
  };

  let tables: readonly Table[] = initialTables(tf, episodes, rule);
  const starts: (readonly Table[])[] = [];
  for (let from = 0; from < images; from += block) {
    starts.push(tables);
    tables = unflat(
      tables,
      tf.tidy(() => flat(adapt(tables, from))),
    );
  }

  const query = samples(tf, episodes, 'query', 0, questions.labels.length);
  const results = evaluate(tf, episodes, tables, query);
  const thetaGradients = thetas.map((values) => new Float64Array(values.length));
  const differentiate = (f: () => Tensor, of: Tensor[]) => tf.engine().gradients(f, of, undefined, true).grads;
  const W = (of: readonly Table[]) => of.map((table) => table.W!);
  const end = flat(tables);
  const ofLoss: (Tensor | undefined)[] = differentiate(
    () => tf.sum(losses(tf, forward(tf, network, W(tables), query).logOutput, query.target)),
    end,
  );
  let Lam = end.map((x, i) => ofLoss[i] ?? tf.zerosLike(x));
  for (let b = starts.length - 1; b >= 0; b--) {
    const start = flat(starts[b]!);
    // d <Lam, what persists after the block> is what the block passes on of dLoss; what is without effect has no gradient.
    const inner = () =>
      tf.addN(flat(adapt(unflat(starts[b]!, start), b * block)).map((x, i) => tf.sum(tf.mul(x, Lam[i]!))));
    const grads: (Tensor | undefined)[] = differentiate(inner, [...start, ...theta]);
    grads.slice(start.length).forEach((grad, r) => {
      grad?.dataSync().forEach((value, i) => {
        thetaGradients[i]![r]! += value;
      });
    });
    const passed = start.map((x, i) => grads[i] ?? tf.zerosLike(x));
    // What does not change is the same tensor in earlier blocks.
    const earlier = new Set(starts.slice(0, b).flatMap(flat));
    tf.dispose([Lam, start.filter((x) => !earlier.has(x)), grads.slice(start.length) as Tensor[]]);
    Lam = passed;
  }
  const LamTables = unflat(tables, Lam);
  const gradientOf = (name: 'W' | 'B') => LamTables.map((table) => split(table[name]!, E));
  const [ofW, ofB] = weightGradients
    ? [gradientOf('W'), FEEDBACK[feedback].drawn ? gradientOf('B') : undefined]
    : [undefined, undefined];
  const own = (of: readonly (readonly Float32Array[])[], i: number) => of.map((layer) => Float64Array.from(layer[i]!));
  return results.map((result, i) => ({
    ...result,
    thetaGradient: thetaGradients[i]!,
    ...(ofW && { weightGradient: own(ofW, i) }),
    ...(ofB && { feedbackGradient: own(ofB, i) }),
  }));
}

/** All tensors of tables, and tables of the same names of such tensors. */
const flat = (tables: readonly Table[]): Tensor[] => tables.flatMap((table) => Object.values(table));
function unflat(like: readonly Table[], tensors: readonly Tensor[]): Table[] {
  let i = 0;
  return like.map((table) => Object.fromEntries(Object.keys(table).map((name) => [name, tensors[i++]!])));
}

/** W, the feedback's own matrices as B, and the states of each layer. */
function initialTables(tf: TensorFlow, episodes: readonly Episode[], rule: Rule): Table[] {
  const { layers, feedback } = episodes[0]!.network;
  const given = episodes.map(initialMatrices);
  const stacked = ({ rows, columns }: MatrixShape, of: (i: number) => Numbers) =>
    tf.tensor3d(joined(episodes.map((_, i) => of(i))), [episodes.length, rows, columns]);
  const fed = feedbackShapes(layers, feedback);
  const programs = layerPrograms(rule, layers.length - 1);
  const list = (name: keyof GivenMatrices, i: number, l: number) => given[i]![name]![l]!;
  return matrixShapes(layers).map((shape, l) => {
    const { rows, columns } = shape;
    const sizes = { scalar: [1, 1], post: [rows, 1], pre: [columns, 1], matrix: [rows, columns] } as const;
    const states = Object.entries(programs[l]!.states).map(([name, kind]) => {
      const [m, n] = sizes[kind];
      const start = ({ from }: Episode) => from?.states[l]?.[name] ?? new Float64Array(m * n);
      return [name, stacked({ rows: m, columns: n }, (i) => start(episodes[i]!))] as const;
    });
    return {
      W: stacked(shape, (i) => list('weights', i, l)),
      ...(fed[l] && { B: stacked(fed[l], (i) => list('feedbackWeights', i, l)) }),
      ...Object.fromEntries(states),
    };
  });
}

/** Noise of layers 1 .. L for training image t. */
function noise(tf: TensorFlow, episodes: readonly Episode[], t: number): Tensor[] {
  const { layers } = episodes[0]!.network;
  return layers.slice(1).map((n, l) => {
    const rows = episodes.map(({ noiseKey, from }) => {
      const xi = new Float32Array(n);
      standardNormal(noiseKey!, ((from?.images ?? 0) + t) * 512 + l + 1, xi);
      return xi;
    });
    return tf.tensor3d(joined(rows), [episodes.length, n, 1]);
  });
}

/** Images `from` .. `to` of every episode; y_0 = pixels / 255. */
function samples(
  tf: TensorFlow,
  episodes: readonly Episode[],
  part: 'train' | 'query',
  from: number,
  to: number,
): Samples {
  const { layers } = episodes[0]!.network;
  const [size, outputs] = [layers[0]!, layers.at(-1)!];
  const range = Array.from({ length: to - from }, (_, i) => from + i);
  const images = joined(episodes.flatMap((e) => range.map((i) => Float32Array.from(imageOf(e[part], i, size)))));
  const labels = episodes.flatMap((e) => [...e[part].labels.subarray(from, to)]);
  const target = new Float32Array(labels.length * outputs);
  labels.forEach((label, i) => {
    target[i * outputs + label] = 1;
  });
  const columns = (rows: Float32Array, n: number) =>
    tf.transpose(tf.tensor3d(rows, [episodes.length, to - from, n]), [0, 2, 1]);
  return { input: tf.div(columns(images, size), 255), target: columns(target, outputs) };
}

/** One array of numbers per episode. */
function split(tensor: Tensor, E: number): Float32Array[] {
  const values = tensor.dataSync<'float32'>();
  const size = values.length / E;
  return Array.from({ length: E }, (_, i) => values.slice(i * size, (i + 1) * size));
}

/** Mean cross-entropy over the query images, one per episode. */
const losses = (tf: TensorFlow, logOutput: Tensor, target: Tensor): Tensor =>
  tf.div(tf.neg(tf.sum(tf.mul(logOutput, target), [1, 2])), target.shape[2]!);

/** Loss and statistics with the final weights. */
function evaluate(
  tf: TensorFlow,
  episodes: readonly Episode[],
  tables: readonly Table[],
  samples: Samples,
): Omit<EpisodeResult, 'thetaGradient'>[] {
  const { network } = episodes[0]!;
  const { target } = samples;
  const W = tables.map((table) => table.W!);
  const of = (tensor: Tensor) => split(tensor, episodes.length);
  const { y, z, logOutput } = forward(tf, network, W, samples);
  const means = (through: readonly Tensor[], direct: boolean) =>
    errors(tf, network, through, y, target, { direct }).map((e) => of(tf.mean(e, 2)));
  const exact = means(W, false);
  const fed = means(feedbackOf(tf, network, tables), FEEDBACK[network.feedback].direct);
  const orthonormality = W.map((w, l) => {
    const again = tf.matMul(w, tf.matMul(w, y[l + 1]!, true));
    return of(tf.sum(tf.square(tf.sub(z[l + 1]!, again)), [1, 2]));
  });
  const loss = of(losses(tf, logOutput, target));
  const outputs = of(tf.transpose(z.at(-1)!, [0, 2, 1]));
  return episodes.map(({ query }, i) => ({
    loss: loss[i]![0]!,
    accuracy: accuracy(outputs[i]!, query.labels, network.layers.at(-1)!),
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

function joined(parts: readonly Numbers[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
