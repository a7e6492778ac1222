/** `--live`: the live page beside what runs, in a process of its own, so that it takes neither time nor memory from it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../engine/thread.js';
import { wholeNumber } from './checks.js';
import { value } from './option.js';
import type { Terminal } from './terminal.js';

export const liveOption = value(
  'Running',
  undefined,
  'a page on 127.0.0.1 that shows it as it goes on; any free port without one',
  wholeNumber(0, 65535),
  {
    bare: '0',
    initially: 'none',
  },
);

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

/** Starts the page of a folder where a port is given, says where it is, and returns what ends it. */
export function startLive(folder: string, port: number | undefined, terminal: Terminal): () => Promise<void> {
  if (port === undefined) return async () => {};
  const child = spawn(process.execPath, [PROGRAM, 'live', '--port', `${port}`, '--', folder], {
    // Ctrl-C is the run's, which ends the page when it is done itself.
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    env: plainEnvironment(),
  });
  child.stdout.on('data', (text: Buffer) => terminal.say(text.toString().replace(' (Ctrl-C ends it)', '').trim()));
  child.stderr.on('data', (text: Buffer) =>
    terminal.warn(
      text
        .toString()
        .replace(/^meta-plasticity: /, '')
        .trim(),
    ),
  );
  const ended = new Promise<void>((resolve) => {
    child.on('error', ({ message }) => {
      terminal.warn(`There is no live page: ${message}`);
      resolve();
    });
    child.on('close', () => resolve());
  });
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
