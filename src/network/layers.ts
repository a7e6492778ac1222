import { FEEDBACK, type Feedback } from './feedback.js';

/** Units of a layer: beyond it, the weights of two such layers would not fit in memory. */
export const MOST_UNITS = 65536;
/** Layers of weights. */
export const MOST_LAYERS = 256;

/** Hidden sizes of the paper's network. */
export const HIDDEN_LAYERS: readonly number[] = [170, 130, 100, 70];

/** The paper's network between `inputs` pixels and `outputs` classes, e.g. 784-170-130-100-70-47. */
export function defaultLayers(inputs: number, outputs: number): number[] {
  return [inputs, ...HIDDEN_LAYERS, outputs];
}

/** A weight matrix W_l: n_l rows (post-synaptic) by n_{l-1} columns (pre-synaptic). */
export interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
}

/** Shapes of the feedback matrices, of which the i-th (from 0) gives e_i: from the layer above it, or with `dfa` from the top. */
export function feedbackShapes(layers: readonly number[], feedback: Feedback): MatrixShape[] {
  const shapes = matrixShapes(layers);
  const { drawn, direct } = FEEDBACK[feedback];
  if (!drawn) return [];
  return direct ? shapes.map(({ columns }) => ({ rows: layers.at(-1)!, columns })) : shapes;
}

/** Shapes of W_1 … W_L. */
export function matrixShapes(layers: readonly number[]): MatrixShape[] {
  return layers.slice(1).map((rows, l) => ({ rows, columns: layers[l]! }));
}
