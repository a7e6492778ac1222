/** Our own program as long-lived child processes, each of which does one run after the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Finished, RunProgram } from './program.js';

/** What a worker says, a line each: what its run says, and at last the run's end. */
export type Said = { readonly line: string } | { readonly code: number; readonly stdout: string };

export interface Workers {
  /** Runs the program in a worker that is free, or a new one. */
  readonly program: RunProgram;
  /** Ends those that are free. */
  close(): void;
}

/** How much of what a run said last is kept. */
const LAST_LINES = 20;

/** @param script reads `{"argv": […]}` from stdin, a line each, and writes what it says to stdout; it ends with its stdin. */
export function startWorkers(script: string): Workers {
  const free: Worker[] = [];
  return {
    async program(argv, options) {
      const worker = free.pop() ?? new Worker(script);
      const finished = await worker.run(argv, options);
      if (worker.alive) free.push(worker);
      return finished;
    },
    close() {
      for (const worker of free.splice(0)) worker.end();
    },
  };
}

class Worker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #hear: (said: Said) => void = () => {};
  #crash: string[] = [];
  alive = true;

  constructor(script: string) {
    // A process group of its own: Ctrl-C reaches it once, through us, so that it stops after what it is at.
    const child = spawn(process.execPath, [script], {
      detached: process.platform !== 'win32',
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    child.stdin.on('error', () => {}); // It is gone: its end tells.
    createInterface(child.stdout).on('line', (line) => this.#hear(JSON.parse(line)));
    createInterface(child.stderr).on('line', (line) => keepLast(this.#crash, line));
    this.#ended = new Promise((resolve, reject) => {
      child.on('error', (error) => {
        this.alive = false;
        reject(error);
      });
      child.on('close', (code) => {
        this.alive = false;
        resolve(code);
      });
    });
    this.#ended.catch(() => {});
  }

  async run(argv: readonly string[], { stop, onLine }: Parameters<RunProgram>[1]): Promise<Finished> {
    const interrupt = () => this.#child.kill('SIGINT');
    const lastWords: string[] = [];
    this.#crash = [];
    const done = new Promise<Finished>((resolve) => {
      this.#hear = (said) => {
        if ('code' in said) return resolve({ ...said, lastWords });
        onLine?.(said.line);
        keepLast(lastWords, said.line);
      };
    });
    stop.addEventListener('abort', interrupt, { once: true });
    this.#child.stdin!.write(`${JSON.stringify({ argv })}\n`);
    if (stop.aborted) interrupt();
    const crash = this.#ended.then((code) => ({
      code,
      stdout: '',
      lastWords: this.#crash.length > 0 ? this.#crash : lastWords,
    }));
    try {
      return await Promise.race([done, crash]);
    } finally {
      stop.removeEventListener('abort', interrupt);
    }
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

function keepLast(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > LAST_LINES) lines.shift();
}
