/** `meta-plasticity report`: runs as a page to look at and to mail. */
import { resolve } from 'node:path';
import type { PageRun } from '../page/data.js';
import { REPORT_FILE, reportHtml } from '../page/report.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { groupBySettings } from './compare.js';
import { reportManual } from './manual.js';
import { openInBrowser } from './open-file.js';
import { toggle, value } from './option.js';
import { checkFile, force, writeOut } from './out.js';
import { picturesOf } from './page-pictures.js';
import { RUN_FOLDERS, readRuns } from './read-runs.js';
import { reportOf } from './run-report.js';
import type { Io, Terminal } from './terminal.js';

export const reportCommand = command({
  name: 'report',
  options: {
    title: value('Report', undefined, 'what stands above it', text, { initially: 'the names of the folders' }),
    pictures: value(
      'Report',
      1,
      'experiments whose task and network are shown: their first and last episode is run again, where the data is at hand',
      wholeNumber(0, 20),
    ),
    out: value('Results', REPORT_FILE, 'file to write', text),
    open: toggle('Results', 'show it in the browser'),
    force,
  },
  manual: reportManual,
  words: RUN_FOLDERS,
  async run({ words, values: { title, pictures, out, open, force }, io, terminal }) {
    await checkFile({ out, force });
    const runs = await readRuns(words, 'report', terminal);
    const report = reportOf(runs, title ?? words.map((word) => word.replace(/\/+$/, '')).join(', '));
    const pictured = await withPictures(report.runs, runs, pictures, io, terminal);
    const html = await reportHtml({ ...report, runs: pictured });
    await writeOut(out, html);
    terminal.say(
      `Written: ${out}, ${runs.length} run${runs.length === 1 ? '' : 's'}, ${Math.ceil(html.length / 1000)} kB`,
    );
    const problem = open ? await openInBrowser(resolve(out), io.env) : undefined;
    if (problem) terminal.warn(problem);
    return { result: { out: resolve(out), bytes: html.length, runs: runs.map(({ folder }) => folder) } };
  },
});

/** The pictures of the first run of so many groups of equal settings. */
async function withPictures(
  pages: readonly PageRun[],
  runs: readonly RecordedRun[],
  most: number,
  io: Io,
  terminal: Terminal,
): Promise<PageRun[]> {
  const chosen =
    most === 0
      ? []
      : groupBySettings(runs)
          .slice(0, most)
          .map(({ runs: [first] }) => first!);
  const result = [...pages];
  for (const run of chosen) {
    const i = runs.indexOf(run);
    try {
      result[i] = { ...pages[i]!, ...(await picturesOf(run, io, terminal)) };
    } catch (error) {
      terminal.warn(`There are no pictures of ${pages[i]!.name}: ${(error as Error).message}`);
    }
  }
  return result;
}
