/**
 * One episode in float64: adapt, query loss, and the exact gradient of the loss with respect to theta by reverse mode.
 *
 * The matrices of every step would take gigabytes, so a copy is kept every BLOCK steps; on the way back a block's
 * matrices are made again from its copy and the kept values, bit for bit as they were.
 */

import { FEEDBACK } from '../../network/feedback.js';
import type { Program } from '../../plasticity/program.js';
import { layerPrograms, type Rule, ruleReads } from '../../plasticity/rule.js';
import type { Adaptation, EpisodeResult, Outcome, RunOptions } from '../engine.js';
import { type Episode, type Images, imageOf, initialMatrices } from '../episode.js';
import { meanAngles, orthonormality } from './statistics.js';
import {
  type Activity,
  adjointsLike,
  errors,
  feedbackOf,
  firstLargest,
  forward,
  initialState,
  noiseOf,
  repeatStep,
  reverseForward,
  reverseStep,
  type Shown,
  type State,
  type Step,
  step,
} from './step.js';
import { copyOf, copyTable } from './table.js';

const BLOCK = 16;

export function runEpisode(
  episode: Episode,
  rule: Rule,
  theta: Float64Array,
  { weightGradients = false }: RunOptions = {},
): EpisodeResult {
  const { network } = episode;
  const copies: State[] = [];
  const { steps, programs, query, state } = goForward(episode, rule, theta, (before, t) => {
    if (t % BLOCK === 0) copies.push(before.map(copyOf));
  });
  const activities = query.map((shown) => forward(network, matricesOf(state, 'W'), shown));
  let Lam = lossGradient(episode, state, query, activities, weightGradients);
  let other = adjointsLike(network, state, weightGradients);
  const thetaGradient = new Float64Array(theta.length);
  // states[i] is that before step i of the block; they are made once and filled anew for each block.
  const states = Array.from({ length: Math.min(BLOCK, steps.length) }, () => state.map(copyOf));
  for (let block = copies.length - 1; block >= 0; block--) {
    const inBlock = steps.slice(block * BLOCK, (block + 1) * BLOCK);
    inBlock.forEach((_, i) => {
      if (i > 0) repeatStep(network, programs, inBlock[i - 1]!, states[i - 1]!, states[i]!);
      else copyState(copies[block]!, states[0]!);
    });
    for (let i = inBlock.length - 1; i >= 0; i--) {
      reverseStep(network, programs, inBlock[i]!, states[i]!, Lam, other, thetaGradient);
      [Lam, other] = [other, Lam];
    }
  }
  const gradientOf = (name: 'W' | 'B') => matricesOf(Lam, name).map(({ data }) => data);
  return {
    ...measure(episode, state, query, activities),
    thetaGradient,
    ...(weightGradients && {
      weightGradient: gradientOf('W'),
      ...(FEEDBACK[network.feedback].drawn && { feedbackGradient: gradientOf('B') }),
    }),
  };
}

/** The way forward alone. */
export function adapt(episode: Episode, rule: Rule, theta: Float64Array): Adaptation {
  const { network } = episode;
  const { state, query, programs } = goForward(episode, rule, theta, () => {}, false);
  const activities = query.map((shown) => forward(network, matricesOf(state, 'W'), shown));
  const data = (name: 'W' | 'B') => matricesOf(state, name).map(({ data }) => data);
  return {
    ...measure(episode, state, query, activities),
    weights: data('W'),
    ...(FEEDBACK[network.feedback].learned && { feedbackWeights: data('B') }),
    states: state.map(({ vectors, matrices }, l) =>
      Object.fromEntries(Object.keys(programs[l]!.states).map((name) => [name, vectors[name] ?? matrices[name]!.data])),
    ),
  };
}

const matricesOf = (state: State, name: 'W' | 'B') => state.map(({ matrices }) => matrices[name]!);

function copyState(from: State, to: State): void {
  to.forEach((table, l) => {
    copyTable(from[l]!, table);
  });
}

/** Shows the training images. `see` is told of the state before each. */
function goForward(
  episode: Episode,
  rule: Rule,
  theta: Float64Array,
  see: (before: State, t: number) => void,
  keeps = true,
) {
  const { network, from } = episode;
  const programs: readonly Program[] = layerPrograms(rule, network.layers.length - 1);
  let state: State = initialState(network, programs, initialMatrices(episode), from?.states);
  let other: State = state.map(copyOf);
  const isNoisy = (network.noise ?? 0) > 0 || ruleReads(rule, 'xi');
  const train = samples(episode.train, network.layers[0]!);
  const steps: Step[] = [];
  train.forEach((shown, t) => {
    see(state, t);
    const xi = isNoisy ? noiseOf(episode.noiseKey!, (from?.images ?? 0) + t, network.layers) : undefined;
    const taken = step(network, programs, theta, { ...shown, xi }, state, other);
    if (keeps) steps.push(taken);
    [state, other] = [other, state];
  });
  return { programs, state, steps, query: samples(episode.query, network.layers[0]!) };
}

/** y_0 = pixels / 255 */
function samples(images: Images, size: number): Shown[] {
  return Array.from(images.labels, (label, t) => ({
    input: Float64Array.from(imageOf(images, t, size), (pixel) => pixel / 255),
    label,
  }));
}

/** Mean cross-entropy over the query images, accuracy and the statistics. */
function measure(
  { network }: Episode,
  state: State,
  query: readonly Shown[],
  activities: readonly Activity[],
): Outcome {
  const W = matricesOf(state, 'W');
  let loss = 0;
  let right = 0;
  query.forEach(({ label }, q) => {
    const { z, logNormaliser } = activities[q]!;
    const output = z.at(-1)!;
    loss += (logNormaliser - output[label]!) / query.length;
    if (firstLargest(output) === label) right++;
  });
  const B = feedbackOf(network, state);
  const { direct } = FEEDBACK[network.feedback];
  const fed = query.map(({ label }, q) => errors(B, activities[q]!, label, 0, direct));
  const exact = query.map(({ label }, q) => errors(W, activities[q]!, label));
  return {
    loss,
    accuracy: right / query.length,
    angles: meanAngles(fed, exact),
    orthonormality: orthonormality(W, activities),
  };
}

/** Lam, the derivative of the mean cross-entropy with respect to each quantity that persists. */
function lossGradient(
  { network }: Episode,
  state: State,
  query: readonly Shown[],
  activities: readonly Activity[],
  weightGradients: boolean,
): State {
  const Lam = adjointsLike(network, state, weightGradients);
  query.forEach(({ label }, q) => {
    const { y, z } = activities[q]!;
    const zBar = z.map((values) => new Float64Array(values.length));
    const yBar = y.map((values) => new Float64Array(values.length));
    zBar.at(-1)!.set(y.at(-1)!.map((p, i) => (p - (i === label ? 1 : 0)) / query.length));
    reverseForward(network, state, activities[q]!, zBar, yBar, Lam);
  });
  return Lam;
}
