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

/** Shapes of W_1 … W_L. */
export function matrixShapes(layers: readonly number[]): MatrixShape[] {
  return layers.slice(1).map((rows, l) => ({ rows, columns: layers[l]! }));
}
