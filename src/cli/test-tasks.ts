/** Which tasks a learned rule is tested on. */
import type { Dataset } from '../data/dataset.js';
import { type ClassIndex, classIndex, type TaskDraw } from '../data/sampler.js';
import type { RecordedRun } from '../results/recorded-run.js';
import type { Settings } from './options.js';
import { checkTask, splitOf } from './prepare.js';
import { UsageError } from './usage-error.js';

/** What of a run's own data tasks are drawn from. */
export const SOURCES = ['classes', 'images', 'all'] as const;
export type Source = (typeof SOURCES)[number];

export interface TestTasks {
  readonly size: TaskDraw;
  readonly index: ClassIndex;
  /** What they are drawn from, in words. */
  readonly from: string;
  /** Whether the run was trained on the very same classes and images. */
  readonly seen: boolean;
  /** The run's network, with its own outputs or one for each class of the data set. */
  readonly layers: readonly number[];
  /** How many images were left out because the run was trained on data that has them. */
  readonly leftOut: number;
}

/** How many outputs the network has: as many as the one that was trained, or one for each class of the data. */
export const OUTPUTS = ['network', 'data'] as const;

/** What tasks are to be. */
export interface TaskWishes {
  readonly from: Source | undefined;
  readonly size: TaskDraw;
  readonly outputs: (typeof OUTPUTS)[number];
  /** Where tasks are of other data than the run was trained on, and that is at hand: its name, and what is not in it. */
  readonly unseen: { readonly trained: string; readonly index: ClassIndex } | undefined;
}

/**
 * Tasks from what a run's --split held out of its own data, classes rather than images, or from what `from` says; from
 * all of any other data.
 * @throws UsageError where there are no such classes or images, or too few for a task.
 */
export function chooseTasks(
  { folder, file }: RecordedRun,
  settings: Settings,
  dataset: Dataset,
  { from, size, outputs, unseen }: TaskWishes,
): TestTasks {
  const isOwn = dataset.checksum === file.data.checksum;
  const [classes, images] = settings.split as [number, number];
  const source = isOwn ? (from ?? (classes ? 'classes' : images ? 'images' : 'all')) : 'all';
  const { heldOutClasses, heldOutImages } = splitOf(settings, dataset);
  const whole = (isOwn ? undefined : unseen?.index) ?? classIndex(dataset);
  const index = { classes: heldOutClasses, images: heldOutImages, all: whole }[source];
  const held = `held-out ${source}`;
  if (index.every((one) => one.images.length === 0)) {
    const split = settings.split.join(' ');
    throw new UsageError(`--from must be all for ${folder}, which has no ${held} (--split ${split}), not '${source}'.`);
  }
  const place = source === 'all' ? '' : ` that --split ${settings.split.join(' ')} holds out`;
  checkTask(size, dataset.name + place, dataset.classes, index);
  const kept = file.layers.at(-1)!;
  if (outputs === 'network' && kept < dataset.classes.length) {
    throw new UsageError(
      `--outputs must be data for ${dataset.name}: its ${dataset.classes.length} classes are more than the ${kept} outputs of ` +
        `the network in ${folder}.`,
    );
  }
  const layers = [...file.layers.slice(0, -1), outputs === 'network' ? kept : dataset.classes.length];
  const leftOut = dataset.labels.length - whole.reduce((sum, { images }) => sum + images.length, 0);
  const all = leftOut > 0 ? `all classes without ${leftOut} images of ${unseen!.trained}` : 'all classes';
  return { size, index, from: source === 'all' ? all : held, seen: isOwn && source === 'all', layers, leftOut };
}
