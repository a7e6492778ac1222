/** The thread of drawing-process.ts. */
import { answerRequests } from '../engine/thread.js';
import { loadDrawing } from '../report/write-figures.js';
import { drawRun } from '../results/draw.js';

const loading = loadDrawing();

answerRequests(async (folder: string) => {
  await loading;
  const { warning } = await drawRun(folder);
  return warning ?? '';
});
