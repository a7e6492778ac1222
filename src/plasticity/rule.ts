import type { Program } from './program.js';

/** One term of a rule: a formula with a coefficient theta of its own. */
export interface Term {
  /** `F2` for the pool; the user's name otherwise. */
  readonly name: string;
  /** Formula in the grammar, e.g. `-e e_pre'`. */
  readonly formula: string;
}

/** A plasticity rule: its terms and their one compiled program. Coefficients come in the terms' order. */
export interface Rule {
  readonly terms: readonly Term[];
  readonly program: Program;
}
