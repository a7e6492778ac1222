/** How a new network starts, in each language: as network/initialise.ts draws it, from other random numbers. */
import { FEEDBACK } from '../network/feedback.js';
import { initialLimit } from '../network/initialise.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from '../network/layers.js';
import type { LearnedRule } from './learned.js';
import type { Library } from './library.js';
import { PYTHON } from './literals.js';

/** What `initialise` gives: no B where W itself feeds back. */
export function initialNames({ feedback }: LearnedRule): string {
  const { drawn, direct } = FEEDBACK[feedback];
  return drawn ? `W, ${direct ? 'D' : 'B'}` : 'W';
}

/** The function `initialise` of a Python module. */
export function pythonInitialiser(learned: LearnedRule, { generator, uniform }: Library): string[] {
  const { layers, feedback, gain = 1 } = learned;
  const { drawn, direct } = FEEDBACK[feedback];
  const matrices = `[draw(*shape) for shape in zip(layers[1:], layers[:-1])]`;
  const feeding = direct ? '    D = [draw(layers[-1], n) for n in layers[:-1]]' : `    B = ${matrices}`;
  const names = initialNames(learned);
  return [
    `def initialise(seed, layers=(${layers.join(', ')})):`,
    `    """${names.replace(',', ' and')} of a new network: each entry is uniform on +-sqrt(6 / (rows + columns))${gain === 1 ? '' : `, of W times ${gain}`}."""`,
    `    ${generator}`,
    '',
    '    def draw(rows, columns):',
    '        r = (6.0 / (rows + columns)) ** 0.5',
    `        return ${uniform}`,
    '',
    `    W = ${gain === 1 ? matrices : `[${PYTHON.number(gain)} * draw(*shape) for shape in zip(layers[1:], layers[:-1])]`}`,
    ...(drawn ? [feeding] : []),
    `    return ${names}`,
  ];
}

/** The same as a sentence. */
export function latexInitialiser(W: string, B: string, { feedback, gain = 1 }: LearnedRule): string {
  const r = '\\pm\\sqrt{6 / (m + n)}';
  const both = !FEEDBACK[feedback].drawn ? `$${W}$` : `$${W}$ and, independently of them, of $${B}$`;
  return `The entries of ${both} are initially uniform on $${r}$, for a matrix of $m$ rows and $n$ columns${gain === 1 ? '' : `, times ${gain} for $${W}$`}.`;
}

/** The same as data: a shape and a limit for each matrix. */
export function initialDistribution({ layers, feedback, gain = 1 }: LearnedRule) {
  const describe = (shape: MatrixShape) => ({ ...shape, limit: initialLimit(shape) });
  const given = feedbackShapes(layers, feedback).map(describe);
  const drawn = (shape: MatrixShape) => ({ ...shape, limit: gain * initialLimit(shape) });
  return {
    distribution: 'uniform on -limit .. limit',
    W: matrixShapes(layers).map(drawn),
    ...(given.length > 0 && { B: given }),
  };
}
