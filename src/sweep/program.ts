/** Our own program as a child process. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of stderr. */
  readonly lastWords: readonly string[];
}

/** Why it failed, in its own words where it has any. */
export function reasonOf({ code, lastWords }: Pick<Finished, 'code' | 'lastWords'>): string {
  const said = lastWords.findLast((line) => line.startsWith('meta-plasticity: ')) ?? lastWords.join('\n');
  return said.replace(/^meta-plasticity: /, '') || `its process ended with ${code ?? 'a signal'}`;
}

/** Runs the program with these words; `onLine` hears each line of its stderr, `stop` asks it to end. */
export type RunProgram = (
  argv: readonly string[],
  options: { readonly stop: AbortSignal; readonly onLine?: (line: string) => void },
) => Promise<Finished>;

/**
 * Runs `script` on this Node. A child has a process group of its own: Ctrl-C reaches it once, through us, so that it
 * stops after what it is at, where a second signal would end it at once.
 */
export function nodeProgram(script: string): RunProgram {
  return (argv, { stop, onLine }) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...argv], {
        detached: process.platform !== 'win32',
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      const interrupt = () => child.kill('SIGINT');
      if (stop.aborted) interrupt();
      stop.addEventListener('abort', interrupt, { once: true });
      let stdout = '';
      const lastWords: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      createInterface(child.stderr).on('line', (line) => {
        onLine?.(line);
        lastWords.push(line);
        if (lastWords.length > 20) lastWords.shift();
      });
      child.on('error', reject);
      child.on('close', (code) => {
        stop.removeEventListener('abort', interrupt);
        resolve({ code, stdout, lastWords });
      });
    });
}
