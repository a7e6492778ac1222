/** Meta-test: a learned rule, frozen, on tasks that it was not trained on. */
import type { Episode } from '../engine/episode.js';
import type { Rule } from '../plasticity/rule.js';
import { type AdaptingEngine, type CoursePoint, followCourse, piecesOf } from './course.js';
import type { EpisodeRecord } from './record.js';

/** Which coefficients are a run's: their mean over its last episodes, or those after its last step. */
export const THETA_CHOICES = ['mean', 'last'] as const;
export type ThetaChoice = (typeof THETA_CHOICES)[number];

/** Episodes whose coefficients are averaged, as in a run's summary. */
const MEAN_EPISODES = 50;

/**
 * The coefficients that a run has learned.
 * @throws RangeError for a run without an episode.
 */
export function learnedTheta(records: readonly EpisodeRecord[], choice: ThetaChoice): number[] {
  const last = records.at(-1);
  if (!last) throw new RangeError('A run without an episode has learned nothing.');
  if (choice === 'last') return [...last.next.theta];
  const averaged = records.slice(-MEAN_EPISODES);
  return last.theta.map((_, i) => averaged.reduce((sum, { theta }) => sum + theta[i]!, 0) / averaged.length);
}

export interface MetaTestOptions {
  readonly engine: AdaptingEngine;
  readonly rule: Rule;
  readonly theta: readonly number[];
  /** Task n with the network that is to learn it, counted from 1. */
  readonly makeEpisode: (n: number) => Episode;
  readonly tasks: number;
  /** Training images between two measurements. */
  readonly every: number;
}

/** Yields each task's course: what is measured on its query images before, while and after the network adapts to it. */
export async function* metaTest(options: MetaTestOptions): AsyncGenerator<CoursePoint[], void> {
  const { engine, rule, makeEpisode, tasks, every } = options;
  const theta = Float64Array.from(options.theta);
  for (let n = 1; n <= tasks; n++) {
    const episode = makeEpisode(n);
    const points: CoursePoint[] = [];
    for await (const point of followCourse(engine, episode, piecesOf(episode, every), { rule, theta })) {
      points.push(point);
    }
    yield points;
  }
}
