/** The public library: engines, rules and their types. */
export { createEngine, ENGINE_NAMES, type EngineName } from './engine/create.js';
export type { Engine, Episode, EpisodeResult, Feedback } from './engine/engine.js';
export { RuleError } from './plasticity/grammar.js';
export { findPoolTerm, GROUPS, POOL, type PoolTerm } from './plasticity/pool.js';
export type { Leaf, Node, Program, Shape } from './plasticity/program.js';
export { parseRule, type Rule, type Term } from './plasticity/rule.js';
