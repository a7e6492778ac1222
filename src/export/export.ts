/** A learned rule as a file to take away. */
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
  const { rule, theta, layers, beta, activation = 'softplus', feedback, noise = 0, source } = learned;
  const { terms, coefficients, constants, states } = rule;
  const document = {
    format: 'meta-plasticity rule',
    source: Object.fromEntries(source),
    network: { layers, beta, activation, feedback, noise, initial: initialDistribution(learned) },
    terms: terms.map((term) => ({ ...term, theta: theta[term.coefficient]! })),
    ...(constants.length > 0 && {
      constants: constants.map((name) => ({ name, theta: theta[coefficients.indexOf(name)]! })),
    }),
    ...(states.length > 0 && { states: states.map(({ bare: _, ...state }) => state) }),
    programs: layerGroups(learned).map(({ layers, program }) => ({ layers, ...program })),
    golden: goldenStep(learned),
  };
  return `${printableLines(JSON.stringify(document, undefined, 2))}\n`;
}
