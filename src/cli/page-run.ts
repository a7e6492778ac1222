/** A recorded run as a report page knows it. */
import { basename } from 'node:path';
import { isNamed } from '../data/open.js';
import type { PageRun, PageTerm } from '../page/data.js';
import { parsePlacement } from '../plasticity/placement.js';
import { findPoolTerm } from '../plasticity/pool.js';
import { summarise } from '../report/summary.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { type RunFile, recordedRule } from '../results/run-file.js';
import { columnMean, lastRows, type Table } from '../study/table.js';
import { figureOptions } from './figure-options.js';
import { runOptions, type Settings } from './options.js';
import { evaluate, wordsOf } from './parse.js';
import { tableOf } from './planned-train.js';
import { quote } from './quote.js';
import { recordedSettings } from './recorded.js';

/** Where files lie, and how figures look, is of no use to who reads a report; nor is it anybody's business. */
const LEFT_OUT: ReadonlySet<string> = new Set(['res', 'test_name', 'data_dir', ...Object.keys(figureOptions)]);

/** @param name what the report calls it. */
export function pageRun(run: RecordedRun, name: string): PageRun {
  const { file, records } = run;
  const settings = recordedSettings(run);
  const { terms, coefficients: names } = recordedRule(file);
  return {
    name,
    facts: factsOf(settings, terms.map((term) => term.name).join(' + ')),
    command: commandOf(settings),
    origin: originOf(file),
    terms: file.rule.map(termOf),
    trouble: summarise(records, names, settings.M).trouble,
    ...pageColumns(tableOf(run)),
  };
}

/** The numbers of a table; what is not finite is null, as JSON has it. */
export function pageColumns(table: Table): Pick<PageRun, 'xLabel' | 'x' | 'columns' | 'ends' | 'endRows'> {
  const { xLabel, x, columns } = table;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    xLabel,
    x,
    columns: Object.fromEntries([...columns].map(([name, values]) => [name, values.map(finite)])),
    ends: Object.fromEntries([...columns.keys()].map((name) => [name, finite(columnMean(table, name))])),
    endRows: Math.min(lastRows(table, ''), x.length),
  };
}

function termOf({ name, formula, initial }: RunFile['rule'][number]): PageTerm {
  const known = findPoolTerm(parsePlacement(name));
  return { name, formula: formula ?? name, initial, ...(known && { description: known.description }) };
}

function factsOf(settings: Settings, rule: string): Record<string, string> {
  const words = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return String(value);
    if (Array.isArray(value)) return value.join(' ');
    return Object.entries(value)
      .map((pair) => pair.join('='))
      .join(' ');
  };
  const given = Object.entries(settings).filter(([flag, value]) => !LEFT_OUT.has(flag) && value !== undefined);
  const { vec: _, database, ...facts } = Object.fromEntries(given.map(([flag, value]) => [flag, words(value)]));
  return { rule, database: placeless(database!), ...facts };
}

/** The shortest command that has these settings: flags that are as they are by themselves are left out. */
function commandOf(settings: Settings): string {
  const initial = evaluate(runOptions, []) as Readonly<Record<string, unknown>>;
  const said = Object.entries({ ...settings, database: placeless(settings.database) }).filter(
    ([flag, value]) => !LEFT_OUT.has(flag) && JSON.stringify(value) !== JSON.stringify(initial[flag]),
  );
  return ['npx meta-plasticity', ...wordsOf(runOptions, Object.fromEntries(said)).map(quote)].join(' ');
}

/** A folder of images without the way to it: its checksum says which it is. */
function placeless(database: string): string {
  return isNamed(database) ? database : basename(database);
}

function originOf({ version, commit, node, started, engine, data, machine, layers }: RunFile): Record<string, string> {
  const { cpu, cores, platform } = machine ?? {};
  return {
    version: commit === undefined ? version : `${version}, commit ${commit}`,
    data: `${placeless(data.name)}: ${data.images} images of ${data.classes} classes`,
    checksum: `SHA-256 ${data.checksum}`,
    network: layers.join('-'),
    engine: `${engine}, Node ${node}`,
    machine: `${cpu}, ${cores} cores, ${platform}`,
    started,
  };
}
