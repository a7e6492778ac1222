import type { Rule } from '../../plasticity/rule.js';
import type { Episode } from '../episode.js';
import { Thread } from '../thread.js';
import type { KernelModule } from './kernels.js';
import { type EpisodeShape, type Preparable, preparable } from './preparation.js';
import type { Stage } from './stage.js';
import type { Statistics } from './statistics.js';

/** What the helper thread is asked. */
export type HelperRequest =
  | { readonly kind: 'layOut'; readonly shape: EpisodeShape; readonly rule: Rule; readonly slots: number }
  | { readonly kind: 'prepare'; readonly slot: number; readonly episode: Preparable }
  | { readonly kind: 'measure'; readonly slot: number };

/** Statistics where they were asked for. */
export type Answer = Statistics | undefined;

/** What it is started with. */
export interface HelperData {
  readonly module: KernelModule;
  readonly memory: WebAssembly.Memory;
}

/**
 * A thread that works in the engine's own memory: it prepares the next episode, and makes the statistics of one beside
 * its way back. Node only.
 */
export class Helper extends Thread<HelperRequest, Answer> {
  constructor(data: HelperData) {
    // It makes little garbage: room for more would only fill up.
    super(new URL('./helper-thread.js', import.meta.url), { data, limits: { maxYoungGenerationSizeMb: 2 } });
  }

  /** To see memory as this stage does. */
  layOut({ shape, rule, slots }: Stage): Promise<unknown> {
    return this.ask({ kind: 'layOut', shape, rule, slots: slots.length });
  }

  /** To fill a slot. */
  prepare(slot: number, episode: Episode): Promise<unknown> {
    return this.ask({ kind: 'prepare', slot, episode: preparable(episode) });
  }

  /** To make the statistics of the episode in a slot, which has gone forward. */
  measure(slot: number): Promise<Statistics> {
    return this.ask({ kind: 'measure', slot }) as Promise<Statistics>;
  }
}
