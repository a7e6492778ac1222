/** A learned rule as a file to take away. */
import type { MatrixName } from '../plasticity/program.js';
import { printableLines } from '../text.js';
import { goldenStep } from './golden.js';
import { initialDistribution } from './initialise.js';
import { latexEquations } from './latex.js';
import { type LearnedRule, layerGroups } from './learned.js';
import { pythonModule } from './python.js';

const WRITERS = {
  pytorch: (learned: LearnedRule) => pythonModule(learned, 'pytorch'),
  jax: (learned: LearnedRule) => pythonModule(learned, 'jax'),
  numpy: (learned: LearnedRule) => pythonModule(learned, 'numpy'),
  latex: latexEquations,
  json: jsonDocument,
};

export type ExportTarget = keyof typeof WRITERS;

/** What `exportRule` can write. */
export const EXPORT_TARGETS = Object.keys(WRITERS) as readonly ExportTarget[];

/**
 * The rule as the text of one file that needs nothing of this package. The same rule gives the same text.
 * @throws RangeError where one step with the coefficients is not finite.
 */
export function exportRule(learned: LearnedRule, target: ExportTarget): string {
  return WRITERS[target](learned);
}

/** Terms with their coefficients, the compiled program of each group of layers (see program.ts), and a golden step. */
function jsonDocument(learned: LearnedRule): string {
  const { rule, theta, layers, beta, feedback, source } = learned;
  const { terms, constants = [] } = rule;
  const programs = (matrix: MatrixName) =>
    layerGroups(learned, matrix).map(({ layers, program }) => ({ layers, ...program }));
  const document = {
    format: 'meta-plasticity rule',
    source: Object.fromEntries(source),
    network: { layers, beta, feedback, initial: initialDistribution(learned) },
    terms: terms.map((term, i) => ({ ...term, theta: theta[i]! })),
    ...(constants.length > 0 && {
      constants: constants.map((name, i) => ({ name, theta: theta[terms.length + i]! })),
    }),
    programs: programs('W'),
    ...(rule.feedback && { feedbackPrograms: programs('B') }),
    golden: goldenStep(learned),
  };
  return `${printableLines(JSON.stringify(document, undefined, 2))}\n`;
}
