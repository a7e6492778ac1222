/** The public library: rules, engines, data, the outer loop and the statistics of a run. */
export type { Dataset } from './data/dataset.js';
export { DATABASES, type OpenOptions, openDataset } from './data/open.js';
export {
  type ClassIndex,
  classIndex,
  type EpisodeSetting,
  makeEpisode,
  type Split,
  sampleTask,
  splitClasses,
  type Task,
  type TaskDraw,
} from './data/sampler.js';
export { createEngine, ENGINE_NAMES, type EngineName, type EngineOptions } from './engine/create.js';
export type { Adaptation, Engine, EpisodeResult, Outcome, RunOptions } from './engine/engine.js';
export type { Continuation, Episode, GivenMatrices, Images, LayerStates, Matrices } from './engine/episode.js';
export { EXPORT_TARGETS, type ExportTarget, exportRule } from './export/export.js';
export type { LearnedRule } from './export/learned.js';
export { type Chain, type Hash, startChain } from './meta/chain.js';
export {
  type AdaptingEngine,
  type CoursePoint,
  canAdapt,
  followCourse,
  piecesOf,
} from './meta/course.js';
export { decodeJournal, encodeRecord, JournalError } from './meta/journal.js';
export { type LearnOptions, learn } from './meta/learn.js';
export type { DecodeOptions } from './meta/lines.js';
export { learnedTheta, type MetaTestOptions, metaTest } from './meta/meta-test.js';
export { L1_METHODS, type ObjectiveOptions } from './meta/objective.js';
export type { AdamState, EpisodeRecord } from './meta/record.js';
export { steadyScale } from './meta/steady-scale.js';
export { automaticScale, termNorms } from './meta/term-scale.js';
export { type Checkpoint, DivergedError, startingPoint, type TrainOptions, train } from './meta/trainer.js';
export { ACTIVATIONS, type Activation } from './network/activation.js';
export { FEEDBACKS, type Feedback } from './network/feedback.js';
export { drawWeights } from './network/initialise.js';
export { defaultLayers } from './network/layers.js';
export type { Network } from './network/network.js';
export { type Cost, programCost } from './plasticity/cost.js';
export { ConstantError, RuleError } from './plasticity/grammar.js';
export { findPoolTerm, GROUPS, POOL, type PoolTerm } from './plasticity/pool.js';
export type { Leaf, MatrixName, Node, Part, Program, Shape } from './plasticity/program.js';
export {
  layerPrograms,
  type Programs,
  parseRule,
  type Rule,
  type RuleOptions,
  type Term,
} from './plasticity/rule.js';
export type { State, StateShape } from './plasticity/states.js';
export { type Random, stream, streamKey } from './random/stream.js';
export { type Font, readFont } from './report/font.js';
export { DEFAULT_STYLE, type FigureStyle, type Format } from './report/style.js';
export { formatSummary, type Summary, summarise } from './report/summary.js';
export { type FigureOptions, writeFigures } from './report/write-figures.js';
export { angleDegrees } from './stats/angle.js';
export { movingAverage } from './stats/moving-average.js';
