/** The program of a pool's thread: runs episodes on an engine of its own. */
import type { Rule } from '../plasticity/rule.js';
import { createEngine, type EngineOptions } from './create.js';
import type { Engine, Episode, EpisodeResult } from './engine.js';
import { type EpisodeSource, lazyEpisode } from './lazy-episode.js';
import { answerRequests } from './thread.js';

/** One episode to run. */
export interface PooledTask {
  readonly engine: string;
  readonly options: EngineOptions;
  readonly episode: Episode | EpisodeSource;
  readonly rule: Rule;
  readonly theta: Float64Array;
}

let engine: Promise<Engine> | undefined;
/** Rules by their terms: engines keep memory for the very rule that they saw last. */
const rules = new Map<string, Rule>();

answerRequests(async (task: PooledTask): Promise<EpisodeResult> => {
  engine ??= createEngine(task.engine, task.options);
  const key = JSON.stringify([task.rule.terms, task.rule.constants]);
  const rule = rules.get(key) ?? task.rule;
  rules.set(key, rule);
  const episode = 'weights' in task.episode ? task.episode : lazyEpisode(task.episode);
  const [result] = await (await engine).run([episode], rule, [task.theta]);
  return result!;
});
