/** Meta-training as a run of a study. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { MAX_SKIPS_IN_A_ROW, startingPoint, train } from '../meta/trainer.js';
import { termCoefficients } from '../plasticity/rule.js';
import { troubleOf } from '../report/trouble.js';
import { findRuns, type RecordedRun, readRecordedRun } from '../results/recorded-run.js';
import { recordedRule } from '../results/run-file.js';
import { type Table, trainingColumns, trainingTable } from '../study/table.js';
import { styleOf } from './figure-options.js';
import { keyOf, trainingIdentity } from './identity.js';
import { runOptions, type Settings } from './options.js';
import { evaluateSettings } from './parity.js';
import { changed, type Given, wordsOf } from './parse.js';
import { assemble, episodeMaker, layerCount, prepare } from './prepare.js';
import { recordedSettings } from './recorded.js';
import { buildRule } from './rule.js';
import type { Found, PlannedRun } from './seed-run.js';
import type { Io } from './terminal.js';
import { chooseEngine } from './training.js';
import { UsageError } from './usage-error.js';

/** @throws UsageError for a value that no flag can have. */
export function plannedTraining(sources: readonly Given[]): PlannedRun {
  const settings = evaluateSettings(sources);
  const identity = trainingIdentity(settings);
  const { episodes } = settings;
  const layers = layerCount(settings);
  const { rule } = buildRule(settings, layers);
  const terms = [...termCoefficients(rule)];
  return {
    command: 'train',
    settings,
    identity,
    steps: episodes,
    columns: [
      ...trainingColumns({ terms, constants: rule.constants }, layers),
      ...terms.map((name) => `ablate ${name}`),
    ],
    stretch: [1, episodes],
    stepLine: 'Train Episode: ',
    window: settings.avg_window,
    style: styleOf(settings),
    oneThread: ['--workers', '1'],
    async check(io, terminal) {
      const { dataset } = await assemble(settings, io, terminal);
      await checkEngine(settings, io);
      return dataset;
    },
    async find(folder, seed) {
      const found = (await findRuns(folder)).at(-1);
      if (found === undefined) return undefined;
      const run = await readRecordedRun(found);
      const recorded = recordedSettings(run);
      if (recorded.seed !== seed || keyOf(trainingIdentity(recorded)) !== keyOf(identity)) {
        throw new UsageError(`${found} holds a run with other settings: move it away, or choose another --res.`);
      }
      const diverged = isDiverged(run);
      const steps = run.records.length;
      const { version, commit, data } = run.file;
      const lately = run.records.slice(-LATELY);
      return {
        folder: found,
        ...(lately.length > 0 && { ms: lately.reduce((sum, { ms }) => sum + ms, 0) / lately.length }),
        checksum: data.checksum,
        version: { version, ...(commit !== undefined && { commit }) },
        steps,
        done: diverged || steps >= episodes,
        table: tableOf(run, episodes),
      };
    },
    async words({ res, testName, seed }, found) {
      if (found) return continuation(settings, found);
      // The settings go by a file, which stays as the run's description.
      const { seed: _seed, res: _res, test_name: _name, episodes, ...flags } = settings;
      await mkdir(res, { recursive: true });
      const path = join(res, 'flags.json');
      await writeAtomically(path, `${JSON.stringify(flags, undefined, 2)}\n`);
      return [
        '--config',
        path,
        '--seed',
        `${seed}`,
        '--episodes',
        `${episodes}`,
        '--res',
        res,
        '--test_name',
        testName,
      ];
    },
    plainWords({ res, testName, seed }, found) {
      if (found) return continuation(settings, found);
      return wordsOf(runOptions, changed(runOptions, { ...settings, seed, res, test_name: testName }));
    },
    async measure(io, terminal) {
      const engine = chooseEngine(settings, 1, () => {});
      try {
        const { rule, theta, scale, clip, ...experiment } = await prepare(settings, io, terminal, engine);
        const { meta_batch: metaBatch, lr_meta: lrMeta, lamb, l1 } = settings;
        const options = { ...{ rule, scale, clip, metaBatch, lrMeta, lamb, l1 }, from: startingPoint(theta) };
        const makeEpisode = episodeMaker(experiment);
        const ms: number[] = [];
        for await (const record of train({ ...options, engine: await engine, makeEpisode, episodes: MEASURED }))
          ms.push(record.ms);
        return Math.min(...ms);
      } finally {
        await (await engine).dispose();
      }
    },
  };
}

/** Steps that say how long one takes now. */
const LATELY = 20;
/** Steps that are made to measure one. */
const MEASURED = 4;

/** Refuses an engine that is not there. */
async function checkEngine(settings: Settings, io: Io): Promise<void> {
  const { engine, gpu_mode, relaxed } = settings;
  const create = () => chooseEngine(settings, 1, () => {});
  if (io.keep) await io.keep.engine(JSON.stringify([engine, gpu_mode, relaxed]), create);
  else await (await create()).dispose();
}

function continuation({ episodes, data_dir }: Settings, { folder }: Found): string[] {
  return ['--resume', folder, '--episodes', `${episodes}`, ...(data_dir === undefined ? [] : ['--data_dir', data_dir])];
}

export function isDiverged({ records }: Pick<RecordedRun, 'records'>): boolean {
  return (records.at(-1)?.skips.inARow ?? 0) >= MAX_SKIPS_IN_A_ROW;
}

/** A run's columns, over the episodes that are asked for if it has more. */
export function tableOf(run: RecordedRun, episodes = run.records.length): Table {
  const { settings } = run.file;
  const rule = recordedRule(run.file);
  const records = run.records.slice(0, episodes);
  const M = typeof settings.M === 'number' ? settings.M : undefined;
  const trouble = isDiverged({ records }) ? 'diverged' : troubleOf(records, M);
  const table = trainingTable(records, [...termCoefficients(rule)], [...rule.constants]);
  return { ...table, name: `seed ${settings.seed}`, ...(trouble && { trouble }) };
}
