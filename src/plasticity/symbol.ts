/** How a coefficient is called: theta with an index, wherever it is shown. */
import { parsePlacement } from './placement.js';

/** Of `F2@1,3`, of `own` and of `B.F2`. */
export interface CoefficientSymbol {
  /** `2` and `own`. */
  readonly index: string;
  /** Above it: `B`, `(1,3)`. */
  readonly above: readonly string[];
  /** `θ_2@1,3`, `θ_own`, `θ_B.F2`. */
  readonly text: string;
  /** The same, shorter for the pool's: `θ2@1,3`. */
  readonly brief: string;
}

/** @param name of a term's coefficient */
export function symbol(name: string): CoefficientSymbol {
  const { bare, matrix, layers } = parsePlacement(name);
  const isPool = /^F\d+$/.test(bare);
  const index = isPool ? bare.slice(1) : bare;
  const above = [...(matrix === 'B' ? ['B'] : []), ...(Array.isArray(layers) ? [`(${layers.join()})`] : [])];
  const short = isPool && matrix === 'W' ? name.slice(1) : undefined;
  return { index, above, text: `θ_${short ?? name}`, brief: short === undefined ? `θ_${name}` : `θ${short}` };
}
