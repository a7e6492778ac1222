/** A learned rule as a Python module of its own: NumPy, JAX or PyTorch. */
import { type Leaf, MATRICES, type MatrixName } from '../plasticity/program.js';
import { coefficientNames } from '../plasticity/rule.js';
import { atom, type Code, factor, product, signed, sum, type Text, writeProgram } from './code.js';
import { initialNames } from './initialise.js';
import { type LayerGroup, type LearnedRule, layerGroups } from './learned.js';
import { LIBRARIES, type Library } from './library.js';
import { PYTHON } from './literals.js';
import { FORMULA } from './notation.js';
import { feedbackEquation, matrices, network, ruleName, selfTest, stepText } from './python-network.js';

const WIDTH = 100;

/** Python looks in the first two lines for the encoding of a file (PEP 263), comments from elsewhere included: ours is the first. */
const ENCODING = '# -*- coding: utf-8 -*-';

/**
 * The module's text. The same rule gives the same text.
 * @throws RangeError where one step with the coefficients is not finite.
 */
export function pythonModule(learned: LearnedRule, target: keyof typeof LIBRARIES): string {
  const library: Library = LIBRARIES[target];
  const rules = MATRICES.flatMap((matrix) => {
    const groups = layerGroups(learned, matrix);
    return groups.flatMap((group) => ['', '', ...ruleFunction(group, groups.length > 1, matrix, learned, library)]);
  });
  const parts = [heading(learned, library), rules, network(learned, library), selfTest(learned, library)];
  return `${parts.flat().join('\n')}\n`;
}

function heading(learned: LearnedRule, { imports }: Library): string[] {
  const { rule, theta, beta, source } = learned;
  const notes = [
    ...rule.terms.map(({ formula }) => formula.replaceAll(/\s+/g, ' ')),
    ...(rule.constants ?? []).map(() => 'constant'),
  ];
  const width = Math.max(...source.map(([name]) => name.length)) + 2;
  return [
    ENCODING,
    ...source.map(([name, value]) => PYTHON.comment(name.padEnd(width) + value)),
    '#',
    `# z_l = W_l y_{l-1}, y_l = softplus(z_l), y_L = softmax(z_L); e_L = y_L - target, ${feedbackEquation(learned)}.`,
    `# Each ${rule.feedback ? 'W_l and B_l' : 'W_l'}, n_l x n_{l-1}, changes by the sum of theta * term (' transposes, _pre is layer l-1). Arrays hold one sample`,
    '# (a vector) or a batch (samples as rows). A new network, and one step of it:',
    `#     ${initialNames(learned)} = initialise(seed)`,
    `#     y = forward(W, x); ${stepText(learned, initialNames(learned).at(-1)!, 'target')}`,
    '# Run as a program, this file tests itself.',
    'import sys',
    '',
    ...imports,
    '',
    'theta = {',
    ...coefficientNames(rule).map(
      (name, i) => `    ${PYTHON.string(name)}: ${PYTHON.number(theta[i]!)},  ${PYTHON.comment(notes[i]!)}`,
    ),
    '}',
    `beta = ${PYTHON.number(beta)}  # sharpness of the softplus`,
  ];
}

/** What a layer's leaves are, where they are not arguments. */
const leafText = (m: string): Partial<Record<Leaf, string>> => ({
  z: 'y_pre @ W.T',
  one: `${m}.ones_like(y)`,
  one_pre: `${m}.ones_like(y_pre)`,
});

function ruleFunction(
  group: LayerGroup,
  several: boolean,
  matrix: MatrixName,
  { rule }: LearnedRule,
  { m, notation }: Library,
): string[] {
  const names = coefficientNames(rule);
  const code = writeProgram(group.program, notation, names);
  const formulas = writeProgram(group.program, FORMULA, names);
  const leaves = leafText(m);
  const lines = code.definitions.flatMap((definition, i) => {
    if ('leaf' in definition) {
      const text = leaves[definition.leaf];
      return text === undefined ? [] : [`${definition.leaf} = ${text}`];
    }
    const formula = formulas.definitions[i]!;
    const comment = 'text' in formula ? `  ${PYTHON.comment(signed(formula.text))}` : '';
    return `${definition.name} = ${signed(definition.text)}${comment}`;
  });
  const where = several ? ` (layer${group.layers.length > 1 ? 's' : ''} ${group.layers.join(', ')})` : '';
  return [
    `def ${ruleName(group, several, matrix)}(${matrices(rule)}, y, e, y_pre, e_pre):`,
    `    """Change of one layer's ${matrix}${where}: the mean over the rows, all with the matrices from before."""`,
    ...[...lines, ...updateLines(code, m)].map((line) => `    ${line}`),
  ];
}

/** sum_u U_u R_u' + a W + b B */
function updateLines({ update, scales }: Code, m: string): string[] {
  const lines = update.flatMap(({ u, terms }) => breakSum(`R_${u}`, terms));
  const outer = update.map(({ u }) => `${u}.T @ R_${u}`).join(' + ');
  const mean = update.length > 1 ? `(${outer}) / len(y)` : `${outer} / len(y)`;
  const parts = update.length > 0 ? [atom(mean)] : [];
  for (const scale of scales) {
    const a = scale.perSample ? atom(`${factor(scale)}.mean()`) : scale;
    parts.push(product(a, atom(scale.matrix), ' * '));
  }
  return [...lines, `return ${parts.length > 0 ? total(parts) : `${m}.zeros_like(W)`}`];
}

const total = (terms: readonly Text[]): string => signed(terms.reduce((a, b) => sum(a, b, FORMULA)));

/** `name = a + b`, a line each where it would be too long. */
function breakSum(name: string, terms: readonly Text[]): string[] {
  const line = `${name} = ${total(terms)}`;
  if (terms.length === 1 || line.length <= WIDTH - 4) return [line];
  const [first, ...rest] = terms;
  const more = rest.map((term) => `    ${term.negative ? '-' : '+'} ${term.text}`);
  return [`${name} = (`, `    ${signed(first!)}`, ...more, ')'];
}
