/** `meta-plasticity test`: learned rules, frozen, on held-out classes, other data and other numbers of classes. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { makeEpisode } from '../data/sampler.js';
import { writeAtomically } from '../files.js';
import type { AdaptingEngine } from '../meta/course.js';
import { learnedTheta, metaTest } from '../meta/meta-test.js';
import { markdownTable } from '../report/markdown.js';
import type { FigureStyle } from '../report/style.js';
import type { Band } from '../stats/band.js';
import { formatBand } from '../study/claims.js';
import { bandOf, type Group, troublesOf } from '../study/group.js';
import { courseTable, type Table } from '../study/table.js';
import { adaptingEngine, createAdaptingEngine } from './adapting-engine.js';
import { oneOf, text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { styleOf, styleOptions } from './figure-options.js';
import { testManual } from './manual.js';
import { list, type Options, type Values, value } from './option.js';
import { runOptions, thetaOption } from './options.js';
import { checkFolder, force } from './out.js';
import { networkOf, open } from './prepare.js';
import { RUN_FOLDERS, readRuns } from './read-runs.js';
import { bar } from './terminal.js';
import { type DataFlags, planTests, type Test } from './test-plan.js';
import { OUTPUTS, SOURCES } from './test-tasks.js';
import { packageVersion } from './version.js';

const own = { initially: "the run's own" };
const { data_dir, invert, seed, engine, database } = runOptions;
const testOptions = {
  theta: thetaOption,
  database: list('Tasks', database.help, (given, flag) => database.parse([given], flag), own),
  data_dir: { ...data_dir, group: 'Tasks', ...own },
  invert: {
    ...invert,
    group: 'Tasks',
    ...own,
    help: "the images of --database's folders have dark ink: turn them over",
  },
  from: value('Tasks', undefined, "what of a run's own data: held-out classes, images, or all", oneOf(SOURCES), {
    initially: 'what --split held out',
  }),
  M: list('Tasks', 'classes of a task', wholeNumber(1), own),
  K: value('Tasks', undefined, 'training images per class', wholeNumber(1), own),
  Q: value('Tasks', undefined, 'query images per class', wholeNumber(1), own),
  outputs: value(
    'Tasks',
    OUTPUTS[0],
    'outputs of the network: as trained (network), or one for each class of --database (data)',
    oneOf(OUTPUTS),
  ),
  tasks: value('Tasks', 20, 'tasks for each run, data set and number of classes', wholeNumber(1)),
  every: value('Tasks', 10, 'training images between two measurements', wholeNumber(1)),
  seed,
  engine: adaptingEngine(engine),
  out: value('Results', 'meta-test', 'folder for figure, numbers and table', text),
  force,
  ...styleOptions,
} satisfies Options;
type TestValues = Values<typeof testOptions>;

const PANELS = ['accuracy', 'loss'];

export const testCommand = command({
  name: 'test',
  options: testOptions,
  manual: testManual,
  words: RUN_FOLDERS,
  async run({ words, values, io, terminal }) {
    const style = styleOf(values);
    await checkFolder(values, 'meta-test');
    const runs = await readRuns(words, 'test', terminal);
    const opened = (flags: DataFlags) => open(flags, io, terminal);
    const { tests, differences } = await planTests(runs, values, opened, async (run, places) => {
      const faults: string[] = [];
      for (const flags of places) {
        const dataset = await opened(flags).catch(({ message }: Error) => void faults.push(message));
        if (dataset) return dataset;
      }
      terminal.warn(
        `Images that ${run.folder} was trained on could not be looked for among those of its tasks: ${faults[0]}`,
      );
      return undefined;
    });
    for (const folder of new Set(tests.filter(({ tasks }) => tasks.seen).map(({ run }) => run.folder))) {
      terminal.warn(`${folder} has been trained on all that it is tested on: only a run with --split holds some out.`);
    }
    const adapting = await createAdaptingEngine(values);
    const tested: Tested[] = [];
    try {
      for (const [i, test] of tests.entries()) {
        tested.push(
          await runTest(test, values, adapting, (task) =>
            terminal.progress(() => `${bar((i + task / values.tasks) / tests.length)} ${test.curve}, task ${task}`),
          ),
        );
      }
    } finally {
      terminal.clear();
      await adapting.dispose();
    }
    const folder = resolve(values.out);
    const { rows, table } = await writeResults(folder, tested, { values, style, differences });
    terminal.say(`${table}\n\nFigure, numbers and table are in ${folder}`);
    return { result: { folder, curves: rows } };
  },
});

interface Tested extends Test {
  readonly theta: readonly number[];
  /** One per task. */
  readonly tables: readonly Table[];
}

async function runTest(
  test: Test,
  { seed, tasks, every, theta: choice }: TestValues,
  engine: AdaptingEngine,
  onTask: (task: number) => void,
): Promise<Tested> {
  const { run, settings, rule, dataset } = test;
  const { index, size, layers } = test.tasks;
  const theta = learnedTheta(run.records, choice);
  // A seed of its own: the tasks and networks are none of those that the run was trained on.
  const setting = { ...size, dataset, index, network: networkOf(settings, layers), seed: `${seed}/test` };
  const tables: Table[] = [];
  for await (const points of metaTest({
    ...{ engine, rule, theta, tasks, every },
    makeEpisode: (n) => makeEpisode(setting, n),
  })) {
    const table = courseTable(points);
    const diverged = !Number.isFinite(points.at(-1)!.loss);
    const name = `seed ${settings.seed}, task ${tables.length + 1}`;
    tables.push({ ...table, name, ...(diverged && { trouble: 'diverged' as const }) });
    onTask(tables.length);
    await setImmediate(); // Lets signals and output through.
  }
  return { ...test, theta, tables };
}

/** A curve's end: means over runs and tasks, and their bands. */
interface Row {
  readonly curve: string;
  readonly data: string;
  readonly from: string;
  /** Of the network. */
  readonly outputs: number;
  readonly M: number;
  readonly K: number;
  readonly Q: number;
  readonly runs: number;
  /** The same ones for each run. */
  readonly tasks: number;
  readonly accuracy: Band;
  readonly loss: Band;
  /** Of which runs and tasks the network diverged; the means leave them out. */
  readonly diverged: string;
}

async function writeResults(
  folder: string,
  tested: readonly Tested[],
  { values, style, differences }: { values: TestValues; style: FigureStyle; differences: string | undefined },
): Promise<{ rows: Row[]; table: string }> {
  const curves = [...new Set(tested.map(({ curve }) => curve))].map((name) => tested.filter((t) => t.curve === name));
  const rows = curves.map(rowOf);
  const cells = rows.map(({ accuracy, loss, ...row }) => {
    const { curve, data, from, outputs, M, K, Q, runs, tasks, diverged } = row;
    return [curve, data, from, outputs, M, K, Q, runs, tasks, formatBand(accuracy), formatBand(loss), diverged].map(
      String,
    );
  });
  const header = ['', 'data', 'tasks from', 'outputs', 'M', 'K', 'Q', 'runs', 'tasks', 'accuracy', 'loss', 'diverged'];
  const table = [...(differences === undefined ? [] : [differences]), markdownTable(header, cells)].join('\n\n');

  await mkdir(folder, { recursive: true });
  const groups = curves.map(groupOf);
  const { writePanels } = await import('../study/write.js'); // The drawing libraries take a while to load.
  const title = rows.length > 1 ? 'Meta-test' : `Meta-test on ${rows[0]!.data}, M=${rows[0]!.M}`;
  await writePanels(folder, 'meta-test', {
    title,
    panels: PANELS.map((column) => ({ column, groups })),
    window: 1,
    style,
  });
  await writeAtomically(join(folder, 'meta-test.md'), `${table}\n`);
  const described = tested.map(({ curve, run, settings, dataset, tasks, theta }) => {
    const { size, from, layers } = tasks;
    const coefficients = Object.fromEntries(run.file.rule.map(({ name }, i) => [name, theta[i]!]));
    const data = { name: dataset.name, checksum: dataset.checksum };
    return { curve, run: run.folder, theta: coefficients, fbk: settings.fbk, layers, data, from, ...size };
  });
  const description = { version: packageVersion(), settings: values, tests: described, ends: rows };
  await writeAtomically(join(folder, 'meta-test.json'), `${JSON.stringify(description, undefined, 2)}\n`);
  return { rows, table };
}

/** All runs of a curve, which are tried on the same tasks. */
function groupOf(parts: readonly Tested[]): Group {
  return { name: parts[0]!.curve, runs: parts.length, tables: parts.flatMap(({ tables }) => tables) };
}

function rowOf(parts: readonly Tested[]): Row {
  const { curve, dataset, tasks, tables } = parts[0]!;
  const group = groupOf(parts);
  const band = (column: string) =>
    bandOf(
      group,
      group.tables.map(({ columns, trouble }) => (trouble ? Number.NaN : columns.get(column)!.at(-1)!)),
    );
  return {
    ...{
      curve,
      data: dataset.name,
      from: tasks.from,
      outputs: tasks.layers.at(-1)!,
      ...tasks.size,
      runs: parts.length,
      tasks: tables.length,
    },
    ...{ accuracy: band('accuracy'), loss: band('loss'), diverged: troublesOf(group) || 'none' },
  };
}
