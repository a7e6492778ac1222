/** `meta-plasticity collect`: what lies in folders of results as one table, for pandas, R and the like. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { csv } from '../report/markdown.js';
import { type Column, type TidyRun, tidyTable } from '../study/tidy.js';
import { refuse } from './checks.js';
import { command } from './command.js';
import { collectManual } from './manual.js';
import { toggle, value } from './option.js';
import { checkFile, force, writeOut } from './out.js';
import { RUN_FOLDERS } from './read-runs.js';
import type { Terminal } from './terminal.js';
import { KNOWN, tidyFolder } from './tidy-runs.js';
import { UsageError } from './usage-error.js';

const SUFFIXES = ['.csv', '.parquet'];
const tableFile = (given: string, flag: string) =>
  SUFFIXES.includes(extname(given)) ? given : refuse(flag, given, 'a file that ends in .csv or .parquet');

export const collectCommand = command({
  name: 'collect',
  options: {
    out: value('Results', 'runs.csv', 'file of the table, .csv or .parquet', tableFile),
    episodes: toggle('Results', 'a row an episode (of learn a row a measurement), not a row a run'),
    force,
  },
  manual: collectManual,
  words: RUN_FOLDERS,
  async run({ words, values: { out, episodes, force }, terminal }) {
    await checkFile({ out, force });
    const runs: TidyRun[] = [];
    const seen = new Set<string>();
    for (const word of words) {
      if (!(await stat(word).catch(() => undefined))?.isDirectory())
        throw new UsageError(`collect needs folders, but there is no folder '${word}'.`);
      await gather(resolve(word), runs, seen, terminal);
    }
    if (runs.length === 0) throw new UsageError(`There are no results in ${words.join(', ')}.`);
    const columns = tidyTable(runs, KNOWN, episodes);
    await writeOut(
      out,
      extname(out) === '.csv' ? asCsv(columns) : (await import('../report/parquet.js')).parquet(columns),
    );
    const rows = columns[0]!.values.length;
    terminal.say(`${rows} rows of ${columns.length} columns, of ${runs.length} runs: ${out}`);
    return { result: { out: resolve(out), rows, columns: columns.map(({ name }) => name) } };
  },
});

/** All results in and below a folder; what is damaged is named and left out. */
async function gather(folder: string, runs: TidyRun[], seen: Set<string>, terminal: Terminal): Promise<void> {
  if (seen.has(folder)) return;
  seen.add(folder);
  let entries: Dirent[] = [];
  try {
    runs.push(...(await tidyFolder(folder)));
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    terminal.warn(`${folder} is left out: ${(error as Error).message}`);
  }
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of names.sort()) await gather(join(folder, name), runs, seen, terminal);
}

function asCsv(columns: readonly Column[]): string {
  const rows = columns[0]!.values.map((_, i) => columns.map(({ values }) => cell(values[i]!)));
  return csv(
    columns.map(({ name }) => name),
    rows,
  );
}

function cell(value: Column['values'][number]): string | number {
  return value === null ? '' : typeof value === 'boolean' ? String(value) : value;
}
