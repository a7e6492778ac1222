/** `meta-plasticity compare`: runs side by side, seeds of equal settings together. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../files.js';
import { markdownTable } from '../report/markdown.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { columnsOf, type Group } from '../study/group.js';
import { endTable, endWords } from '../study/report.js';
import { text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { figureOptions, styleOf } from './figure-options.js';
import { type Identity, keyOf, trainingIdentity } from './identity.js';
import { compareManual } from './manual.js';
import { value } from './option.js';
import { checkFolder, force } from './out.js';
import { tableOf } from './planned-train.js';
import { RUN_FOLDERS, readRuns } from './read-runs.js';
import { recordedSettings } from './recorded.js';

const PANELS = ['accuracy', 'loss', 'theta', 'angle'];

export const compareCommand = command({
  name: 'compare',
  options: {
    ...figureOptions,
    last: value('Comparison', undefined, 'episodes at the end that the means are over', wholeNumber(1), {
      initially: '100, of coefficients 50',
    }),
    out: value('Results', 'comparison', 'folder for figures, numbers and tables', text),
    force,
  },
  manual: compareManual,
  words: RUN_FOLDERS,
  async run({ words, values: { out, force, avg_window, last, ...look }, terminal }) {
    const style = styleOf(look);
    await checkFolder({ out, force }, 'comparison');
    const runs = await readRuns(words, 'compare', terminal);
    const alike = groupBySettings(runs);
    const { groups, differences } = nameGroups(alike);
    const folder = resolve(out);
    await mkdir(folder, { recursive: true });
    const { writePanels } = await import('../study/write.js'); // The drawing libraries take a while to load.
    const learned = groups.some((group) => columnsOf(group).some((column) => column.startsWith('constant ')));
    const panels = [...PANELS, ...(learned ? ['constant'] : [])].map((column) => ({ column, groups }));
    await writePanels(folder, 'comparison', {
      title: `${runs.length} run${runs.length === 1 ? '' : 's'}`,
      panels,
      window: avg_window,
      style,
    });
    const tables = [differences ?? [], endTable(groups, last), endWords(groups, last)].flat().join('\n\n');
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
  readonly identity: Identity;
  readonly runs: readonly RecordedRun[];
}

/** Runs of equal rules and settings on equal data, by seed; of two with one seed the one with more episodes counts. */
export function groupBySettings(runs: readonly RecordedRun[]): Alike[] {
  const alike = new Map<string, { identity: Identity; seeds: Map<unknown, RecordedRun> }>();
  for (const run of runs) {
    const settings = recordedSettings(run);
    const identity = trainingIdentity(settings, run.file.data);
    const key = keyOf(identity);
    const group = alike.get(key) ?? { identity, seeds: new Map() };
    const other = group.seeds.get(settings.seed);
    if (!other || other.records.length < run.records.length) group.seeds.set(settings.seed, run);
    alike.set(key, group);
  }
  return [...alike.values()].map(({ identity, seeds }) => ({
    identity,
    runs: [...seeds].sort(([a], [b]) => Number(a) - Number(b)).map(([, run]) => run),
  }));
}

/** Names from the fewest traits that tell the groups apart, and a table of all that differs where there is more than one. */
export function nameGroups(alike: readonly Alike[]): { groups: Group[]; differences?: string } {
  const traits = [...new Set(['rule', ...(alike[0]?.identity.keys() ?? [])])];
  const differing = traits.filter((name) => variants(alike, [name]) > 1);
  const telling: string[] = [];
  for (const name of differing) {
    if (variants(alike, [...telling, name]) > variants(alike, telling)) telling.push(name);
  }
  const text = ({ identity }: Alike, name: string) => identity.get(name)?.text ?? '';
  const names = alike.map(
    (one) => telling.map((name) => (name === 'rule' ? '' : `${name}=`) + text(one, name)).join(' ') || 'runs',
  );
  const letters = names.some((name) => name.length > MAX_NAME);
  const groups = alike.map(({ runs }, i): Group => {
    const name = letters ? letter(i) : names[i]!;
    return { name, tables: runs.map((run) => tableOf(run)) };
  });
  if (alike.length < 2) return { groups };
  const called = alike.map(testNames);
  const named = called.some(Boolean);
  const rows = alike.map((one, i) => [
    groups[i]!.name,
    ...differing.map((name) => text(one, name)),
    ...(named ? [called[i]!] : []),
  ]);
  return { groups, differences: markdownTable(['', ...differing, ...(named ? ['test_name'] : [])], rows) };
}

/** How many groups these traits tell apart. */
function variants(alike: readonly Alike[], names: readonly string[]): number {
  return new Set(alike.map(({ identity }) => JSON.stringify(names.map((name) => identity.get(name)?.is)))).size;
}

/** Longer names would not fit beside a curve. */
const MAX_NAME = 24;
/** More test names than fit in a cell. */
const MAX_TEST_NAMES = 3;

function letter(i: number): string {
  return i < 26 ? String.fromCharCode(65 + i) : `${letter(Math.floor(i / 26) - 1)}${letter(i % 26)}`;
}

/** The names that the user gave the runs of a group. */
function testNames({ runs }: Alike): string {
  const given = runs.flatMap(({ file: { settings } }) => (settings.test_name ? [String(settings.test_name)] : []));
  const names = [...new Set(given)];
  return names.slice(0, MAX_TEST_NAMES).join(', ') + (names.length > MAX_TEST_NAMES ? ', …' : '');
}
