/** One run of a study with one seed: where it lies, how far it is, and the process that starts or continues it. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dataset } from '../data/dataset.js';
import { writeAtomically } from '../files.js';
import { parseJson } from '../json.js';
import { HeldError, takeLock } from '../lock.js';
import type { FigureStyle } from '../report/style.js';
import type { Stretch, Table } from '../study/table.js';
import { type RunProgram, reasonOf } from '../sweep/program.js';
import { type Identity, keyOf } from './identity.js';
import type { LearnValues } from './learn.js';
import type { Settings } from './options.js';
import type { Io, Terminal } from './terminal.js';

/** A run of a study, of all its seeds: meta-training, or a network that learns with a given rule. */
export type PlannedRun = RunPlan &
  (
    | { readonly command: 'train'; readonly settings: Settings }
    | { readonly command: 'learn'; readonly settings: LearnValues }
  );

interface RunPlan {
  /** What makes it another run, but for its seed. */
  readonly identity: Identity;
  /** How many lines of progress it says, and how each begins. */
  readonly steps: number;
  readonly stepLine: string;
  /** The columns that it will have. */
  readonly columns: readonly string[];
  /** Its first and its last episode, or number of images. */
  readonly stretch: Stretch;
  /** Rows that its curves are averaged over. */
  readonly window: number;
  /** How the study's figure looks. */
  readonly style: FigureStyle;
  /** Refuses what a run would refuse, and fetches the data once for all; returns it. */
  check(io: Io, terminal: Terminal): Promise<Dataset>;
  /**
   * What lies in the folder of a seed; undefined where that is nothing to go on with.
   * @throws UsageError where it is a run with other settings.
   */
  find(folder: string, seed: number): Promise<Found | undefined>;
  /** Words that keep it to one thread. */
  readonly oneThread: readonly string[];
  /** The words that start it, with results in `<res>/<testName>/`, or continue it. */
  words(place: Place, found: Found | undefined): Promise<string[]>;
  /** The same without a file of flags: as a user would say it. */
  plainWords(place: Place, found: Found | undefined): string[];
  /** Milliseconds that a step takes on one thread: a few are made. */
  measure(io: Io, terminal: Terminal): Promise<number>;
}

/** Where a run of some seed puts its results. */
interface Place {
  readonly res: string;
  readonly testName: string;
  readonly seed: number;
}

/** A run as far as it is. */
export interface Found {
  readonly folder: string;
  /** That a step took lately, where that is written down. */
  readonly ms?: number;
  /** Of its data. */
  readonly checksum: string;
  /** What it was run with. */
  readonly version: { readonly version: string; readonly commit?: string };
  readonly steps: number;
  /** It has all of its steps, or diverged, so that no more will come. */
  readonly done: boolean;
  readonly table: Table;
}

export interface SeedRun {
  /** The run's name in the study. */
  readonly name: string;
  readonly seed: number;
  readonly plan: PlannedRun;
  /** Folder of the run with all of its seeds: two studies that have a run in common share it. */
  readonly folder: string;
}

/** What a run is known by, whatever it is called: a hash of its resolved settings, and its seed. */
export function runId(identity: Identity, seed: number): string {
  return `${hashOf(identity)}-${seed}`;
}

function hashOf(identity: Identity): string {
  return createHash('sha256').update(keyOf(identity)).digest('hex').slice(0, 8);
}

/**
 * A run with each of these seeds, below a results folder: other settings, another folder. The same settings have the same
 * one, even if they are called otherwise now.
 */
export function seedRuns(res: string, name: string, plan: PlannedRun, seeds: readonly number[]): SeedRun[] {
  const parent = join(res, 'runs');
  const end = `-${hashOf(plan.identity)}`;
  const there = existsSync(parent) ? readdirSync(parent).find((folder) => folder.endsWith(end)) : undefined;
  const folder = join(parent, there ?? `${folderName(name)}${end}`);
  return seeds.map((seed) => ({ name, seed, plan, folder }));
}

/** As much of a run's name as every file system takes. */
function folderName(name: string): string {
  return name
    .replaceAll(/[^\w.+@= -]/g, '_')
    .slice(0, 100)
    .trim();
}

/** What became of a run that failed; the next try removes it. */
export interface Failure {
  readonly run: Pick<SeedRun, 'name' | 'seed' | 'folder'>;
  readonly message: string;
}

/** Writes down why a run failed, for whoever asks later. */
export async function noteFailure({ run, message }: Failure): Promise<void> {
  // Where the disk is full, whoever waits hears of it all the same.
  await writeAtomically(failurePath(run), `${JSON.stringify({ message })}\n`).catch(() => {});
}

/** Why a run failed the last time, if it did. */
export async function readFailure(run: Pick<SeedRun, 'folder' | 'seed'>): Promise<string | undefined> {
  try {
    return String((parseJson(await readFile(failurePath(run), 'utf8')) as { message: unknown }).message);
  } catch {
    return undefined;
  }
}

/** The lock of who does the run. */
export function claimPath({ folder, seed }: Pick<SeedRun, 'folder' | 'seed'>): string {
  return join(folder, `${seedFolder(seed)}.lock`);
}

function failurePath({ folder, seed }: Pick<SeedRun, 'folder' | 'seed'>): string {
  return join(folder, `${seedFolder(seed)}.failed.json`);
}

/**
 * What is there of a run so far; undefined where it has not been started.
 * @throws UsageError where its folder holds a run with other settings.
 */
export async function findSeedRun({ folder, seed, plan }: SeedRun): Promise<Found | undefined> {
  return plan.find(join(folder, seedFolder(seed)), seed);
}

/**
 * Keeps a run for this process, so that two studies on one folder share the work; undefined where another has it, which
 * `wait` says to wait for. Returns what gives it back.
 * @throws HeldError where another has it of which nobody can tell whether it is still there.
 */
export async function takeSeedRun(
  { folder, seed }: SeedRun,
  wait: false | AbortSignal,
): Promise<(() => Promise<void>) | undefined> {
  await mkdir(folder, { recursive: true });
  for (;;) {
    try {
      return await takeLock(claimPath({ folder, seed }));
    } catch (error) {
      if (!(error instanceof HeldError && error.lives)) throw error;
      if (!wait || wait.aborted) return undefined;
      await sleep(100);
    }
  }
}

export interface SeedRunOptions {
  readonly program: RunProgram;
  /** Words for it beside those of its settings. */
  readonly more: readonly string[];
  readonly stop: AbortSignal;
  /** Hears of each step. */
  readonly onStep: () => void;
}

/**
 * Starts a run, or continues it, in a process of its own.
 * @throws Error with the run's own words where it failed; a run that diverged or was asked to stop has not.
 */
export async function runSeed(
  { name, seed, folder, plan }: SeedRun,
  found: Found | undefined,
  { program, more, stop, onStep }: SeedRunOptions,
): Promise<void> {
  await rm(failurePath({ folder, seed }), { force: true });
  const words = await plan.words(placeOf({ folder, seed }), found);
  const onLine = (line: string) => {
    if (line.startsWith(plan.stepLine)) onStep();
  };
  const { code, stdout, lastWords } = await program([...words, ...more, '--json', '--verbose'], { stop, onLine });
  const stopped = stop.aborted && (code === null || code > 2);
  if (code === 0 || stopped || (code === 1 && /"outcome":"diverged"/.test(stdout))) return;
  throw new Error(`${name}, seed ${seed}: ${reasonOf({ code, lastWords })}`);
}

export function placeOf({ folder, seed }: Pick<SeedRun, 'folder' | 'seed'>): Place {
  return { res: folder, testName: seedFolder(seed), seed };
}

function seedFolder(seed: number): string {
  return `seed-${seed}`;
}
