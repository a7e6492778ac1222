import { checkRun, type Engine, type Episode, type EpisodeResult } from '../engine.js';
import { type BackendOptions, findBackend } from './backend.js';
import { runBatch } from './batch.js';

export interface TensorflowOptions extends BackendOptions {
  /** Steps between two kept copies of the weights: less memory for fewer, down to about sqrt(steps) / 2. */
  readonly block?: number;
}

/**
 * Episodes in TensorFlow.js (float32), differentiated by its automatic differentiation: an independent check of every
 * gradient, and the way to CUDA. Episodes of one shape run as one batch.
 *
 * @throws Error, which says what to install, where TensorFlow.js is not there.
 */
export async function createTensorflowEngine({ block = 8, ...options }: TensorflowOptions = {}): Promise<Engine> {
  const { tf, name, description } = await findBackend(options);
  return {
    name: `tensorflow (${description})`,
    async run(episodes, rule, theta) {
      checkRun(episodes, rule, theta);
      const results: EpisodeResult[] = [];
      for (const indices of groups(episodes)) {
        // The back end is global to the library: another engine may have chosen another one since.
        await tf.setBackend(name);
        const of = <T>(list: readonly T[]) => indices.map((i) => list[i]!);
        tf.engine().startScope();
        try {
          runBatch(tf, of(episodes), rule.program, of(theta), block).forEach((result, i) => {
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

/** Indices of the episodes that can run as one batch. */
function groups(episodes: readonly Episode[]): number[][] {
  const byShape = new Map<string, number[]>();
  episodes.forEach(({ layers, beta, feedback, trainLabels, queryLabels }, i) => {
    const shape = JSON.stringify([layers, beta, feedback, trainLabels.length, queryLabels.length]);
    byShape.set(shape, [...(byShape.get(shape) ?? []), i]);
  });
  return [...byShape.values()];
}
