/** The process of drawing.ts: draws the figures of the folder that it is given, once it reads a word; none, if its input just ends. */
import { workForParent } from './work-for-parent.js';

/** Figures take seconds; on a machine that is busy and short of memory perhaps a minute. */
const SECONDS = 300;

const thread = new URL('./drawing-thread.js', import.meta.url);
workForParent(thread, process.argv[2]!, 'The figures could not be drawn', SECONDS);
