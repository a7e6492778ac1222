import type { Rule } from '../../plasticity/rule.js';
import type { Episode } from '../engine.js';
import type { KernelModule } from './kernels.js';
import { type EpisodeShape, type Preparable, preparable } from './preparation.js';
import type { Stage } from './stage.js';
import type { Statistics } from './statistics.js';

/** What the helper thread is asked. */
export type HelperRequest =
  | { readonly kind: 'layOut'; readonly shape: EpisodeShape; readonly rule: Rule; readonly slots: number }
  | { readonly kind: 'prepare'; readonly slot: number; readonly episode: Preparable }
  | { readonly kind: 'measure'; readonly slot: number };

/** Statistics where they were asked for. */
export type Answer = Statistics | undefined;

/** What it is started with. */
export interface HelperData {
  readonly module: KernelModule;
  readonly memory: WebAssembly.Memory;
}

/**
 * A thread that works in the engine's own memory: it prepares the next episode, and makes the statistics of one beside
 * its way back. Requests are answered in order. Node only.
 */
export class Helper {
  readonly #worker;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #error: Error | undefined;
  #ready = false;

  constructor(data: HelperData) {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    this.#worker = new Worker(new URL('./helper-thread.js', import.meta.url), {
      workerData: data,
      // It makes little garbage: room for more would only fill up.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      this.#ready = true;
      this.#settle()?.resolve(answer);
    });
    this.#worker.on('error', ({ message }: Error) => this.#fail(new Error(`the helper thread failed: ${message}`)));
  }

  /** Is it up? While it is still starting, what is wanted at once is done sooner without it. */
  get ready(): boolean {
    return this.#ready && !this.#error;
  }

  /** Has it failed? Then it answers nothing any more. */
  get failed(): boolean {
    return this.#error !== undefined;
  }

  /** To see memory as this stage does. */
  layOut({ shape, rule, slots }: Stage): Promise<unknown> {
    return this.#ask({ kind: 'layOut', shape, rule, slots: slots.length });
  }

  /** To fill a slot. */
  prepare(slot: number, episode: Episode): Promise<unknown> {
    return this.#ask({ kind: 'prepare', slot, episode: preparable(episode) });
  }

  /** To make the statistics of the episode in a slot, which has gone forward. */
  measure(slot: number): Promise<Statistics> {
    return this.#ask({ kind: 'measure', slot }) as Promise<Statistics>;
  }

  #ask(request: HelperRequest): Promise<Answer> {
    if (this.#error) return Promise.reject(this.#error);
    // The process must not end while somebody waits for an answer, nor go on living for an idle thread.
    this.#worker.ref();
    this.#worker.postMessage(request);
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    // Whoever needs the answer hears of a failure; if nobody does, it is nobody's.
    answer.catch(() => {});
    return answer;
  }

  #settle() {
    if (this.#waiting.length === 1) this.#worker.unref();
    return this.#waiting.shift();
  }

  #fail(error: Error): void {
    this.#error = error;
    while (this.#waiting.length > 0) this.#settle()!.reject(error);
  }

  async dispose(): Promise<void> {
    this.#worker.removeAllListeners('message');
    this.#fail(new Error('the engine was disposed of'));
    // Nor may the process end before the thread has.
    this.#worker.ref();
    await this.#worker.terminate();
  }
}
