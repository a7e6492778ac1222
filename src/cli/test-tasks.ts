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
  /** The run's network, with an output for each class of the data set. */
  readonly layers: readonly number[];
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
  { from, size }: { readonly from: Source | undefined; readonly size: TaskDraw },
): TestTasks {
  const isOwn = dataset.checksum === file.data.checksum;
  const [classes, images] = settings.split as [number, number];
  const source = isOwn ? (from ?? (classes ? 'classes' : images ? 'images' : 'all')) : 'all';
  const { heldOutClasses, heldOutImages } = splitOf(settings, dataset);
  const index = { classes: heldOutClasses, images: heldOutImages, all: classIndex(dataset) }[source];
  const held = `held-out ${source}`;
  if (index.every((one) => one.images.length === 0)) {
    const split = settings.split.join(' ');
    throw new UsageError(`--from must be all for ${folder}, which has no ${held} (--split ${split}), not '${source}'.`);
  }
  const place = source === 'all' ? '' : ` that --split ${settings.split.join(' ')} holds out`;
  checkTask(size, dataset.name + place, dataset.classes, index);
  const layers = [...file.layers.slice(0, -1), dataset.classes.length];
  return { size, index, from: source === 'all' ? 'all classes' : held, seen: isOwn && source === 'all', layers };
}
