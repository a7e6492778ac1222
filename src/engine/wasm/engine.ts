import { checkRun, type Engine, type EpisodeResult } from '../engine.js';
import { Arena, newMemory } from './arena.js';
import { adapt, type Machine, runEpisode } from './episode.js';
import { compileKernels, instantiate } from './kernels.js';
import { hasThreads, loadKernels } from './load.js';
import { Schedule } from './schedule.js';

export interface WasmOptions {
  /** Relaxed SIMD: faster where the machine fuses multiply and add, but results then depend on whether it does. */
  readonly relaxed?: boolean;
  /** Whether `prefetch` may start a second thread (default: yes). It saves time, but not the cores' work. */
  readonly helper?: boolean;
  /** Hears where a thread could not be started or failed, and its work is done on the calling one instead. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
  /**
   * kernels.wasm (or kernels.relaxed.wasm) where it cannot be loaded from beside this file. These work in memory that no
   * threads share, so there is no helper thread then.
   */
  readonly kernels?: Uint8Array;
}

/**
 * The fast engine for CPUs: the reference engine's algorithm in float32 on SIMD kernels. One thread, and from the first
 * `prefetch` on, in Node, a second one for what can be done beside the rest. The plain module gives the same bytes on every
 * machine, with and without that thread.
 *
 * @throws Error where the JavaScript engine lacks SIMD, or relaxed SIMD if that was asked for.
 */
export async function createWasmEngine({
  relaxed = false,
  helper = true,
  kernels: bytes,
  onNotice,
}: WasmOptions = {}): Promise<Engine> {
  const shared = helper && !bytes && hasThreads;
  const own = bytes ? Uint8Array.from(bytes) : await loadKernels({ relaxed, shared });
  const module = await compileKernels(own, relaxed);
  const memory = newMemory(shared);
  const machine: Machine = { arena: new Arena(memory), kernels: instantiate(module, memory) };
  const schedule = new Schedule(machine, shared ? { module, memory } : undefined, onNotice);

  return {
    name: relaxed ? 'wasm-relaxed' : 'wasm',
    async run(episodes, rule, theta, options) {
      checkRun('wasm', episodes, rule, theta, options);
      const results: EpisodeResult[] = [];
      for (const [i, episode] of episodes.entries())
        results.push(
          await schedule.run(episode, rule, (space, measure) =>
            runEpisode(machine, space, episode, theta[i]!, measure),
          ),
        );
      return results;
    },
    async adapt(episode, rule, theta) {
      checkRun('wasm', [episode], rule, [theta]);
      return schedule.run(episode, rule, (space) => adapt(machine, space, episode, theta));
    },
    prefetch: (episode, rule) => schedule.prefetch(episode, rule),
    dispose: () => schedule.dispose(),
  };
}
