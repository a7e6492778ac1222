import type { Feedback } from '../engine/engine.js';
import type { MatrixName, Program } from '../plasticity/program.js';
import { layerPrograms, matrixOf, type Rule, type Term } from '../plasticity/rule.js';

/** A rule with its coefficients and the network that it was learned in: all that an export says. */
export interface LearnedRule {
  readonly rule: Rule;
  /** Finite; one for each coefficient: terms, then constants. */
  readonly theta: readonly number[];
  /** Sizes n_0 … n_L. */
  readonly layers: readonly number[];
  readonly beta: number;
  readonly feedback: Feedback;
  /** Where it came from, a line each: what, and the value. */
  readonly source: readonly (readonly [name: string, value: string])[];
}

/** Layers that share one program, counted from 1. */
export interface LayerGroup {
  readonly layers: readonly number[];
  readonly program: Program;
  readonly terms: readonly Term[];
}

/** The layers of the network by the program that changes their W, or their B; no group where none does. */
export function layerGroups(
  { rule, layers }: Pick<LearnedRule, 'rule' | 'layers'>,
  matrix: MatrixName = 'W',
): LayerGroup[] {
  const of = matrix === 'W' ? rule : rule.feedback;
  if (!of) return [];
  const programs = layerPrograms(of, layers.length - 1);
  const own = rule.terms.filter((term) => matrixOf(term) === matrix);
  return [...new Set(programs)].map((program) => {
    const sharing = programs.flatMap((other, l) => (other === program ? [l + 1] : []));
    const terms = own.filter((term) => term.layers?.includes(sharing[0]!) ?? true);
    return { layers: sharing, program, terms };
  });
}
