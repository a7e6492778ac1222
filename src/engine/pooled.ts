import type { EngineOptions } from './create.js';
import { checkRun, type Engine, type EpisodeResult } from './engine.js';
import { sendable } from './lazy-episode.js';
import type { PooledTask } from './pooled-worker.js';

/**
 * Runs episodes on `workers` threads, each with an engine of the same kind and options as `engine`, which is disposed of
 * with the pool. Several training loops of one process may share it. What an episode gives depends neither on where it
 * ran nor on how many threads there are. Node only.
 */
export async function createPooledEngine(
  engine: Engine,
  kind: string,
  { workers, ...options }: EngineOptions & { workers: number },
): Promise<Engine> {
  const { Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: new URL('./pooled-worker.js', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  let disposed = false;
  return {
    name: engine.name,
    async run(episodes, rule, theta) {
      if (disposed) throw new Error('the engine was disposed of');
      checkRun(episodes, rule, theta);
      const runs = episodes.map((episode, i): Promise<EpisodeResult> => {
        const task: PooledTask = { engine: kind, options, episode: sendable(episode), rule, theta: theta[i]! };
        return pool.run(task);
      });
      return await Promise.all(runs);
    },
    async dispose() {
      disposed = true;
      await pool.destroy();
      await engine.dispose();
    },
  };
}
