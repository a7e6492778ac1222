/** What `test` is to do: every run on every data set with every number of classes, all checked before the first. */
import type { Dataset } from '../data/dataset.js';
import { isNamed } from '../data/open.js';
import { withoutImagesOf } from '../data/overlap.js';
import type { Rule } from '../plasticity/rule.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { groupBySettings, nameGroups } from './compare.js';
import type { Settings } from './options.js';
import { checkFeedback } from './prepare.js';
import { checkData, recordedSettings } from './recorded.js';
import { buildRule } from './rule.js';
import { chooseTasks, type OUTPUTS, type Source, type TaskWishes, type TestTasks } from './test-tasks.js';
import { UsageError } from './usage-error.js';

/** One run on one data set with one number of classes. */
export interface Test {
  /** Of the curve that it is a part of: runs that differ in their seeds only share one. */
  readonly curve: string;
  readonly run: RecordedRun;
  readonly settings: Settings;
  readonly rule: Rule;
  readonly dataset: Dataset;
  readonly tasks: TestTasks;
}

/** What is asked for; what is left out is as in the run. */
export interface TestWishes {
  readonly engine: Settings['engine'];
  readonly data_dir: string | undefined;
  readonly database: readonly string[];
  readonly invert: boolean;
  readonly M: readonly number[];
  readonly K: number | undefined;
  readonly Q: number | undefined;
  readonly from: Source | undefined;
  readonly outputs: (typeof OUTPUTS)[number];
}

/** The run's own tasks. */
export const AS_IN_RUN: Omit<TestWishes, 'engine'> = {
  ...{ data_dir: undefined, database: [], invert: false, M: [], K: undefined, Q: undefined },
  ...{ from: undefined, outputs: 'network' },
};

/** What a data set is opened with. */
export type DataFlags = Pick<Settings, 'database' | 'data_dir' | 'invert' | 'dim'>;

/**
 * The tests in the order of their curves, and a table of what the runs differ in, if they do.
 * @param open opens a data set; it is called once for each.
 * @param openTrained the same for data that a run was trained on, where tasks are of other data; undefined where it cannot.
 * @throws UsageError where tasks do not fit the data, the engine does not run a rule, or --invert has nothing to turn over.
 */
export async function planTests(
  runs: readonly RecordedRun[],
  { engine, database, data_dir, invert, M: classes, K, Q, from, outputs }: TestWishes,
  open: (flags: DataFlags) => Promise<Dataset>,
  openTrained: (run: RecordedRun, flags: readonly DataFlags[]) => Promise<Dataset | undefined> = async () => undefined,
): Promise<{ tests: Test[]; differences?: string }> {
  if (invert && database.every(isNamed))
    throw new UsageError("--invert is for folders that --database names; a run's own data is read as the run read it.");
  const alike = groupBySettings(runs);
  const { groups, ...differences } = nameGroups(alike);
  const several = { run: alike.length > 1, data: database.length > 1, M: classes.length > 1 };
  const opened = new Map<string, Dataset>();
  const trainedOn = new Map<string, Dataset | undefined>();
  const unseenIn = new Map<string, TaskWishes['unseen']>();
  const tests: Test[] = [];
  for (const [i, { runs }] of alike.entries()) {
    for (const run of runs) {
      const settings = recordedSettings(run);
      const { rule } = buildRule(settings, run.file.layers.length - 1);
      for (const name of database.length > 0 ? database : [settings.database]) {
        const isTurned = invert || (name === settings.database && settings.invert);
        const flags = {
          database: name,
          data_dir: data_dir ?? settings.data_dir,
          invert: isTurned && !isNamed(name),
          dim: settings.dim,
        };
        const key = JSON.stringify(flags);
        const dataset = opened.get(key) ?? (await open(flags));
        opened.set(key, dataset);
        // What is not asked for by name is the run's own data, wherever it lies now.
        if (database.length === 0) checkData(dataset, run);
        const { checksum } = run.file.data;
        if (dataset.checksum !== checksum && !trainedOn.has(checksum)) {
          const { database, invert, dim } = settings;
          const places = [...new Set([settings.data_dir, data_dir])];
          const own = await openTrained(
            run,
            places.map((data_dir) => ({ database, data_dir, invert, dim })),
          );
          trainedOn.set(checksum, own?.checksum === checksum ? own : undefined);
        }
        const trained = trainedOn.get(checksum);
        const pair = `${dataset.checksum} ${checksum}`;
        // Looks at every image: once for all runs and numbers of classes.
        if (trained && !unseenIn.has(pair))
          unseenIn.set(pair, { trained: trained.name, index: withoutImagesOf(dataset, trained) });
        const unseen = unseenIn.get(pair);
        for (const M of classes.length > 0 ? classes : [settings.M]) {
          const size = { M, K: K ?? settings.K, Q: Q ?? settings.Q };
          const tasks = chooseTasks(run, settings, dataset, { from, size, outputs, unseen });
          const parts = [several.run && groups[i]!.name, several.data && dataset.name, several.M && `M=${M}`];
          tests.push({ curve: parts.filter(Boolean).join(' ') || dataset.name, run, settings, rule, dataset, tasks });
        }
      }
    }
  }
  for (const { settings, rule } of tests) checkFeedback({ ...settings, engine }, rule);
  return { tests, ...differences };
}
