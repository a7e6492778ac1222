/** The playground's engine, beside the page: the command's own, on images that it draws when they are wanted. */
import strokes from '../../../assets/glyphs/strokes.json';
import kernels from '../../../dist/engine/wasm/kernels.wasm';
import { BALANCED } from '../../data/characters.js';
import type { Dataset } from '../../data/dataset.js';
import { glyphImage } from '../../data/glyphs/image.js';
import { drawingsOf } from '../../data/glyphs/strokes.js';
import { classIndex, makeEpisode } from '../../data/sampler.js';
import { type Episode, type Images, imageOf } from '../../engine/episode.js';
import { Matrix } from '../../engine/reference/matrix.js';
import { forward } from '../../engine/reference/step.js';
import { createWasmEngine } from '../../engine/wasm/engine.js';
import { type AdaptingEngine, type CoursePoint, canAdapt, followCourse, piecesOf } from '../../meta/course.js';
import type { EpisodeRecord } from '../../meta/record.js';
import { steadyScale } from '../../meta/steady-scale.js';
import { automaticScale, termNorms } from '../../meta/term-scale.js';
import { startingPoint, train } from '../../meta/trainer.js';
import type { Network } from '../../network/network.js';
import { POOL } from '../../plasticity/pool.js';
import { parseRule } from '../../plasticity/rule.js';
import type { Answers, Ask, CourseAnswer, Question, Reply } from './messages.js';
import { BETA, layersOf, M, Q, ruleOf, type Setting, START } from './setting.js';

/** The glyphs of everybody: so many of each class. */
const [SIDE, PER_CLASS] = [28, 400];
/** Points of a course. */
const POINTS = 12;
const FIELDS = 24;
/** As the command has them: the norm that gradients are clipped to, Adam's rate, and the episodes that terms are measured on. */
const [CLIP, RATE, MEASURED, TRIED] = [10, 1e-3, [1, 2, 3, 4], 2];

const drawings = drawingsOf(strokes);
const labels = Uint8Array.from({ length: BALANCED.length * PER_CLASS }, (_, i) => Math.floor(i / PER_CLASS));
const images = new Uint8Array(labels.length * SIDE * SIDE);
const drawn = new Uint8Array(labels.length);
const dataset: Dataset = { name: 'glyphs', dim: SIDE, classes: BALANCED, images, labels, checksum: '' };
const index = classIndex(dataset);

const starting = createWasmEngine({ kernels, helper: false });
/** The weights of the last course that was kept. */
let kept: { network: Network; weights: readonly Matrix[] } | undefined;
let training: AsyncGenerator<EpisodeRecord> | undefined;

/** Episode n of a seed, the command's own; its images are drawn now. */
function episodeOf({ feedback, K, seed, depth }: Setting, n: number, gain = 1): Episode {
  const network = { layers: layersOf({ depth }), beta: BETA, feedback, gain };
  const episode = makeEpisode({ dataset, index, network, seed, M, K, Q }, n);
  for (const { positions } of [episode.train, episode.query])
    for (const i of positions!) {
      if (drawn[i]) continue;
      images.set(
        glyphImage(drawings, { label: labels[i]!, index: i % PER_CLASS, dim: SIDE, seed: 0 }),
        i * SIDE * SIDE,
      );
      drawn[i] = 1;
    }
  return episode;
}

async function engineOf(): Promise<AdaptingEngine> {
  const engine = await starting;
  if (!canAdapt(engine)) throw new Error('the engine cannot adapt');
  return engine;
}

async function course({ setting, seeds, keep }: Extract<Ask, { kind: 'course' }>): Promise<CourseAnswer> {
  const engine = await engineOf();
  const { rule, theta } = ruleOf(setting);
  const runs: CoursePoint[][] = [];
  let fields = new Uint8Array(0);
  let norms: number[] = [];
  for (let i = 0; i < seeds; i++) {
    const episode = episodeOf({ ...setting, seed: setting.seed + i }, 1, setting.gain);
    const { network, query } = episode;
    const every = Math.max(1, Math.ceil(episode.train.labels.length / POINTS));
    const vector = Float64Array.from(theta);
    const points: CoursePoint[] = [];
    for await (const point of followCourse(engine, episode, piecesOf(episode, every), { rule, theta: vector }))
      points.push(point);
    runs.push(points);
    if (i > 0) continue;
    const { weights } = await engine.adapt(episode, rule, vector);
    const { layers } = network;
    const matrices = weights.map((values, l) => new Matrix(layers[l + 1]!, layers[l]!, Float64Array.from(values)));
    if (keep) kept = { network, weights: matrices };
    fields = signedBytes(weights[0]!.subarray(0, FIELDS * SIDE * SIDE));
    norms = normsOf(network, matrices, query);
  }
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
  const mean = (of: (point: CoursePoint) => number) =>
    longest.map(
      (_, t) => runs.reduce((sum, points) => sum + (points[t] ? of(points[t]) : Number.NaN), 0) / runs.length,
    );
  const layers = layersOf(setting).length - 1;
  return {
    images: longest.map((point) => point.images),
    accuracy: mean(({ accuracy }) => accuracy),
    angles: Array.from({ length: layers - 1 }, (_, l) => mean(({ angles }) => angles[l + 1]!)),
    orthonormality: Array.from({ length: layers }, (_, l) => mean(({ orthonormality }) => orthonormality[l]!)),
    ...{ norms, fields, seeds },
  };
}

function signedBytes(values: Float32Array | Float64Array): Uint8Array<ArrayBuffer> {
  let limit = 0;
  for (const value of values) limit = Math.max(limit, Math.abs(value));
  return Uint8Array.from(values, (value) => 128 + Math.round((120 * value) / (limit || 1)));
}

function normsOf(network: Network, W: readonly Matrix[], query: Images): number[] {
  const { layers } = network;
  const count = Math.min(10, query.labels.length);
  const sums = layers.slice(1).map(() => 0);
  for (let q = 0; q < count; q++) {
    const input = Float64Array.from(imageOf(query, q, layers[0]!), (pixel) => pixel / 255);
    forward(network, W, { input })
      .y.slice(1)
      .forEach((y, l) => {
        sums[l]! += Math.hypot(...y) / count;
      });
  }
  return sums;
}

/** Training as the command does it, from a setting's coefficients. */
async function* trained(setting: Setting): AsyncGenerator<EpisodeRecord> {
  const engine = await engineOf();
  const { rule, theta } = ruleOf(setting);
  const makeEpisode = (n: number) => episodeOf(setting, n);
  const several = rule.terms.length > 1;
  const episodes = several ? MEASURED.map(makeEpisode) : [];
  const scale = several
    ? await steadyScale(automaticScale(rule, episodes), {
        engine,
        rule,
        theta,
        lrMeta: RATE,
        episodes: episodes.slice(0, TRIED),
      })
    : theta.map(() => 1);
  yield* train({
    ...{ engine, rule, makeEpisode, scale, episodes: Number.POSITIVE_INFINITY, lrMeta: RATE, lamb: 0 },
    ...{ clip: several ? CLIP : 0, from: startingPoint(theta) },
  });
}

async function step({ from }: Extract<Ask, { kind: 'step' }>): Promise<EpisodeRecord> {
  if (from) training = trained(from);
  const { value, done } = (await training?.next()) ?? { done: true };
  if (done || !value) throw new Error('meta-learning has ended');
  return { ...value, angles: [...value.angles], orthonormality: [...value.orthonormality] };
}

function classify({ image }: Extract<Ask, { kind: 'classify' }>): Answers['classify'] {
  if (!kept) return [];
  const input = Float64Array.from(image, (pixel) => pixel / 255);
  const output = forward(kept.network, kept.weights, { input }).y.at(-1)!;
  return [...output]
    .map((p, label) => ({ name: BALANCED[label]!, p }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 5);
}

/** Root mean squares of the terms' updates on a fresh network, F0's as 1. */
function sizes(): Answers['sizes'] {
  const rule = parseRule(POOL.map(({ name }) => name));
  const norms = termNorms(rule, [episodeOf(START, 1)]);
  return Object.fromEntries(rule.terms.map(({ name }, i) => [name, norms[i]! / norms[0]!]));
}

function answer(ask: Ask): unknown {
  switch (ask.kind) {
    case 'course':
      return course(ask);
    case 'step':
      return step(ask);
    case 'classify':
      return classify(ask);
    case 'sizes':
      return sizes();
  }
}

/** The part of a worker that is used here. */
const self_ = globalThis as unknown as {
  onmessage: (event: { data: Question }) => void;
  postMessage: (reply: Reply) => void;
};
let last: Promise<unknown> = Promise.resolve();
self_.onmessage = ({ data: { id, ask } }) => {
  // One after the other: they share the engine.
  last = last.then(async () => {
    try {
      self_.postMessage({ id, answer: await answer(ask) });
    } catch (error) {
      self_.postMessage({ id, problem: (error as Error).message });
    }
  });
};
