/** From settings to all that an experiment consists of, with the checks that need the rule or the data. */
import { existsSync } from 'node:fs';
import type { Dataset } from '../data/dataset.js';
import { isNamed, namedSize, openDataset } from '../data/open.js';
import { type ClassIndex, classIndex, makeEpisode, type Split, splitClasses, type TaskDraw } from '../data/sampler.js';
import { beyondEngine } from '../engine/capabilities.js';
import { ENGINE_NAMES } from '../engine/create.js';
import type { Engine } from '../engine/engine.js';
import type { Episode } from '../engine/episode.js';
import { type AdaptingEngine, canAdapt } from '../meta/course.js';
import { FEEDBACK, FEEDBACKS } from '../network/feedback.js';
import { defaultLayers, HIDDEN_LAYERS } from '../network/layers.js';
import type { Network } from '../network/network.js';
import { type Rule, ruleUsesB, termCoefficients } from '../plasticity/rule.js';
import { stream } from '../random/stream.js';
import { list } from './checks.js';
import { checkMemory } from './memory.js';
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
  /** Norm that gradients are clipped to; 0: none. */
  readonly clip: number;
  readonly dataset: Dataset;
  /** What tasks are drawn from: the data set without what --split holds out. */
  readonly index: ClassIndex;
  readonly layers: readonly number[];
}

/** Norm that --clip auto clips to, which before 0.2 was the default: not at all where F0 is alone. */
const CLIP = 10;

/** Episodes that the terms are measured on for `--term_scale auto`. */
const MEASURED_EPISODES = [1, 2, 3, 4];
/** The first of them, on which it is tried whether terms lead to divergence. */
const TRIED_EPISODES = 2;

/**
 * Builds the rule, opens the data and checks that the settings fit them. `scale` is what is asked for: `auto` is not
 * measured yet.
 * @throws UsageError where they do not.
 */
export async function assemble(settings: Settings, io: Io, terminal: Terminal) {
  const { rule, theta, scale } = buildRule(settings, layerCount(settings));
  checkFeedback(settings, rule);
  // What cannot fit a named data set is refused before it is fetched.
  const known = namedSize(settings.database);
  const { M, K, Q } = settings;
  const fitAll = async (data: Parameters<typeof fit>[1]) => {
    const fitted = fit(settings, data);
    await checkMemory(settings, fitted.layers, { train: M * K, query: M * Q }, rule);
    return fitted;
  };
  if (known) await fitAll(known);
  const dataset = await open(settings, io, terminal);
  return { settings, dataset, ...(await fitAll(dataset)), rule, theta, scale, clip: chooseClip(settings, rule) };
}

/** Norm that gradients are clipped to; 0: none. */
export function chooseClip({ clip }: Pick<Settings, 'clip'>, rule: Rule): number {
  return clip === 'auto' ? (termCoefficients(rule).length > 1 ? CLIP : 0) : clip;
}

/**
 * All of an experiment.
 * @param engine what the run's terms are tried out with, unless they need not be.
 * @param recorded the scales of a run that is resumed: not measured again, so that it goes on exactly.
 * @throws UsageError as `assemble`.
 */
export async function prepare(
  settings: Settings,
  io: Io,
  terminal: Terminal,
  engine: Promise<Engine>,
  recorded?: readonly number[],
): Promise<Experiment> {
  const assembled = await assemble(settings, io, terminal);
  const { rule, theta, scale } = assembled;
  if (recorded) return { ...assembled, scale: recorded };
  if (scale !== 'auto') return { ...assembled, scale };
  // F0 alone has nothing to be measured beside: the engine that measures is not even loaded.
  if (termCoefficients(rule).length === 1) return { ...assembled, scale: theta.map(() => 1) };
  const [{ automaticScale }, { steadyScale }] = await Promise.all([
    import('../meta/term-scale.js'),
    import('../meta/steady-scale.js'),
  ]);
  const episodes = MEASURED_EPISODES.map(episodeMaker(assembled));
  const bySize = automaticScale(rule, episodes, theta.slice(termCoefficients(rule).length));
  const { lr_meta: lrMeta } = settings;
  const tried = episodes.slice(0, TRIED_EPISODES);
  return {
    ...assembled,
    scale: await steadyScale(bySize, { engine: await adapting(await engine), rule, theta, lrMeta, episodes: tried }),
  };
}

/** The engine, or the reference engine where it does not adapt without a gradient. */
async function adapting(engine: Engine): Promise<AdaptingEngine> {
  if (canAdapt(engine)) return engine;
  return (await import('../engine/reference/engine.js')).createReferenceEngine();
}

/** What makes a run's episode n, counted from 1. */
export function episodeMaker({
  settings,
  dataset,
  index,
  layers,
}: Pick<Experiment, 'settings' | 'dataset' | 'index' | 'layers'>): (n: number) => Episode {
  const { seed, M, K, Q, replacement, first_images: firstImages } = settings;
  const setting = { dataset, index, network: networkOf(settings, layers), seed, M, K, Q, replacement, firstImages };
  return (n) => makeEpisode(setting, n);
}

/** The part of the data that tasks are drawn from, and the layers, checked against the settings. */
function fit(settings: Settings, data: Pick<Dataset, 'name' | 'classes' | 'labels'>) {
  const { split } = settings;
  const index = splitOf(settings, data).train;
  const after = split.some((part) => part > 0) ? ` after --split ${split.join(' ')}` : '';
  checkTask(settings, data.name + after, data.classes, index);
  return { index, layers: chooseLayers(settings, data) };
}

/** What a run is trained on, and what its --split holds out. */
export function splitOf(
  { split, seed }: Pick<Settings, 'split' | 'seed'>,
  data: Parameters<typeof classIndex>[0],
): Split {
  const [classes, images] = split as [number, number];
  const whole = classIndex(data);
  if (!classes && !images) return { train: whole, heldOutClasses: [], heldOutImages: [] };
  return splitClasses(whole, { classes, images }, stream(`${seed}/split`));
}

/** Opens the data of the flags --database, --data_dir, --invert and --dim, showing progress. */
export async function open(
  { database, data_dir, invert, dim }: Pick<Settings, 'database' | 'data_dir' | 'invert' | 'dim'>,
  io: Io,
  terminal: Terminal,
): Promise<Dataset> {
  const load = () =>
    openDataset(database, {
      dim,
      invert,
      dataDir: data_dir,
      env: io.env,
      onProgress: ({ label, done, total }) =>
        terminal.progress(() => (total ? `${bar(done / total)} ${label}` : `${label}: ${done} bytes`)),
      onNotice: (sentence) => terminal.warn(sentence),
    });
  try {
    return await (io.keep?.dataset(JSON.stringify([database, data_dir, invert, dim]), load) ?? load());
  } catch (error) {
    // What lies in a folder of the user's is an argument like any other.
    const flag = isNamed(database) ? data_dir !== undefined && '--data_dir' : '--database';
    const { message } = error as Error;
    if (message.startsWith('--')) throw new UsageError(message);
    if (!flag) throw error;
    const place = isNamed(database) ? data_dir! : database;
    // Flags are checked for it: this one is from a run's file.
    const moved = existsSync(place) ? '' : ` (if it has moved, say with ${flag} where it is now)`;
    throw new UsageError(`${flag}: ${message}${moved}`);
  } finally {
    terminal.clear();
  }
}

/**
 * Whether tasks of that size can be drawn from there.
 * @param place how a message calls what they are drawn from.
 * @throws UsageError where they cannot.
 */
export function checkTask(
  { M, K, Q, replacement }: TaskDraw & Partial<Pick<Settings, 'replacement'>>,
  place: string,
  classes: Dataset['classes'],
  index: ClassIndex,
): void {
  if (index.length === 0) {
    throw new UsageError(`--split must leave a class to draw tasks from, but ${place} has none.`);
  }
  if (M > index.length && !replacement) {
    throw new UsageError(`--M must be at most ${index.length}, the classes of ${place}, not '${M}'.`);
  }
  const smallest = index.reduce((a, b) => (b.images.length < a.images.length ? b : a));
  const size = smallest.images.length;
  if (K + Q > size) {
    throw new UsageError(
      `--K plus --Q must be at most ${size}, the images of the smallest class ('${classes[smallest.label]}') of ` +
        `${place}, not ${K} + ${Q} = ${K + Q}.`,
    );
  }
}

/** The network of settings with such layers. */
export function networkOf(
  { beta, activation, fbk: feedback, gain, noise }: Pick<Settings, 'beta' | 'activation' | 'fbk' | 'gain' | 'noise'>,
  layers: readonly number[],
): Network {
  return { layers, beta, activation, feedback, gain, noise };
}

/** @throws UsageError where the engine does not run the network or the rule, or the feedback does not go with it. */
export function checkFeedback(
  settings: Pick<Settings, 'beta' | 'activation' | 'fbk' | 'gain' | 'noise' | 'engine'>,
  rule: Rule,
): void {
  const { fbk, engine } = settings;
  const { learned, direct } = FEEDBACK[fbk];
  const ofB = rule.terms.filter(({ matrix }) => matrix === 'B').map(({ name }) => name);
  const learning = FEEDBACKS.filter((kind) => FEEDBACK[kind].learned);
  if (learned && ofB.length === 0)
    throw new UsageError(
      `--fbk ${fbk} needs a term that changes B: --vec kp, or --fbk_term 'own = -e y_pre^T', for example.`,
    );
  if (!learned && ofB.length > 0)
    throw new UsageError(`--fbk must be ${list(learning)} for terms that change B (${ofB.join(' ')}), not '${fbk}'.`);
  if (direct && ruleUsesB(rule))
    throw new UsageError(`--fbk must not be ${fbk} for a formula with B: it has no matrices of W's shape.`);
  const network = networkOf(settings, []);
  const beyond = beyondEngine(engine, network, rule);
  if (beyond === undefined) return;
  const others = ENGINE_NAMES.filter((name) => beyondEngine(name, network, rule) === undefined);
  throw new UsageError(`--engine must be ${list(others)} for ${beyond}, not '${engine}'.`);
}

/** Layers of weights; known before the data is. */
export function layerCount({ layers }: Pick<Settings, 'layers'>): number {
  return (layers?.length ?? HIDDEN_LAYERS.length + 2) - 1;
}

/** The layers that are asked for, or the paper's, between the pixels and the classes. */
export function chooseLayers(
  { layers, dim }: Pick<Settings, 'layers' | 'dim'>,
  { name, classes }: Pick<Dataset, 'name' | 'classes'>,
): readonly number[] {
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
