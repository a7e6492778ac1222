/** Learned rules that nobody learned. */
import type { LearnedRule } from '#dist/export/learned.js';
import { parseRule } from '#dist/plasticity/rule.js';

export const LAYERS = [5, 4, 6, 3];

/** Coefficients 0.01, -0.02, 0.03 … */
export function learnedRule(
  terms: readonly string[],
  changes: Partial<LearnedRule> = {},
  constants: readonly string[] = [],
): LearnedRule {
  const rule = parseRule(terms, { layerCount: LAYERS.length - 1, constants });
  return {
    rule,
    theta: rule.coefficients.map((_, i) => 0.01 * (i + 1) * (-1) ** i),
    layers: LAYERS,
    beta: 10,
    feedback: 'fix',
    source: [['Run', 'a test']],
    ...changes,
  };
}
