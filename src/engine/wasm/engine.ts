import type { Episode, Engine } from '../engine.js';
import { checkRun } from '../engine.js';
import { Arena } from './arena.js';
import { runEpisode } from './episode.js';
import { instantiate, type KernelModule } from './kernels.js';
import { fits, makeWorkspace, type Workspace } from './workspace.js';
import type { Program } from '../../plasticity/program.js';

/** The fast engine for CPUs: float32 on SIMD kernels. */
export function makeWasmEngine(module: KernelModule, name: string): Engine {
  const arena = new Arena();
  const kernels = instantiate(module, arena.memory);
  const machine = { arena, kernels };
  let space: Workspace | undefined;
  const workspaceFor = (episode: Episode, program: Program) => {
    if (!space || !fits(space, episode, program)) space = makeWorkspace(arena, kernels, episode, program);
    return space;
  };
  return {
    name,
    async run(episodes, rule, theta) {
      checkRun(episodes, rule, theta);
      return episodes.map((episode, i) => {
        const result = runEpisode(machine, workspaceFor(episode, rule.program), episode, theta[i]!);
        // What diverged leaves NaN in the paddings, where it would spread to the next episode: start afresh.
        if (!Number.isFinite(result.loss) || !result.thetaGradient.every(Number.isFinite)) space = undefined;
        return result;
      });
    },
    async dispose() {
      space = undefined;
    },
  };
}
