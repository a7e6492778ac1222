/** A report of runs as one file. */
import { writeAtomically } from '../files.js';
import { type PageData, type PageRun, shrink } from './data.js';
import { pageHtml } from './html.js';

/** What every report in a folder of results is called. */
export const REPORT_FILE = 'report.html';

export interface Report {
  readonly title: string;
  readonly notes?: readonly string[];
  readonly runs: readonly PageRun[];
}

/** What the page is given: what is too much for a file is rounded. */
export function reportData({ title, notes = [], runs }: Report): PageData {
  return { title, notes, ...shrink(runs) };
}

/** The report's text; the same runs give the same text. */
export function reportHtml(report: Report): Promise<string> {
  return pageHtml('report', { title: report.title, data: reportData(report) });
}

export async function writeReport(path: string, report: Report): Promise<void> {
  await writeAtomically(path, await reportHtml(report));
}
