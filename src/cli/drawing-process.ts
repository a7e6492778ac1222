/** The process of drawing.ts: draws the figures of the folder that it is given, once it reads a word; none, if its input just ends. */
import { text } from 'node:stream/consumers';
import { loadDrawing } from '../report/write-figures.js';
import { drawRun } from '../results/draw.js';

await loadDrawing();
if (await text(process.stdin)) {
  try {
    const { warning } = await drawRun(process.argv[2]!);
    if (warning) process.stderr.write(warning);
  } catch (error) {
    process.stderr.write(`The figures could not be drawn: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
