/** One step of the reference engine on a small network: what an exported rule has to repeat. */
import type { Matrix } from '../engine/reference/matrix.js';
import { initialState, type State, step } from '../engine/reference/step.js';
import { copyOf } from '../engine/reference/table.js';
import { FEEDBACK } from '../network/feedback.js';
import type { Program } from '../plasticity/program.js';
import { changesB, ruleReads } from '../plasticity/rule.js';
import { type Random, stream } from '../random/stream.js';
import { type LearnedRule, layerGroups } from './learned.js';

type Rows = number[][];

/** The states of each layer: numbers and vectors as one row. */
export type StateRows = Readonly<Record<string, Rows>>[];

export interface GoldenStep {
  /** Input, n_0 values in 0..1. */
  readonly x: readonly number[];
  /** One-hot, n_L. */
  readonly target: readonly number[];
  /** Noise of layers 1 .. L, where there is any. */
  readonly xi?: readonly (readonly number[])[];
  /** W_1 … W_L before and after the step; rows are post-synaptic. */
  readonly W: readonly Rows[];
  readonly after: readonly Rows[];
  /** The feedback matrices B_1 … B_L (D_0 … D_{L-1} where they are direct); absent where B = W. */
  readonly B?: readonly Rows[];
  /** B_1 … B_L after the step, where they learn. */
  readonly afterB?: readonly Rows[];
  /** The states of layers 1 .. L before and after the step, where there are any. */
  readonly state?: StateRows;
  readonly afterState?: StateRows;
}

/** Unequal sizes, so that a transpose too many does not go unseen. */
const INPUTS = 4;
const UNITS = 3;

/** Does the network, or the rule, have noise? */
export function isNoisy({ rule, noise = 0 }: LearnedRule): boolean {
  return noise > 0 || ruleReads(rule, 'xi');
}

/**
 * Shows one made-up image to a network with as many layers as the rule tells apart (at least two). Inputs have two
 * decimals, which every language reads as the same doubles.
 * @throws RangeError where the coefficients are such that the step is not finite.
 */
export function goldenStep(learned: LearnedRule): GoldenStep {
  const { rule, theta } = learned;
  const groups = layerGroups(learned);
  const L = groups.length > 1 ? learned.layers.length - 1 : 2;
  const programs = Array.from(
    { length: L },
    (_, l): Program => (groups.find(({ layers }) => layers.includes(l + 1)) ?? groups[0]!).program,
  );
  const layers = [INPUTS, ...Array.from({ length: L }, (_, l) => UNITS - ((l + 1) % 2))];
  const network = { ...learned, layers };
  const random = stream('export/golden');
  const from = initialState(network, programs);
  for (const { matrices } of from) fill(matrices.W!.data, random);
  for (const { matrices } of from) if (matrices.B) fill(matrices.B.data, random);
  const x = Array.from({ length: INPUTS }, () => decimals(random()));
  const target = Array.from({ length: layers[L]! }, (_, i) => (i === 1 ? 1 : 0));
  const states = programs.map((program) => Object.keys(program.states));
  from.forEach(({ vectors, matrices }, l) => {
    for (const name of states[l]!) fill(vectors[name] ?? matrices[name]!.data, random);
  });
  const xi = isNoisy(learned) ? layers.map((n, l) => fill(new Float64Array(l === 0 ? 0 : n), random)) : undefined;
  const to = from.map(copyOf);
  step(network, programs, Float64Array.from(theta), { input: Float64Array.from(x), label: 1, xi }, from, to);
  const rows = (state: State, name: 'W' | 'B') => state.map(({ matrices }) => rowsOf(matrices[name]!));
  const kept = (state: State): StateRows =>
    state.map(({ vectors, matrices }, l) =>
      Object.fromEntries(
        states[l]!.map((name) => [name, vectors[name] ? [[...vectors[name]]] : rowsOf(matrices[name]!)]),
      ),
    );
  const golden: GoldenStep = {
    ...{ x, target },
    ...(xi && { xi: xi.slice(1).map((values) => [...values]) }),
    W: rows(from, 'W'),
    ...(FEEDBACK[learned.feedback].drawn && { B: rows(from, 'B') }),
    after: rows(to, 'W'),
    ...(changesB(rule) && { afterB: rows(to, 'B') }),
    ...(rule.states.length > 0 && { state: kept(from), afterState: kept(to) }),
  };
  const results = [golden.after, golden.afterB ?? [], (golden.afterState ?? []).map((layer) => Object.values(layer))];
  if (!results.flat(4).every(Number.isFinite))
    throw new RangeError('The rule cannot be exported: one step with its coefficients is not finite.');
  return golden;
}

const decimals = (value: number): number => Number(value.toFixed(2));

function fill(data: Float64Array, random: Random): Float64Array {
  for (let i = 0; i < data.length; i++) data[i] = decimals(2 * random() - 1);
  return data;
}

function rowsOf({ rows, columns, data }: Matrix): Rows {
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}
