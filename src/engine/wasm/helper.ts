import type { Episode } from '../engine.js';
import type { KernelModule } from './kernels.js';
import { type EpisodeShape, type Preparable, preparable } from './preparation.js';

/** What the helper thread is asked. */
export interface PrepareRequest {
  readonly shape: EpisodeShape;
  readonly episode: Preparable;
  /** Where the answer may go, if it is of the right size. */
  readonly into: Prepared | undefined;
}

/** What `Preparation.fill` made, in memory that both threads see. */
export type Prepared = Uint8Array<SharedArrayBuffer>;

/** What it is started with. */
export interface HelperData {
  readonly module: KernelModule;
}

/** A thread that prepares episodes while the engine works on the ones before. Node only. */
export class Helper {
  readonly #worker;
  readonly #waiting: { resolve: (prepared: Prepared) => void; reject: (error: Error) => void }[] = [];
  /** Memory of answers that were used up: new megabytes for each episode would cost more than filling them. */
  readonly #free: Prepared[] = [];

  constructor(module: KernelModule) {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const workerData: HelperData = { module };
    this.#worker = new Worker(new URL('./helper-thread.js', import.meta.url), { workerData });
    this.#worker.unref();
    this.#worker.on('message', (prepared: Prepared) => this.#settle()?.resolve(prepared));
    this.#worker.on('error', (error: Error) => {
      while (this.#waiting.length > 0) this.#settle()!.reject(error);
    });
  }

  /**
   * What `Preparation.fill` makes of the episode, for `load`; to be given back to `release` after that. Requests are
   * answered in order.
   */
  prepare(shape: EpisodeShape, episode: Episode): Promise<Prepared> {
    const into = this.#free.pop();
    const request: PrepareRequest = { shape, episode: preparable(episode), into };
    // The process must not end while somebody waits for an answer, nor go on living for an idle thread.
    this.#worker.ref();
    this.#worker.postMessage(request);
    return new Promise<Prepared>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  release(prepared: Prepared): void {
    this.#free.push(prepared);
  }

  #settle() {
    if (this.#waiting.length === 1) this.#worker.unref();
    return this.#waiting.shift();
  }

  async dispose(): Promise<void> {
    this.#worker.removeAllListeners('message');
    while (this.#waiting.length > 0) this.#settle()!.reject(new Error('the engine was disposed of'));
    // Nor may the process end before the thread has.
    this.#worker.ref();
    await this.#worker.terminate();
  }
}
