/** How a run draws its figures: in a process apart, so that the drawing libraries take no memory from the run. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../engine/thread.js';

export interface Drawing {
  /** Draws the figures from what lies in the folder now. Resolves to what went wrong, in a sentence. */
  draw(): Promise<string | undefined>;
  /** Ends it undone. */
  cancel(): void;
}

const PROGRAM = fileURLToPath(new URL('./drawing-process.js', import.meta.url));

/** Starts such a process: it loads its libraries and waits. */
export function startDrawing(folder: string): Drawing {
  const child = spawn(process.execPath, [PROGRAM, folder], {
    // A process group of its own: Ctrl-C is the run's, which then wants its figures all the same.
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
    env: plainEnvironment(),
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdin.on('error', () => {}); // It has ended already: `close` tells.
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', ({ message }) => resolve(`The figures could not be drawn: ${message}`));
    child.on('close', (code, signal) => {
      const failure = code === 0 ? undefined : `The figures could not be drawn (${signal ?? code}).`;
      resolve(said.trim() || failure);
    });
  });
  return {
    draw() {
      child.stdin.write('draw\n'); // And stays open: its end is ours.
      return ended;
    },
    cancel() {
      child.stdin.end();
    },
  };
}
