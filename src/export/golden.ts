/** One step of the reference engine on a small network: what an exported rule has to repeat. */
import { Matrix } from '../engine/reference/matrix.js';
import { networkOf, step } from '../engine/reference/step.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from '../network/layers.js';
import type { MatrixName, Program } from '../plasticity/program.js';
import { type Random, stream } from '../random/stream.js';
import { type LearnedRule, layerGroups } from './learned.js';

type Rows = number[][];

export interface GoldenStep {
  /** Input, n_0 values in 0..1. */
  readonly x: readonly number[];
  /** One-hot, n_L. */
  readonly target: readonly number[];
  /** W_1 … W_L before and after the step; rows are post-synaptic. */
  readonly W: readonly Rows[];
  readonly after: readonly Rows[];
  /** The feedback matrices B_1 … B_L (D_0 … D_{L-1} where they are direct); absent where B = W. */
  readonly B?: readonly Rows[];
  /** B_1 … B_L after the step, where they learn. */
  readonly afterB?: readonly Rows[];
}

/** Unequal sizes, so that a transpose too many does not go unseen. */
const INPUTS = 4;
const UNITS = 3;

/**
 * Shows one made-up image to a network with as many layers as the rule tells apart (at least two). Inputs have two
 * decimals, which every language reads as the same doubles.
 * @throws RangeError where the coefficients are such that the step is not finite.
 */
export function goldenStep(learned: LearnedRule): GoldenStep {
  const { theta, beta, feedback } = learned;
  const groups = { W: layerGroups(learned), B: layerGroups(learned, 'B') };
  const several = groups.W.length > 1 || groups.B.length > 1;
  const L = several ? learned.layers.length - 1 : 2;
  const programOf = (matrix: MatrixName, l: number): Program | undefined =>
    (groups[matrix].find(({ layers }) => layers.includes(l + 1)) ?? groups[matrix][0])?.program;
  const programs = Array.from({ length: L }, (_, l) => ({ W: programOf('W', l)!, B: programOf('B', l) }));
  const layers = [INPUTS, ...Array.from({ length: L }, (_, l) => UNITS - ((l + 1) % 2))];
  const random = stream('export/golden');
  const draw = (shapes: readonly MatrixShape[]) => shapes.map((shape) => matrix(shape, random));
  const W = draw(matrixShapes(layers));
  const given = draw(feedbackShapes(layers, feedback));
  const x = Array.from({ length: INPUTS }, () => decimals(random()));
  const target = Array.from({ length: layers[L]! }, (_, i) => (i === 1 ? 1 : 0));
  const before = { W: W.map(rowsOf), ...(given.length > 0 && { B: given.map(rowsOf) }) };
  const network = networkOf({ layers, beta, feedback }, W, given);
  step(network, programs, Float64Array.from(theta), Float64Array.from(x), 1);
  const after = { after: W.map(rowsOf), ...(learned.rule.feedback && { afterB: given.map(rowsOf) }) };
  if (![after.after, after.afterB ?? []].flat(3).every(Number.isFinite))
    throw new RangeError('The rule cannot be exported: one step with its coefficients is not finite.');
  return { x, target, ...before, ...after };
}

const decimals = (value: number): number => Number(value.toFixed(2));

function matrix({ rows, columns }: MatrixShape, random: Random): Matrix {
  const draw = () => decimals(2 * random() - 1);
  return new Matrix(rows, columns, Float64Array.from({ length: rows * columns }, draw));
}

function rowsOf({ rows, columns, data }: Matrix): Rows {
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}
