import { checkRun, type Engine } from '../engine.js';
import { Arena } from './arena.js';
import { runEpisode } from './episode.js';
import { compileKernels, instantiate } from './kernels.js';
import { loadKernels } from './load.js';
import { fits, makeWorkspace, type Workspace } from './workspace.js';

export interface WasmOptions {
  /** Relaxed SIMD: faster where the machine fuses multiply and add, but results then depend on whether it does. */
  readonly relaxed?: boolean;
  /** kernels.wasm (or kernels.relaxed.wasm) where it cannot be loaded from beside this file. */
  readonly kernels?: Uint8Array<ArrayBuffer>;
}

/**
 * The fast engine for CPUs: the reference engine's algorithm in float32 on SIMD kernels, one thread. The plain module
 * gives the same bytes on every machine.
 *
 * @throws Error where the JavaScript engine lacks SIMD, or relaxed SIMD if that was asked for.
 */
export async function createWasmEngine({ relaxed = false, kernels: bytes }: WasmOptions = {}): Promise<Engine> {
  const module = await compileKernels(bytes ?? (await loadKernels(relaxed)), relaxed);
  const arena = new Arena();
  const kernels = instantiate(module, arena.memory);
  let space: Workspace | undefined;

  return {
    name: relaxed ? 'wasm-relaxed' : 'wasm',
    async run(episodes, rule, theta) {
      checkRun(episodes, rule, theta);
      return episodes.map((episode, i) => {
        if (!space || !fits(space, episode, rule.program))
          space = makeWorkspace(arena, kernels, episode, rule.program);
        space.preparation.fill(episode);
        const result = runEpisode({ arena, kernels }, space, episode, theta[i]!);
        // NaN in a row's padding would outlast the episode: after one that diverged, everything is zeroed.
        if (!Number.isFinite(result.loss) || !result.thetaGradient.every(Number.isFinite)) space = undefined;
        return result;
      });
    },
    async dispose() {
      space = undefined;
    },
  };
}
