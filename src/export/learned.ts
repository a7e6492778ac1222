import type { Feedback } from '../engine/engine.js';
import type { Program } from '../plasticity/program.js';
import type { Rule, Term } from '../plasticity/rule.js';

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
export function layerGroups({ rule, layers }: LearnedRule): LayerGroup[] {
  return [{ layers: layers.slice(1).map((_, l) => l + 1), program: rule.program, terms: rule.terms }];
}
