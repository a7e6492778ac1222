/** The thread of drawing-process.ts. */
import { answerRequests } from '../engine/thread.js';
import { loadDrawing } from '../report/write-figures.js';
import { drawRun } from '../results/draw.js';
import { readRecordedRun } from '../results/recorded-run.js';

const loading = loadDrawing();

answerRequests(async (folder: string) => {
  await loading;
  const { warning } = await drawRun(await readRecordedRun(folder));
  return warning ?? '';
});
