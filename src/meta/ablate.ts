/** What each term of a learned rule gives: the same tasks learned with it, and with its coefficient set to 0. */
import type { Episode } from '../engine/episode.js';
import type { Rule } from '../plasticity/rule.js';
import type { AdaptingEngine } from './course.js';

export interface AblateOptions {
  readonly engine: AdaptingEngine;
  readonly rule: Rule;
  /** The learned coefficients: the rule's terms, then its constants. */
  readonly theta: readonly number[];
  /** Places of the terms to take away, one after the other. */
  readonly terms: readonly number[];
  /** Task n with the network that is to learn it, counted from 1. */
  readonly makeEpisode: (n: number) => Episode;
  readonly tasks: number;
}

/** Query accuracies after a task: of the whole rule, and without each of the terms. */
export interface AblatedTask {
  readonly whole: number;
  readonly without: readonly number[];
}

/** Yields each task's accuracies; the network, its images and their order are the same with and without a term. */
export async function* ablate(options: AblateOptions): AsyncGenerator<AblatedTask, void> {
  const { engine, rule, theta, terms, makeEpisode, tasks } = options;
  const whole = Float64Array.from(theta);
  for (let n = 1; n <= tasks; n++) {
    const episode = makeEpisode(n);
    const accuracy = async (coefficients: Float64Array) => (await engine.adapt(episode, rule, coefficients)).accuracy;
    const without: number[] = [];
    const full = await accuracy(whole);
    for (const term of terms) without.push(await accuracy(whole.with(term, 0)));
    yield { whole: full, without };
  }
}
