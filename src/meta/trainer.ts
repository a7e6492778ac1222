import type { Engine, EpisodeResult } from '../engine/engine.js';
import type { Episode } from '../engine/episode.js';
import type { Rule } from '../plasticity/rule.js';
import { adamStep, initialState } from './adam.js';
import { type ObjectiveOptions, objective } from './objective.js';
import type { EpisodeRecord } from './record.js';

/** Where meta-training stands: what the next episode needs of the ones before it. */
export type Checkpoint = Pick<EpisodeRecord, 'episode' | 'skips' | 'next'>;

/** Steps left out in a row after which training stops, if nothing else is said. */
export const MAX_SKIPS_IN_A_ROW = 10;

/** Tasks of a step that are there at a time: it may have any number of them, and is left off between these when aborted. */
const TASKS_AT_ONCE = 64;

/** Before the first episode, with the given initial coefficients. */
export function startingPoint(theta: readonly number[]): Checkpoint {
  return { episode: 0, skips: { total: 0, inARow: 0 }, next: initialState(theta) };
}

export interface TrainOptions extends ObjectiveOptions {
  readonly engine: Engine;
  readonly rule: Rule;
  /** Episode n, counted from 1. */
  readonly makeEpisode: (n: number) => Episode;
  /** Tasks whose results are averaged for one Adam step; 1 if absent. Step n takes episodes (n - 1) metaBatch + 1 … n metaBatch. */
  readonly metaBatch?: number;
  /** The last step to take; with a metaBatch of 1 a step is an episode. */
  readonly episodes: number;
  /** Adam's learning rate. */
  readonly lrMeta: number;
  readonly from: Checkpoint;
  /** Steps left out in a row after which training stops; 10 if absent. */
  readonly maxSkips?: number;
  /** When aborted, training ends after the episode in progress, or in a step of many tasks before its end, without it. */
  readonly signal?: AbortSignal;
}

/** Thrown when `maxSkips` episodes in a row had a loss or gradient that was not finite. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
}

/**
 * Meta-trains a rule, one Adam step an episode, and yields each episode's record as soon as it is there. A record is
 * also the checkpoint: training continued from any of them yields what it would have yielded without a break.
 * Where loss or gradient is not finite the step is left out, so that theta and Adam's moments stay finite.
 * @throws DivergedError after too many such episodes in a row.
 */
export async function* train(options: TrainOptions): AsyncGenerator<EpisodeRecord, void, undefined> {
  const {
    engine,
    rule,
    makeEpisode,
    episodes,
    lrMeta,
    metaBatch = 1,
    scale,
    lamb,
    l1,
    signal,
    maxSkips = MAX_SKIPS_IN_A_ROW,
  } = options;
  const adam = { learningRate: lrMeta, scale, shrink: l1 === 'proximal' ? lamb : 0 };
  let at: Checkpoint = options.from;
  const tasksOf = (step: number, done = 0) =>
    Array.from({ length: Math.min(metaBatch - done, TASKS_AT_ONCE) }, (_, i) =>
      makeEpisode((step - 1) * metaBatch + done + i + 1),
    );
  let upcoming: Episode[] | undefined;
  for (;;) {
    if (at.skips.inARow >= maxSkips) throw new DivergedError(divergedMessage(at.episode, maxSkips));
    if (at.episode >= episodes || signal?.aborted) return;

    const episode = at.episode + 1;
    const { theta } = at.next;
    const start = performance.now();
    let tasks: Episode[] = upcoming ?? tasksOf(episode);
    if (metaBatch === 1 && episode < episodes && engine.prefetch) {
      upcoming = tasksOf(episode + 1);
      engine.prefetch(upcoming[0]!, rule);
    }
    let sum: EpisodeResult | undefined;
    for (let done = 0; ; tasks = tasksOf(episode, done)) {
      const thetas = tasks.map(() => Float64Array.from(theta));
      for (const result of await engine.run(tasks, rule, thetas)) sum = sum ? add(sum, result) : result;
      done += tasks.length;
      if (done === metaBatch) break;
      await new Promise((resolve) => setTimeout(resolve)); // Lets signals through.
      if (signal?.aborted) return;
    }
    const result = divide(sum!, metaBatch);
    const ms = performance.now() - start;

    const { loss, gradient } = objective(result, theta, options);
    const next = adamStep(at.next, gradient, adam);
    // The new moments are asked too: the square of a finite gradient can overflow.
    const skipped = ![loss, ...gradient, ...next.theta, ...next.m, ...next.v].every(Number.isFinite);
    const record: EpisodeRecord = {
      episode,
      loss,
      accuracy: result.accuracy,
      theta,
      gradient,
      angles: result.angles,
      orthonormality: result.orthonormality,
      ms,
      skipped,
      skips: skipped
        ? { total: at.skips.total + 1, inARow: at.skips.inARow + 1 }
        : { total: at.skips.total, inARow: 0 },
      next: skipped ? at.next : next,
    };
    yield record;
    at = record;
  }
}

/** Sums over the tasks of a step, in their order: the same bytes whatever thread was done first. */
function add(sum: EpisodeResult, result: EpisodeResult): EpisodeResult {
  const sums = (field: 'thetaGradient' | 'angles' | 'orthonormality') =>
    sum[field].map((value, i) => value + result[field][i]!);
  return {
    loss: sum.loss + result.loss,
    accuracy: sum.accuracy + result.accuracy,
    thetaGradient: sums('thetaGradient'),
    angles: sums('angles'),
    orthonormality: sums('orthonormality'),
  };
}

function divide(sum: EpisodeResult, count: number) {
  const means = (field: 'thetaGradient' | 'angles' | 'orthonormality') =>
    Array.from(sum[field], (value) => value / count);
  return {
    loss: sum.loss / count,
    accuracy: sum.accuracy / count,
    thetaGradient: means('thetaGradient'),
    angles: means('angles'),
    orthonormality: means('orthonormality'),
  };
}

function divergedMessage(episode: number, skips: number): string {
  const howOften = skips > 1 ? ` for ${skips} episodes in a row` : '';
  return `Stopped after episode ${episode}: loss or gradient was not finite${howOften}.`;
}
