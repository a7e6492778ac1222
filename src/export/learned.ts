import type { Feedback } from '../engine/engine.js';
import type { Program } from '../plasticity/program.js';
import { layerPrograms, type Rule, type Term } from '../plasticity/rule.js';

/** A rule with its coefficients and the network that it was learned in: all that an export says. */
export interface LearnedRule {
  readonly rule: Rule;
  /** Finite; in the terms' order. */
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

/** The layers of the network by the program that they run. */
export function layerGroups({ rule, layers }: Pick<LearnedRule, 'rule' | 'layers'>): LayerGroup[] {
  const programs = layerPrograms(rule, layers.length - 1);
  return [...new Set(programs)].map((program) => {
    const sharing = programs.flatMap((other, l) => (other === program ? [l + 1] : []));
    const terms = rule.terms.filter((term) => term.layers?.includes(sharing[0]!) ?? true);
    return { layers: sharing, program, terms };
  });
}
