/** What lies in a folder of results, of whatever command, as rows of a tidy table. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../json.js';
import { readCourse } from '../results/course.js';
import { CIRCUMSTANCES } from '../results/identity.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { recordedRule } from '../results/run-file.js';
import { courseTable, type Table } from '../study/table.js';
import type { Cell, Kind, TidyRun } from '../study/tidy.js';
import { learningIdentity, trainingIdentity } from './identity.js';
import { learnOptions } from './learn.js';
import type { Option, Options } from './option.js';
import { runOptions } from './options.js';
import { evaluate, readObject, wordsOf } from './parse.js';
import { recordedLearnOptions } from './planned-learn.js';
import { isDiverged, tableOf } from './planned-train.js';
import { recordedSettings } from './recorded.js';
import { runId } from './seed-run.js';

/** Settings that are columns: all but those of figures and of the place. */
const SETTINGS: Options = Object.fromEntries(
  Object.entries({
    ...runOptions,
    theta: learnOptions.theta,
    images: learnOptions.images,
    every: learnOptions.every,
  }).filter(
    ([name]) => name !== 'seed' && (!CIRCUMSTANCES.has(name) || ['episodes', 'data_dir', 'test_name'].includes(name)),
  ),
);

/** The columns before a run's numbers. */
export const KNOWN: readonly { name: string; kind: Kind }[] = [
  { name: 'id', kind: 'text' },
  { name: 'command', kind: 'text' },
  { name: 'seed', kind: 'whole' },
  { name: 'rule', kind: 'text' },
  ...Object.entries(SETTINGS).map(([name, option]) => ({ name, kind: kindOf(option) })),
  { name: 'tasks', kind: 'whole' },
];

function kindOf({ initial, whole, kind }: Option<unknown>): Kind {
  if (kind === 'switch') return 'truth';
  return whole ? 'whole' : typeof initial === 'number' ? 'number' : 'text';
}

/** The rows of a folder; none where it holds no results of its own. */
export async function tidyFolder(folder: string): Promise<TidyRun[]> {
  const files = readdirSync(folder);
  if (files.includes('run.json')) return [await tidyTraining(folder)];
  if (files.includes('learn.json')) return await tidyCourse(folder);
  if (files.includes('meta-test.json')) return await tidyTests(folder);
  return [];
}

async function tidyTraining(folder: string): Promise<TidyRun> {
  const run = await readRecordedRun(folder);
  const settings = recordedSettings(run);
  const table = tableOf(run);
  const whole = run.records.length >= settings.episodes;
  const { terms } = recordedRule(run.file);
  return {
    about: {
      ...{ id: runId(trainingIdentity(settings), settings.seed), command: 'train', seed: settings.seed },
      rule: terms.map(({ name }) => name).join(' + '),
      ...cells(runOptions, { ...settings, layers: run.file.layers }),
      ...(settings.clip === 'auto' && { clip: terms.length > 1 ? 10 : 0 }),
    },
    table,
    seconds: run.records.map(({ ms }) => ms / 1000),
    outcome: isDiverged(run) ? 'diverged' : whole ? (table.trouble ?? 'complete') : 'unfinished',
    folder,
  };
}

async function tidyCourse(folder: string): Promise<TidyRun[]> {
  const course = await readCourse(folder);
  if (!course || course.points.length === 0) return [];
  const { file, points } = course;
  const settings = evaluate(recordedLearnOptions, [
    readObject(recordedLearnOptions, file.settings, join(folder, 'learn.json')),
  ]);
  const last = points.at(-1)!;
  const theta = file.rule.map(({ name, formula, theta }): [string, number[]] => [
    `${formula === undefined ? 'constant' : 'theta'} ${name}`,
    points.map(() => theta),
  ]);
  const { columns, ...table } = courseTable(points);
  return [
    {
      about: {
        ...{ id: runId(learningIdentity(settings), settings.seed), command: 'learn', seed: settings.seed },
        rule: file.rule.flatMap(({ name, formula }) => (formula === undefined ? [] : [name])).join(' + '),
        ...cells(learnOptions, { ...settings, layers: file.layers }),
      },
      table: { ...table, columns: new Map([...columns, ...theta]) },
      outcome: !Number.isFinite(last.loss) ? 'diverged' : last.images < settings.images ? 'unfinished' : 'complete',
      folder,
    },
  ];
}

/** What `test` found: of each curve its end, which is a mean over runs and tasks. */
async function tidyTests(folder: string): Promise<TidyRun[]> {
  const { settings, ends, tests } = parseJson(await readFile(join(folder, 'meta-test.json'), 'utf8')) as MetaTest;
  return ends.map(({ curve, data, M, K, Q, tasks, accuracy, loss, outputs }) => {
    const own = tests.filter((test) => test.curve === curve);
    const names = [...new Set(own.flatMap(({ theta }) => Object.keys(theta)))];
    const mean = (name: string) => own.reduce((sum, { theta }) => sum + (theta[name] ?? 0), 0) / own.length;
    const one = (value: number | null) => [value ?? Number.NaN];
    const columns: [string, number[]][] = [
      ['accuracy', one(accuracy.mean)],
      ['loss', one(loss.mean)],
      ...names.map((name): [string, number[]] => [`theta ${name}`, one(mean(name))]),
    ];
    const table: Table = { xLabel: 'Tests', x: [1], columns: new Map(columns), endRows: 1 };
    const about: Record<string, Cell> = {
      id: curve,
      command: 'test',
      seed: settings.seed,
      database: data,
      M,
      K,
      Q,
      tasks,
    };
    const [{ fbk, layers } = {}] = own;
    return {
      about: { ...about, ...(fbk && { fbk }), ...(layers && { layers: layers.join() }) },
      table,
      outcome: outputs > 0 ? 'complete' : 'unfinished',
      folder,
    };
  });
}

/** The parts of `meta-test.json` that are needed here. */
interface MetaTest {
  readonly settings: { readonly seed: number };
  readonly tests: readonly {
    readonly curve: string;
    readonly theta: Readonly<Record<string, number>>;
    readonly fbk: string;
    readonly layers: readonly number[];
  }[];
  readonly ends: readonly ({ readonly curve: string; readonly data: string } & Readonly<
    Record<'M' | 'K' | 'Q' | 'tasks' | 'outputs', number>
  > &
    Readonly<Record<'accuracy' | 'loss', { readonly mean: number | null }>>)[];
}

/** Settings as cells: lists and pairs as on the command line. */
function cells(options: Options, settings: Readonly<Record<string, unknown>>): Record<string, Cell> {
  const all = Object.entries(settings).filter(([name]) => Object.hasOwn(SETTINGS, name));
  return Object.fromEntries(
    all.map(([name, value]) => {
      if (typeof value === 'number' || typeof value === 'boolean') return [name, value];
      if (value === undefined) return [name, null];
      const [, ...words] = wordsOf(options, { [name]: value });
      return [name, words.join(SETTINGS[name]!.phrase ? '; ' : ' ') || 'none'];
    }),
  );
}
