import type { Network } from '../network/network.js';
import type { MatrixName, Program } from '../plasticity/program.js';
import { layerPrograms, type Rule, type Term } from '../plasticity/rule.js';

/** A rule with its coefficients and the network that it was learned in: all that an export says. */
export interface LearnedRule extends Network {
  readonly rule: Rule;
  /** Finite; one for each coefficient. */
  readonly theta: readonly number[];
  /** Where it came from, a line each: what, and the value. */
  readonly source: readonly (readonly [name: string, value: string])[];
}

/** Layers that share one program, counted from 1. */
export interface LayerGroup {
  readonly layers: readonly number[];
  readonly program: Program;
  readonly terms: readonly Term[];
}

/** The layers of the network by their program, with the terms that change W, or B, there. */
export function layerGroups(
  { rule, layers }: Pick<LearnedRule, 'rule' | 'layers'>,
  matrix: MatrixName = 'W',
): LayerGroup[] {
  const own = rule.terms.filter((term) => term.matrix === matrix);
  const programs = layerPrograms(rule, layers.length - 1);
  if (own.length === 0 && matrix === 'B') return [];
  return [...new Set(programs)].map((program) => {
    const sharing = programs.flatMap((other, l) => (other === program ? [l + 1] : []));
    const terms = own.filter((term) => term.layers?.includes(sharing[0]!) ?? true);
    return { layers: sharing, program, terms };
  });
}
