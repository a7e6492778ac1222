/** What a process that does many runs keeps from one to the next: the data, and the engine with its compiled kernels. */
import type { Dataset } from '../data/dataset.js';
import type { Engine } from '../engine/engine.js';

export class Keep {
  /** Runs that there were so far. */
  runs = 0;
  #data: { key: string; dataset: Promise<Dataset> } | undefined;
  #engine: { key: string; engine: Promise<Engine> } | undefined;

  /** The data of that key: the last one, or opened anew. */
  async dataset(key: string, open: () => Promise<Dataset>): Promise<Dataset> {
    if (this.#data?.key !== key) this.#data = { key, dataset: open() };
    const { dataset } = this.#data;
    return dataset.catch((error) => {
      if (this.#data?.dataset === dataset) this.#data = undefined;
      throw error;
    });
  }

  /** The engine of that key: the last one, which is not to be disposed of, or a new one. */
  async engine(key: string, create: () => Promise<Engine>): Promise<Engine> {
    if (this.#engine?.key !== key) {
      await this.dropEngine();
      this.#engine = { key, engine: create() };
    }
    return this.#engine!.engine.catch((error) => {
      this.#engine = undefined;
      throw error;
    });
  }

  /** Whoever comes next gets a new one. */
  async dropEngine(): Promise<void> {
    const kept = this.#engine;
    this.#engine = undefined;
    await kept?.engine.then((engine) => engine.dispose()).catch(() => {});
  }
}
