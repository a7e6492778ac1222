/** The pictures of a run's report: its last task and its first and last network, made anew from the seed. */
import { defaultCacheDir } from '../data/cache.js';
import type { Dataset } from '../data/dataset.js';
import { isNamed } from '../data/open.js';
import type { Episode } from '../engine/engine.js';
import { Matrix } from '../engine/reference/matrix.js';
import { forward } from '../engine/reference/step.js';
import type { AdaptingEngine } from '../meta/course.js';
import { matrixShapes } from '../network/layers.js';
import type { PageImage, PageMatrix, PageNetwork, PageRun, PageTask } from '../page/data.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { compiledRule } from '../results/run-file.js';
import { createAdaptingEngine } from './adapting-engine.js';
import type { Settings } from './options.js';
import { episodeMaker, open, splitOf } from './prepare.js';
import { checkData, recordedSettings } from './recorded.js';
import type { Io, Terminal } from './terminal.js';

/** Images of each class, and neurons of the first layer, that are shown. */
const [SHOWN_IMAGES, SHOWN_NEURONS] = [6, 40];
/** Larger matrices are too much for a page. */
const LARGEST = 30_000;

/**
 * Runs the first and the last episode of a run again, and takes pictures of what comes out.
 * @throws Error in one sentence where its data is not at hand; nothing is downloaded.
 */
export async function picturesOf(
  run: RecordedRun,
  io: Io,
  terminal: Terminal,
): Promise<Pick<PageRun, 'task' | 'networks'>> {
  const settings = recordedSettings(run);
  const dataset = await open(atHand(settings, io), io, terminal);
  checkData(dataset, run);
  const { layers } = run.file;
  const episodes = episodeMaker({ settings, dataset, index: splitOf(settings, dataset).train, layers });
  const rule = compiledRule(run.file);
  const engine = await createAdaptingEngine(settings.engine === 'tensorflow' ? { engine: 'wasm' } : settings);
  try {
    const last = run.records.length;
    const networks: PageNetwork[] = [];
    let task: PageTask | undefined;
    for (const n of new Set([1, last])) {
      // A step of several tasks shows the first of them.
      const episode = episodes((n - 1) * settings.meta_batch + 1);
      const theta = Float64Array.from(run.records[n - 1]!.theta);
      const adapted = await engine.adapt(episode, rule, theta);
      networks.push({ episode: n, accuracy: adapted.accuracy, matrices: matricesOf(episode, adapted) });
      if (n === last) task = taskOf(episode, dataset, adapted.weights, n, settings);
    }
    return { networks, ...(task && { task }) };
  } finally {
    await engine.dispose();
  }
}

/** The data's flags, so that what is not there is not fetched. */
function atHand(settings: Settings, { env }: Io): Settings {
  const { database, data_dir } = settings;
  if (data_dir !== undefined || !isNamed(database) || database === 'glyphs') return settings;
  return { ...settings, data_dir: defaultCacheDir(env) };
}

function matricesOf(
  { layers, feedback, feedbackWeights }: Episode,
  adapted: Awaited<ReturnType<AdaptingEngine['adapt']>>,
): PageMatrix[] {
  const shapes = matrixShapes(layers);
  const side = Math.sqrt(layers[0]!);
  const W = adapted.weights.map((weights, l) =>
    pictured(`W${l + 1}`, weights, shapes[l]!.rows, shapes[l]!.columns, l === 0 ? side : 0),
  );
  const matrices = adapted.feedbackWeights ?? feedbackWeights ?? [];
  const B = matrices.map((weights, l) => {
    const { rows, columns } = feedback === 'dfa' ? { rows: layers.at(-1)!, columns: layers[l]! } : shapes[l]!;
    return pictured(
      `${feedback === 'dfa' ? 'D' : 'B'}${feedback === 'dfa' ? l : l + 1}`,
      weights,
      rows,
      columns,
      l === 0 ? side : 0,
    );
  });
  return [...W, ...B].flatMap((matrix) => matrix ?? []);
}

/** A matrix as one picture, or, with the side of an image, the first rows as an image each; undefined where it is too large. */
function pictured(
  name: string,
  weights: Episode['weights'][number],
  rows: number,
  columns: number,
  side: number,
): PageMatrix | undefined {
  const ofImages = Number.isInteger(side) && side > 1;
  const size = ofImages
    ? { width: side, height: side, count: Math.min(rows, SHOWN_NEURONS) }
    : { width: columns, height: rows, count: 1 };
  const shown = weights.slice(0, size.width * size.height * size.count);
  if (!ofImages && shown.length > LARGEST) return undefined;
  let limit = 0;
  for (const value of shown) limit = Math.max(limit, Math.abs(value));
  // So few steps to each side are as many as one sees, and pack well.
  const bytes = Uint8Array.from(shown, (value) => 128 + 8 * Math.round((15 * value) / (limit || 1)));
  return { name, limit, image: { ...size, bytes: Buffer.from(bytes).toString('base64') } };
}

function taskOf(
  episode: Episode,
  { classes, dim }: Dataset,
  weights: Episode['weights'],
  n: number,
  { beta }: Settings,
): PageTask {
  const { layers, trainImages, trainLabels, queryImages, queryLabels } = episode;
  const size = layers[0]!;
  const named = (label: number) => ({ label, name: classes[label] ?? String(label) });
  const labels = [...new Set(queryLabels)];
  const image = (images: Uint8Array, i: number) => images.subarray(i * size, (i + 1) * size);
  const indices = labels.map((label) => [...trainLabels.keys()].filter((i) => trainLabels[i] === label));
  const perClass = Math.min(SHOWN_IMAGES, ...indices.map(({ length }) => length));
  const train = indices.flatMap((of) => of.slice(0, perClass).map((i) => image(trainImages, i)));
  const W = weights.map((values, l) => {
    const matrix = new Matrix(layers[l + 1]!, layers[l]!);
    matrix.data.set(values);
    return matrix;
  });
  const answers = [...queryLabels.keys()].map((i) => {
    const input = Float64Array.from(image(queryImages, i), (pixel) => pixel / 255);
    const output = forward({ layers, beta, W, B: [] }, input).y.at(-1)!;
    return named(output.indexOf(output.reduce((most, value) => Math.max(most, value))));
  });
  const pictures = (bytes: Uint8Array, count: number): PageImage => ({
    ...{ width: dim, height: dim, count },
    bytes: Buffer.from(bytes).toString('base64'),
  });
  return {
    ...{ episode: n, classes: labels.map(named), perClass, labels: [...queryLabels], answers },
    train: pictures(Buffer.concat(train), train.length),
    query: pictures(queryImages, queryLabels.length),
  };
}
