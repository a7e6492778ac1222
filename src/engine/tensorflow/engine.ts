import { checkRun, type Engine, type EpisodeResult } from '../engine.js';
import type { Episode } from '../episode.js';
import { type BackendOptions, findBackend } from './backend.js';
import { runBatch } from './batch.js';

export interface TensorflowOptions extends BackendOptions {
  /**
   * Steps between two kept copies of the weights. F_bio at the default sizes peaks at 0.36 GB with 8 steps and 1.8 GB
   * with all 250 (one episode, WebAssembly).
   */
  readonly block?: number;
  /** Most episodes at once; 32 of F_bio at the default sizes peak at 2.7 GB. */
  readonly batch?: number;
}

/**
 * Episodes in TensorFlow.js (float32), differentiated by its automatic differentiation: an independent check of every
 * gradient, and the way to CUDA. Episodes of one shape run as one batch.
 *
 * @throws Error, which says what to install, where TensorFlow.js is not there.
 */
export async function createTensorflowEngine({
  block = 8,
  batch = 32,
  ...options
}: TensorflowOptions = {}): Promise<Engine> {
  const { tf, name, description } = await findBackend(options);
  return {
    name: `tensorflow (${description})`,
    async run(episodes, rule, theta, run) {
      checkRun('tensorflow', episodes, rule, theta, run);
      const results: EpisodeResult[] = [];
      for (const indices of groups(episodes, batch)) {
        const of = <T>(list: readonly T[]) => indices.map((i) => list[i]!);
        // The back end is global to the library, and another engine may have chosen another one since. One that has been
        // started takes over at once; waiting would let that engine in again.
        void tf.setBackend(name);
        tf.engine().startScope();
        try {
          runBatch(tf, of(episodes), rule, of(theta), block, run).forEach((result, i) => {
            results[indices[i]!] = result;
          });
        } finally {
          tf.engine().endScope();
        }
      }
      return results;
    },
    async dispose() {},
  };
}

/** Indices of the episodes that can run as one batch, at most `size` each. */
function groups(episodes: readonly Episode[], size: number): number[][] {
  const open = new Map<string, number[]>();
  const all: number[][] = [];
  episodes.forEach(({ network, train, query }, i) => {
    const shape = JSON.stringify([network, train.labels.length, query.labels.length]);
    const group = open.get(shape);
    if (group && group.length < size) group.push(i);
    else {
      open.set(shape, [i]);
      all.push(open.get(shape)!);
    }
  });
  return all;
}
