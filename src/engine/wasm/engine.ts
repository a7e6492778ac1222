import type { Rule } from '../../plasticity/rule.js';
import { checkRun, ENGINE_FEEDBACKS, type Engine, type Episode, type EpisodeResult, type Outcome } from '../engine.js';
import { Arena } from './arena.js';
import { adapt, type Machine, runEpisode } from './episode.js';
import { Helper, type Prepared } from './helper.js';
import { compileKernels, instantiate } from './kernels.js';
import { loadKernels } from './load.js';
import { shapeOf } from './preparation.js';
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
  let helper: Helper | undefined;
  let ahead = new WeakMap<Episode, { rule: Rule; prepared: Promise<Prepared> }>();

  /** Prepares memory for an episode, and runs it there. */
  async function within<R extends Outcome & Partial<EpisodeResult>>(
    episode: Episode,
    rule: Rule,
    run: (machine: Machine, space: Workspace) => R,
  ): Promise<R> {
    const known = ahead.get(episode);
    ahead.delete(episode);
    const prepared = known?.rule === rule ? await known.prepared : undefined;
    if (!space || !fits(space, episode, rule)) space = makeWorkspace(arena, kernels, episode, rule);
    if (prepared) {
      space.preparation.load(prepared);
      helper?.release(prepared);
    } else space.preparation.fill(episode);
    const result = run({ arena, kernels }, space);
    // NaN in a row's padding would outlast the episode: after one that diverged, everything is zeroed.
    const { loss, thetaGradient = [], orthonormality } = result;
    if (![loss, ...thetaGradient, ...orthonormality].every(Number.isFinite)) space = undefined;
    return result;
  }

  return {
    name: relaxed ? 'wasm-relaxed' : 'wasm',
    async run(episodes, rule, theta) {
      checkRun(episodes, rule, theta, ENGINE_FEEDBACKS.wasm);
      const results: EpisodeResult[] = [];
      for (const [i, episode] of episodes.entries())
        results.push(await within(episode, rule, (...space) => runEpisode(...space, episode, theta[i]!)));
      return results;
    },
    async adapt(episode, rule, theta) {
      checkRun([episode], rule, [theta], ENGINE_FEEDBACKS.wasm);
      return within(episode, rule, (...space) => adapt(...space, episode, theta));
    },
    prefetch(episode, rule) {
      helper ??= new Helper(module);
      const prepared = helper.prepare(shapeOf(episode, rule), episode);
      // Whoever runs the episode hears of a failure; if nobody does, it is nobody's.
      prepared.catch(() => {});
      ahead.set(episode, { rule, prepared });
    },
    async dispose() {
      space = undefined;
      ahead = new WeakMap();
      await helper?.dispose();
      helper = undefined;
    },
  };
}
