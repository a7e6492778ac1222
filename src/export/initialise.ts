/** How a new network starts, in each language: as network/initialise.ts draws it, from other random numbers. */
import { initialLimit } from '../network/initialise.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from '../network/layers.js';
import type { LearnedRule } from './learned.js';
import type { Library } from './library.js';

/** What `initialise` gives: no B where W itself feeds back. */
export function initialNames({ feedback }: LearnedRule): string {
  return feedback === 'sym' ? 'W' : feedback === 'dfa' ? 'W, D' : 'W, B';
}

/** The function `initialise` of a Python module. */
export function pythonInitialiser(learned: LearnedRule, { generator, uniform }: Library): string[] {
  const { layers, feedback } = learned;
  const matrices = `[draw(*shape) for shape in zip(layers[1:], layers[:-1])]`;
  const feeding = feedback === 'dfa' ? '    D = [draw(layers[-1], n) for n in layers[:-1]]' : `    B = ${matrices}`;
  const names = initialNames(learned);
  return [
    `def initialise(seed, layers=(${layers.join(', ')})):`,
    `    """${names.replace(',', ' and')} of a new network: each entry is uniform on +-sqrt(6 / (rows + columns))."""`,
    `    ${generator}`,
    '',
    '    def draw(rows, columns):',
    '        r = (6.0 / (rows + columns)) ** 0.5',
    `        return ${uniform}`,
    '',
    `    W = ${matrices}`,
    ...(feedback === 'sym' ? [] : [feeding]),
    `    return ${names}`,
  ];
}

/** The same as a sentence. */
export function latexInitialiser(W: string, B: string, { feedback }: LearnedRule): string {
  const r = '\\pm\\sqrt{6 / (m + n)}';
  const both = feedback === 'sym' ? `$${W}$` : `$${W}$ and, independently of them, of $${B}$`;
  return `The entries of ${both} are initially uniform on $${r}$, for a matrix of $m$ rows and $n$ columns.`;
}

/** The same as data: a shape and a limit for each matrix. */
export function initialDistribution({ layers, feedback }: LearnedRule) {
  const describe = (shape: MatrixShape) => ({ ...shape, limit: initialLimit(shape) });
  const given = feedback === 'sym' ? [] : feedbackShapes(layers, feedback).map(describe);
  return {
    distribution: 'uniform on -limit .. limit',
    W: matrixShapes(layers).map(describe),
    ...(given.length > 0 && { B: given }),
  };
}
