import type { EngineName, EngineOptions } from './create.js';
import { checkRun, type Engine, type EpisodeResult } from './engine.js';
import type { PooledTask } from './pooled-worker.js';
import { DisposedError, Thread } from './thread.js';

class PoolThread extends Thread<PooledTask, EpisodeResult> {}

/**
 * Runs episodes on `workers` threads, each with an engine of the same kind and options as `engine`, which is disposed of
 * with the pool. Several training loops of one process may share it. What an episode gives depends neither on where it
 * ran nor on how many threads there are: what a thread cannot do, `engine` does. Node only.
 */
export function createPooledEngine(
  engine: Engine,
  kind: EngineName,
  { workers, onNotice, ...options }: EngineOptions & { workers: number },
): Engine {
  const program = new URL('./pooled-worker.js', import.meta.url);
  const threads = Array.from({ length: workers }, () => new PoolThread(program));
  const free = [...threads];
  const waiting: ((thread: PoolThread) => void)[] = [];
  let disposed = false;
  let noticed = false;

  const take = () =>
    new Promise<PoolThread>((resolve) => {
      if (free.length > 0) resolve(free.pop()!);
      else waiting.push(resolve);
    });
  const giveBack = (thread: PoolThread) => {
    const next = waiting.shift();
    if (next) next(thread);
    else free.push(thread);
  };
  const runOne = async (task: PooledTask): Promise<EpisodeResult> => {
    const thread = await take();
    try {
      return await thread.ask(task);
    } catch (error) {
      if (error instanceof DisposedError) throw error;
      if (thread.failure && !noticed) {
        noticed = true;
        onNotice?.(`A thread is gone (${thread.failure.message}): going on without it.`);
      }
      // What is wrong with an episode it says by itself.
      return (await engine.run([task.episode], task.rule, [task.theta], task.run))[0]!;
    } finally {
      giveBack(thread);
    }
  };

  return {
    name: engine.name,
    async run(episodes, rule, theta, run = {}) {
      if (disposed) throw new DisposedError();
      checkRun(kind, episodes, rule, theta, run);
      return await Promise.all(
        episodes.map((episode, i) => runOne({ engine: kind, options, episode, rule, theta: theta[i]!, run })),
      );
    },
    ...(engine.adapt && { adapt: engine.adapt.bind(engine) }),
    async dispose() {
      disposed = true;
      await Promise.all(threads.map((thread) => thread.dispose()));
      await engine.dispose();
    },
  };
}
