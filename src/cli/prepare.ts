/** From settings to all that an experiment consists of, with the checks that need the rule or the data. */
import type { Dataset } from '../data/dataset.js';
import { isNamed, namedSize, openDataset } from '../data/open.js';
import { type ClassIndex, classIndex, makeEpisode, splitClasses } from '../data/sampler.js';
import type { Episode } from '../engine/engine.js';
import { automaticScale } from '../meta/term-scale.js';
import { defaultLayers, HIDDEN_LAYERS } from '../network/layers.js';
import type { Rule } from '../plasticity/rule.js';
import { stream } from '../random/stream.js';
import type { Settings } from './options.js';
import { buildRule } from './rule.js';
import { bar, type Io, type Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

export interface Experiment {
  readonly settings: Settings;
  readonly rule: Rule;
  /** Initial coefficients. */
  readonly theta: readonly number[];
  /** theta = scale * phi, where phi is what Adam and L1 see; one per term. */
  readonly scale: readonly number[];
  readonly dataset: Dataset;
  /** What tasks are drawn from: the data set without what --split holds out. */
  readonly index: ClassIndex;
  readonly layers: readonly number[];
}

/** Episodes that the terms are measured on for `--term_scale auto`. */
const MEASURED_EPISODES = [1, 2, 3, 4];

/**
 * Builds the rule, opens the data and checks that the settings fit them.
 * @param recorded the scales of a run that is resumed: not measured again, so that it goes on exactly.
 * @throws UsageError where they do not.
 */
export async function prepare(
  settings: Settings,
  io: Io,
  terminal: Terminal,
  recorded?: readonly number[],
): Promise<Experiment> {
  const { rule, theta, scale: asked } = buildRule(settings, layerCount(settings));
  // What cannot fit a named data set is refused before it is fetched.
  if (isNamed(settings.database)) fit(settings, namedSize(settings.database));
  const dataset = await open(settings, io, terminal);
  const task = { settings, dataset, ...fit(settings, dataset) };
  const scale =
    recorded ?? (asked === 'auto' ? automaticScale(rule, MEASURED_EPISODES.map(episodeMaker(task))) : asked);
  return { ...task, rule, theta, scale };
}

/** What makes a run's episode n, counted from 1. */
export function episodeMaker({
  settings,
  dataset,
  index,
  layers,
}: Pick<Experiment, 'settings' | 'dataset' | 'index' | 'layers'>): (n: number) => Episode {
  const { beta, fbk: feedback, seed, M, K, Q, replacement, first_images: firstImages } = settings;
  const setting = { dataset, index, layers, beta, feedback, seed, M, K, Q, replacement, firstImages };
  return (n) => makeEpisode(setting, n);
}

/** The part of the data that tasks are drawn from, and the layers, checked against the settings. */
function fit(settings: Settings, data: Pick<Dataset, 'name' | 'classes' | 'labels'>) {
  const [classes, images] = settings.split as [number, number];
  const whole = classIndex(data);
  const index =
    classes || images ? splitClasses(whole, { classes, images }, stream(`${settings.seed}/split`)).train : whole;
  checkTask(settings, data, index);
  return { index, layers: chooseLayers(settings, data) };
}

/** Opens the data of the flags --database, --data_dir and --dim, showing progress. */
export async function open(
  { database, data_dir, dim }: Pick<Settings, 'database' | 'data_dir' | 'dim'>,
  io: Io,
  terminal: Terminal,
): Promise<Dataset> {
  try {
    return await openDataset(database, {
      dim,
      dataDir: data_dir,
      env: io.env,
      onProgress: ({ label, done, total }) =>
        terminal.progress(() => (total ? `${bar(done / total)} ${label}` : `${label}: ${done} bytes`)),
      onNotice: (sentence) => terminal.warn(sentence),
    });
  } catch (error) {
    // What lies in a folder of the user's is an argument like any other.
    const flag = data_dir !== undefined ? '--data_dir' : isNamed(database) ? undefined : '--database';
    const { message } = error as Error;
    throw flag ? new UsageError(message.startsWith(flag) ? message : `${flag}: ${message}`) : error;
  } finally {
    terminal.clear();
  }
}

type Classes = Pick<Dataset, 'name' | 'classes'>;

function checkTask({ M, K, Q, split, replacement }: Settings, { name, classes }: Classes, index: ClassIndex): void {
  const after = split.some((part) => part > 0) ? ` after --split ${split.join(' ')}` : '';
  if (M > index.length && !replacement) {
    throw new UsageError(`--M must be at most ${index.length}, the classes of ${name}${after}, not '${M}'.`);
  }
  const smallest = index.reduce((a, b) => (b.images.length < a.images.length ? b : a));
  const size = smallest.images.length;
  if (K + Q > size) {
    throw new UsageError(
      `--K plus --Q must be at most ${size}, the images of the smallest class ('${classes[smallest.label]}') of ` +
        `${name}${after}, not ${K} + ${Q} = ${K + Q}.`,
    );
  }
}

/** Layers of weights; known before the data is. */
function layerCount({ layers }: Settings): number {
  return (layers?.length ?? HIDDEN_LAYERS.length + 2) - 1;
}

function chooseLayers({ layers, dim }: Settings, { name, classes }: Classes): readonly number[] {
  const inputs = dim * dim;
  const outputs = classes.length;
  if (!layers) return defaultLayers(inputs, outputs);
  if (layers[0] !== inputs || layers.at(-1) !== outputs) {
    throw new UsageError(
      `--layers must begin with ${inputs} (the pixels of --dim ${dim}) and end with ${outputs} (the classes of ${name}), ` +
        `not '${layers.join()}'.`,
    );
  }
  return layers;
}
