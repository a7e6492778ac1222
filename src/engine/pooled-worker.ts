/** The program of a pool's thread: runs episodes on an engine of its own. */
import type { Rule } from '../plasticity/rule.js';
import { createEngine, type EngineOptions } from './create.js';
import type { Engine, EpisodeResult, RunOptions } from './engine.js';
import type { Episode } from './episode.js';
import { answerRequests } from './thread.js';

/** One episode to run. */
export interface PooledTask {
  readonly engine: string;
  readonly options: EngineOptions;
  readonly episode: Episode;
  readonly rule: Rule;
  readonly theta: Float64Array;
  readonly run: RunOptions;
}

let engine: Promise<Engine> | undefined;
/** Rules by their terms: engines keep memory for the very rule that they saw last. */
const rules = new Map<string, Rule>();

answerRequests(async (task: PooledTask): Promise<EpisodeResult> => {
  engine ??= createEngine(task.engine, task.options);
  const key = JSON.stringify([task.rule.terms, task.rule.coefficients, task.rule.states]);
  const rule = rules.get(key) ?? task.rule;
  rules.set(key, rule);
  const [result] = await (await engine).run([task.episode], rule, [task.theta], task.run);
  return result!;
});
