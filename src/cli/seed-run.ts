/** One run of a study with one seed: where it lies, how far it is, and the words that start or continue it. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { MAX_SKIPS_IN_A_ROW } from '../meta/trainer.js';
import { findRuns, type RecordedRun, readRecordedRun } from '../results/recorded-run.js';
import { type Table, trainingTable } from '../study/table.js';
import type { RunProgram } from '../sweep/program.js';
import { identity, same } from './identity.js';
import { runOptions, type Settings } from './options.js';
import { evaluate, readObject } from './parse.js';
import { UsageError } from './usage-error.js';

export interface SeedRun {
  /** The run's name in the study. */
  readonly name: string;
  readonly seed: number;
  /** Of all seeds; those of this one have its seed and folder. */
  readonly settings: Settings;
  /** Folder of the run with all of its seeds: two studies that have a run in common share it. */
  readonly folder: string;
}

/** The run of that name with these settings, below a results folder: other settings, another folder. */
export function seedRun(res: string, name: string, settings: Settings, seed: number): SeedRun {
  const hash = createHash('sha256').update(JSON.stringify([...identity(settings)]));
  return { name, seed, settings, folder: join(res, 'runs', `${name}-${hash.digest('hex').slice(0, 8)}`) };
}

/**
 * What is there of a run so far; undefined where it has not been started.
 * @throws UsageError where its folder holds a run with other settings.
 */
export async function findSeedRun({ folder, seed, settings }: SeedRun): Promise<RecordedRun | undefined> {
  const found = (await findRuns(join(folder, seedFolder(seed)))).at(-1);
  if (found === undefined) return undefined;
  const run = await readRecordedRun(found);
  const recorded = evaluate(runOptions, [readObject(runOptions, run.file.settings, join(found, 'run.json'))]);
  if (recorded.seed !== seed || !same([...identity(recorded)], [...identity(settings)])) {
    throw new UsageError(`${found} holds a run with other settings: move it away, or choose another --res.`);
  }
  return run;
}

/** Whether a run has all of its episodes, or diverged, so that no more will come. */
export function isDone({ records }: RecordedRun, { episodes }: Settings): boolean {
  return records.length >= episodes || isDiverged(records);
}

export function isDiverged(records: RecordedRun['records']): boolean {
  return (records.at(-1)?.skips.inARow ?? 0) >= MAX_SKIPS_IN_A_ROW;
}

/** A run's columns, over the episodes that are asked for if it has more. */
export function tableOf({ file, records }: RecordedRun, episodes = records.length): Table {
  return trainingTable(
    records.slice(0, episodes),
    file.rule.map(({ name }) => name),
  );
}

/**
 * Starts a run, or continues it, in a process of its own; `onEpisode` hears of each episode.
 * @throws Error with the run's own words where it failed; a run that diverged or was asked to stop has not.
 */
export async function runSeed(
  run: SeedRun,
  recorded: RecordedRun | undefined,
  program: RunProgram,
  stop: AbortSignal,
  onEpisode: () => void,
): Promise<void> {
  const words = recorded ? continuation(run, recorded) : await beginning(run);
  const onLine = (line: string) => {
    if (line.startsWith('Train Episode: ')) onEpisode();
  };
  const { code, stdout, lastWords } = await program([...words, '--json', '--verbose'], { stop, onLine });
  const stopped = stop.aborted && (code === null || code > 2);
  if (code === 0 || stopped || (code === 1 && /"outcome":"diverged"/.test(stdout))) return;
  const said = lastWords.findLast((line) => line.startsWith('meta-plasticity: ')) ?? lastWords.join('\n');
  const reason = said.replace(/^meta-plasticity: /, '') || `its process ended with ${code ?? 'a signal'}`;
  throw new Error(`${run.name}, seed ${run.seed}: ${reason}`);
}

function continuation({ settings }: SeedRun, { folder }: RecordedRun): string[] {
  const data = settings.data_dir === undefined ? [] : ['--data_dir', settings.data_dir];
  return ['--resume', folder, '--episodes', `${settings.episodes}`, ...data];
}

/** The settings go by a file, which stays as the run's description. */
async function beginning({ folder, seed, settings }: SeedRun): Promise<string[]> {
  const { seed: _seed, res: _res, test_name: _name, episodes, ...flags } = settings;
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'flags.json');
  await writeAtomically(path, `${JSON.stringify(flags, undefined, 2)}\n`);
  const place = ['--res', folder, '--test_name', seedFolder(seed)];
  return ['--config', path, '--seed', `${seed}`, '--episodes', `${episodes}`, ...place];
}

function seedFolder(seed: number): string {
  return `seed-${seed}`;
}
