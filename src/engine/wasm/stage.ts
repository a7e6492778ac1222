import type { Rule } from '../../plasticity/rule.js';
import type { Episode } from '../episode.js';
import type { Machine } from './episode.js';
import { type EpisodeShape, Preparation } from './preparation.js';
import { makeWorkspace, type Workspace } from './workspace.js';

/**
 * Memory for episodes of one shape and rule: one or two slots that episodes are prepared in, and behind them what the one
 * that runs needs. Two stages of the same shape, rule and number of slots lie at the same addresses, so that two threads
 * with one memory see the same, each through a stage of its own.
 */
export class Stage {
  readonly rule: Rule;
  readonly shape: EpisodeShape;
  readonly slots: readonly Preparation[];
  readonly #machine: Machine;
  readonly #behind: number;
  #spaces: readonly Workspace[];

  constructor(machine: Machine, shape: EpisodeShape, rule: Rule, slots: number) {
    const { arena, kernels } = machine;
    this.rule = rule;
    this.shape = shape;
    this.#machine = machine;
    arena.reset();
    this.slots = Array.from({ length: slots }, () => new Preparation(arena, kernels, shape));
    this.#behind = arena.end;
    this.#spaces = this.#layOut();
  }

  /** All memory but the slots, as an episode sees it that was prepared in that slot. */
  space(slot: number): Workspace {
    return this.#spaces[slot]!;
  }

  /** Zeroes all but the slots. */
  clear(): void {
    this.#spaces = this.#layOut();
  }

  #layOut(): Workspace[] {
    const { arena, kernels } = this.#machine;
    return this.slots.map((preparation) => {
      arena.reset(this.#behind);
      return makeWorkspace(arena, kernels, preparation, this.rule);
    });
  }

  /** Is it a stage for such an episode? */
  fits(episode: Episode, rule: Rule): boolean {
    const { shape } = this;
    const { layers, beta, feedback } = episode.network;
    return (
      this.rule === rule &&
      shape.beta === beta &&
      shape.feedback === feedback &&
      shape.steps === episode.train.labels.length &&
      shape.queries === episode.query.labels.length &&
      shape.layers.length === layers.length &&
      shape.layers.every((n, l) => n === layers[l])
    );
  }
}
