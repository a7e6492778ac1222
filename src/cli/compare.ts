/** `meta-plasticity compare`: runs side by side, seeds of equal settings together. */
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../files.js';
import { markdownTable } from '../report/markdown.js';
import { findRuns, type RecordedRun, readRecordedRun } from '../results/recorded-run.js';
import { columnsOf, type Group } from '../study/group.js';
import { endTable } from '../study/report.js';
import { text } from './checks.js';
import { helpText } from './help.js';
import { identity } from './identity.js';
import { compareManual } from './manual.js';
import { controlOptions, type Options, runOptions, value } from './options.js';
import { evaluate, parseArguments } from './parse.js';
import { isDiverged, recordedSettings, tableOf } from './planned-train.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { packageVersion } from './version.js';

const { quiet, verbose, json } = controlOptions;
const compareOptions = {
  out: value('Comparison', 'comparison', 'folder for figures, numbers and tables', text),
  avg_window: runOptions.avg_window,
  quiet,
  verbose,
  json,
} satisfies Options;

const PANELS = ['accuracy', 'loss', 'theta', 'angle'];

/** Runs the command and returns its exit code. */
export async function compareCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, version, words, given } = parseArguments(compareOptions, argv);
  if (help || version) {
    io.stdout.write(help ? helpText(compareOptions, compareManual) : `${packageVersion()}\n`);
    return 0;
  }
  if (words.length === 0) throw new UsageError('compare needs at least one folder of a run, or of runs.');
  const { out, avg_window, ...verbosity } = evaluate(compareOptions, [given]);
  const terminal = new Terminal(io, verbosity);
  const { runs, empty } = await readRuns(words);
  for (const folder of empty) terminal.warn(`${folder} has no episode yet and is left out.`);
  if (runs.length === 0) throw new UsageError(`There is no run with an episode in ${words.join(', ')}.`);

  const alike = groupBySettings(runs);
  const { groups, differences } = nameGroups(alike);
  const folder = resolve(out);
  await mkdir(folder, { recursive: true });
  const { writePanels } = await import('../study/write.js'); // The drawing libraries take a while to load.
  const panels = PANELS.map((column) => ({ column, groups }));
  await writePanels(folder, 'comparison', { title: `${runs.length} runs`, panels, window: avg_window });
  const tables = [...(differences === undefined ? [] : [differences]), endTable(groups)].join('\n\n');
  await writeAtomically(join(folder, 'comparison.md'), `${tables}\n`);
  terminal.say(`${tables}\n\nFigure, numbers and tables are in ${folder}`);
  if (verbosity.json) {
    const members = alike.map(({ runs }) => runs.map(({ folder }) => folder));
    terminal.result({
      folder,
      groups: groups.map((group, i) => ({ name: group.name, columns: columnsOf(group), runs: members[i] })),
    });
  }
  return 0;
}

/** The runs in and below these folders; `command` asks for them. */
export async function readRuns(
  words: readonly string[],
  command = 'compare',
): Promise<{ runs: RecordedRun[]; empty: string[] }> {
  const folders = await Promise.all(
    words.map(async (word) => {
      if (!(await stat(word).catch(() => undefined))?.isDirectory()) {
        throw new UsageError(`${command} needs folders, but there is no folder '${word}'.`);
      }
      return findRuns(resolve(word));
    }),
  );
  const runs: RecordedRun[] = [];
  for (const folder of new Set(folders.flat())) runs.push(await readRecordedRun(folder));
  return {
    runs: runs.filter(({ records }) => records.length > 0),
    empty: runs.filter(({ records }) => records.length === 0).map(({ folder }) => folder),
  };
}

/** Runs that differ in their seeds only. */
export interface Alike {
  readonly settings: ReadonlyMap<string, unknown>;
  readonly runs: readonly RecordedRun[];
}

/** Runs with equal settings and data, by seed; of two with one seed the one with more episodes counts. */
export function groupBySettings(runs: readonly RecordedRun[]): Alike[] {
  const alike = new Map<string, { settings: ReadonlyMap<string, unknown>; seeds: Map<unknown, RecordedRun> }>();
  for (const run of runs) {
    const settings = recordedSettings(run);
    const shared = new Map([...identity(runOptions, settings), ['data', run.file.data.checksum.slice(0, 8)]]);
    const key = JSON.stringify([...shared]);
    const group = alike.get(key) ?? { settings: shared, seeds: new Map() };
    const other = group.seeds.get(settings.seed);
    if (!other || other.records.length < run.records.length) group.seeds.set(settings.seed, run);
    alike.set(key, group);
  }
  return [...alike.values()].map(({ settings, seeds }) => ({ settings, runs: [...seeds.values()] }));
}

/** Names from what differs, short enough for a figure, and a table of it where there is more than one group. */
export function nameGroups(alike: readonly Alike[]): { groups: Group[]; differences?: string } {
  const flags = [...new Set(alike.flatMap(({ settings }) => [...settings.keys()]))].sort();
  const differing = flags.filter((flag) => new Set(alike.map(({ settings }) => words(settings.get(flag)))).size > 1);
  const names = alike.map(({ settings }) => {
    const said = differing.flatMap((flag) => (settings.has(flag) ? [`${flag}=${words(settings.get(flag))}`] : []));
    return said.join(' ') || 'default';
  });
  const letters = names.some((name) => name.length > MAX_NAME);
  const groups = alike.map(({ runs }, i): Group => {
    const name = letters ? letter(i) : names[i]!;
    const diverged = runs.filter(isDiverged).length;
    return { name, tables: runs.map((run) => tableOf(run)), diverged };
  });
  if (alike.length < 2) return { groups };
  const rows = alike.map(({ settings }, i) => [groups[i]!.name, ...differing.map((flag) => words(settings.get(flag)))]);
  return { groups, differences: markdownTable(['', ...differing], rows) };
}

/** Longer names would not fit beside a curve. */
const MAX_NAME = 20;

function letter(i: number): string {
  return i < 26 ? String.fromCharCode(65 + i) : `${letter(Math.floor(i / 26) - 1)}${letter(i % 26)}`;
}

function words(value: unknown): string {
  if (value === undefined) return '(default)';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
}
