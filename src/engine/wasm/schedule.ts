import type { Rule } from '../../plasticity/rule.js';
import type { EpisodeResult, Outcome } from '../engine.js';
import type { Episode } from '../episode.js';
import { DisposedError } from '../thread.js';
import type { Machine } from './episode.js';
import { Helper, type HelperData } from './helper.js';
import { shapeOf } from './preparation.js';
import { Stage } from './stage.js';
import { type Statistics, statistics } from './statistics.js';
import type { Workspace } from './workspace.js';

/** An episode that was, or is being, prepared in a slot. */
interface Ahead {
  readonly episode: Episode;
  readonly done: Promise<unknown>;
}

/** What the helper was asked; where it is gone or fails the same is done here, which says by itself what is wrong with an episode. */
async function orHere<T>(asked: Promise<T>, here: () => T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    // The thread may still be writing to the memory.
    if (error instanceof DisposedError) throw error;
    return here();
  }
}

/**
 * Who does what when: episodes run one after the other on the calling thread. Once somebody has named an episode ahead,
 * a helper thread prepares it in the slot that the running one does not use, and makes the running one's statistics
 * beside its way back.
 */
export class Schedule {
  readonly #machine: Machine;
  /** What a helper thread starts with; absent where there cannot be one. */
  readonly #helperData: HelperData | undefined;
  readonly #onNotice: ((sentence: string) => void) | undefined;
  #helper: Helper | undefined;
  #noticed = false;
  /** When the helper sees memory as the stage does: it writes down constants of its own, which must not hit another stage. */
  #laidOut: Promise<unknown> = Promise.resolve();
  #stage: Stage | undefined;
  /** By slot. */
  #ahead: (Ahead | undefined)[] = [];
  /** Slot of the episode that runs, and the one that an episode ahead was last prepared in. */
  #running: number | undefined;
  #latest = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(machine: Machine, helperData: HelperData | undefined, onNotice?: (sentence: string) => void) {
    this.#machine = machine;
    this.#helperData = helperData;
    this.#onNotice = onNotice;
  }

  /** Prepares an episode and runs it, when those before it are done. */
  run<R extends Outcome & Partial<EpisodeResult>>(
    episode: Episode,
    rule: Rule,
    run: (space: Workspace, measure: () => Statistics | Promise<Statistics>) => R | Promise<R>,
  ): Promise<R> {
    const result = this.#last.then(async () => {
      try {
        const { stage, slot } = await this.#prepare(episode, rule);
        const space = stage.space(slot);
        const measure = () => statistics(this.#machine, space);
        const result = await run(space, () =>
          this.#helper?.ready ? orHere(this.#helper.measure(slot), measure) : measure(),
        );
        // NaN in a row's padding would outlast the episode: after one that diverged, everything is zeroed.
        const { loss, thetaGradient = [], orthonormality } = result;
        if (![loss, ...thetaGradient, ...orthonormality].every(Number.isFinite)) stage.clear();
        return result;
      } finally {
        this.#running = undefined;
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Makes an episode ready, and says where. */
  async #prepare(episode: Episode, rule: Rule): Promise<{ stage: Stage; slot: number }> {
    const stage = await this.#stageFor(episode, rule);
    const found = this.#ahead.findIndex((ahead) => ahead?.episode === episode);
    const slot = found >= 0 ? found : this.#other(stage, this.#latest);
    const ahead = this.#ahead[slot];
    this.#ahead[slot] = undefined;
    this.#running = slot;
    const fill = () => stage.slots[slot]!.fill(episode);
    if (found >= 0) await orHere(ahead!.done, fill);
    else {
      // What is being prepared there was named and not run.
      await ahead?.done.catch(() => {});
      fill();
    }
    return { stage, slot };
  }

  async #stageFor(episode: Episode, rule: Rule): Promise<Stage> {
    const slots = this.#helper ? 2 : 1;
    const old = this.#stage;
    if (old?.fits(episode, rule) && old.slots.length >= slots) return old;
    this.#stage = undefined;
    // The helper may still be writing there.
    await Promise.all([this.#laidOut, ...this.#ahead.map((ahead) => ahead?.done)].map((done) => done?.catch(() => {})));
    const stage = new Stage(this.#machine, shapeOf(episode, rule), rule, slots);
    this.#ahead = [];
    this.#latest = 0;
    this.#stage = stage;
    this.#layOut(stage);
    return stage;
  }

  #layOut(stage: Stage): void {
    if (this.#helper) this.#laidOut = this.#helper.layOut(stage);
  }

  /** Has the helper prepare an episode. The first time only starts it: there are no two slots yet. */
  prefetch(episode: Episode, rule: Rule): void {
    if (!this.#helperData || this.#noticed) return;
    const stage = this.#stage;
    if (!this.#helper) {
      this.#helper = new Helper(this.#helperData);
      // One with a single slot will make room for another at once.
      if (stage && stage.slots.length > 1) this.#layOut(stage);
    }
    const { failure } = this.#helper;
    if (failure) {
      this.#noticed = true;
      this.#onNotice?.(`There is no helper thread (${failure.message}): going on with one thread.`);
      return;
    }
    if (!stage?.fits(episode, rule) || stage.slots.length < 2) return;
    const slot = this.#other(stage, this.#running ?? this.#latest);
    this.#latest = slot;
    this.#ahead[slot] = { episode, done: this.#helper.prepare(slot, episode) };
  }

  #other(stage: Stage, slot: number): number {
    return stage.slots.length - 1 - slot;
  }

  async dispose(): Promise<void> {
    const helper = this.#helper;
    this.#helper = undefined;
    this.#stage = undefined;
    this.#ahead = [];
    if (!helper) return;
    const gone = helper.dispose();
    // Nobody may use the memory before the thread is gone.
    this.#last = Promise.all([this.#last, gone]);
    await gone;
  }
}
