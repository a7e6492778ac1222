/** `meta-plasticity compare`: runs side by side, seeds of equal settings together. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../files.js';
import { markdownTable } from '../report/markdown.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { columnsOf, type Group } from '../study/group.js';
import { endTable } from '../study/report.js';
import { text } from './checks.js';
import { command } from './command.js';
import { identity } from './identity.js';
import { compareManual } from './manual.js';
import { value } from './option.js';
import { runOptions } from './options.js';
import { checkFolder, force } from './out.js';
import { isDiverged, recordedSettings, tableOf } from './planned-train.js';
import { RUN_FOLDERS, readRuns } from './read-runs.js';

const PANELS = ['accuracy', 'loss', 'theta', 'angle'];

export const compareCommand = command({
  name: 'compare',
  options: {
    avg_window: { ...runOptions.avg_window, group: 'Comparison' },
    out: value('Results', 'comparison', 'folder for figures, numbers and tables', text),
    force,
  },
  manual: compareManual,
  words: RUN_FOLDERS,
  async run({ words, values: { out, force, avg_window }, terminal }) {
    await checkFolder({ out, force }, 'comparison');
    const runs = await readRuns(words, 'compare', terminal);
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
    const members = alike.map(({ runs }) => runs.map(({ folder }) => folder));
    return {
      result: {
        folder,
        groups: groups.map((group, i) => ({ name: group.name, columns: columnsOf(group), runs: members[i] })),
      },
    };
  },
});

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
