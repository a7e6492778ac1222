/** The thread of drawing-process.ts. */
import { answerRequests } from '../engine/thread.js';
import { loadDrawing } from '../report/write-figures.js';
import { drawRun } from '../results/draw.js';
import { readRecordedRun } from '../results/recorded-run.js';
import { lookOf } from './figure-options.js';
import { writeRunReport } from './run-report.js';

const loading = loadDrawing();

answerRequests(async (folder: string) => {
  await loading;
  const run = await readRecordedRun(folder);
  const { warning } = await drawRun(run, lookOf(run.file.settings, 'run.json'));
  await writeRunReport(run);
  return warning ?? '';
});
