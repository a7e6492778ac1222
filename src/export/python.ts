/** A learned rule as a Python module of its own: NumPy, JAX or PyTorch. */
import { only } from '../plasticity/program.js';
import { atom, factor, type Notation, type PartText, product, signed, sum, type Text, writeProgram } from './code.js';
import { initialNames } from './initialise.js';
import { type LayerGroup, type LearnedRule, layerGroups } from './learned.js';
import { LIBRARIES, type Library } from './library.js';
import { PYTHON } from './literals.js';
import { FORMULA } from './notation.js';
import { withPythonNames } from './python-names.js';
import {
  feedbackEquation,
  forwardText,
  matrices,
  more,
  network,
  type Result,
  results,
  ruleName,
  selfTest,
  stepText,
} from './python-network.js';

const WIDTH = 100;

/** Python looks in the first two lines for the encoding of a file (PEP 263), comments from elsewhere included: ours is the first. */
const ENCODING = '# -*- coding: utf-8 -*-';

/**
 * The module's text. The same rule gives the same text.
 * @throws RangeError where one step with the coefficients is not finite.
 */
export function pythonModule(given: LearnedRule, target: keyof typeof LIBRARIES): string {
  const learned = { ...given, rule: withPythonNames(given.rule) };
  const library: Library = LIBRARIES[target];
  const groups = layerGroups(learned);
  const rules = results(learned).flatMap((result) =>
    groups.flatMap((group) => ['', '', ...ruleFunction(group, groups.length > 1, result, learned, library)]),
  );
  const parts = [heading(learned, library), rules, network(learned, library), selfTest(learned, library)];
  return `${parts.flat().join('\n')}\n`;
}

function heading(learned: LearnedRule, { imports, helper }: Library): string[] {
  const { rule, theta, beta, activation = 'softplus', noise = 0, source } = learned;
  const learning = results(learned).includes('B') ? 'W_l and B_l' : 'W_l';
  const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
  const notes = rule.coefficients.map((name, i) => {
    const terms = rule.terms.filter(({ coefficient }) => coefficient === i);
    if (terms.length === 0) return 'constant';
    return terms.map((term) => oneLine(term.name === name ? term.formula : `${term.name}: ${term.formula}`)).join('; ');
  });
  const width = Math.max(...source.map(([name]) => name.length)) + 2;
  return [
    ENCODING,
    ...source.map(([name, value]) => PYTHON.comment(name.padEnd(width) + value)),
    '#',
    `# z_l = W_l y_{l-1}${noise > 0 ? ' + noise xi_l' : ''}, y_l = ${activation}(z_l), y_L = softmax(z_L); e_L = y_L - target, ${feedbackEquation(learned)}.`,
    `# Each ${learning}, n_l x n_{l-1}, changes by the sum of theta * term (' transposes, _pre is layer l-1). Arrays hold one sample`,
    '# (a vector) or a batch (samples as rows). A new network, and one step of it:',
    `#     ${initialNames(learned)} = initialise(seed)`,
    ...rule.states.map((state) => PYTHON.comment(`state ${state.name} = ${oneLine(state.formula)}`)),
    ...(rule.states.length > 0 ? ['#     state = initial_state(W)'] : []),
    `#     y = ${forwardText(learned, 'x')}; ${stepText(learned, initialNames(learned).at(-1)!, 'target')}`,
    '# Run as a program, this file tests itself.',
    'import sys',
    '',
    ...imports,
    '',
    'theta = {',
    ...rule.coefficients.map(
      (name, i) => `    ${PYTHON.string(name)}: ${PYTHON.number(theta[i]!)},  ${PYTHON.comment(notes[i]!)}`,
    ),
    '}',
    ...(activation === 'softplus' ? [`beta = ${PYTHON.number(beta)}  # sharpness of the softplus`] : []),
    ...(helper ? ['', '', ...helper] : []),
  ];
}

/** What a layer's leaves are, where they are not arguments. */
const leafText = (m: string, noise: number): Readonly<Record<string, string>> => ({
  drive: 'y_pre @ W.T',
  z: `y_pre @ W.T${noise > 0 ? ` + ${PYTHON.number(noise)} * xi` : ''}`,
  one: `${m}.ones_like(y)`,
  one_pre: `${m}.ones_like(y_pre)`,
});

function ruleFunction(
  group: LayerGroup,
  several: boolean,
  result: Result,
  learned: LearnedRule,
  { m, notation }: Library,
): string[] {
  const { rule, noise = 0 } = learned;
  const names = rule.coefficients;
  const states = Object.keys(group.program.states);
  const program = only(group.program, result === 'states' ? states : [result]);
  // Without noise the two are one.
  const leaf = (name: string) => (name === 'drive' && noise === 0 ? 'z' : name);
  const named: Notation = { ...notation, leaf };
  const taken = more(learned);
  const code = writeProgram(program, named, names, taken);
  const formulas = writeProgram(program, FORMULA, names, taken);
  const leaves = leafText(m, noise);
  const defined = new Set<string>();
  const lines = code.definitions.flatMap((definition, i) => {
    if ('leaf' in definition) {
      const name = leaf(definition.leaf);
      const text = leaves[name];
      if (text === undefined || defined.has(name)) return [];
      defined.add(name);
      return [`${name} = ${text}`];
    }
    const formula = formulas.definitions[i]!;
    const comment = 'text' in formula ? `  ${PYTHON.comment(signed(formula.text))}` : '';
    return `${definition.name} = ${signed(definition.text)}${comment}`;
  });
  const where = several ? ` (layer${group.layers.length > 1 ? 's' : ''} ${group.layers.join(', ')})` : '';
  const extra = more(learned);
  const told = `${matrices(learned)}, y, e, y_pre, e_pre${extra.length > 0 ? `, *, ${extra.map((name) => `${name}=None`).join(', ')}, **_` : ''}`;
  const body =
    result === 'states'
      ? stateLines(states, code.next, m)
      : updateLines((code.next[result] ?? []) as readonly PartText[], m);
  const what =
    result === 'states'
      ? `What one layer's states become${where}.`
      : `Change of one layer's ${result}${where}: the mean over the rows, all with the matrices from before.`;
  return [
    `def ${ruleName(group, several, result)}(${told}):`,
    `    """${what}"""`,
    ...[...lines, ...body].map((line) => `    ${line}`),
  ];
}

/** A matrix as the sum of its parts, sum_u U_u R_u' or a number, times W, B and states; `lines` go before. */
function partsText(parts: readonly PartText[], label: string): { lines: string[]; terms: Text[] } {
  const lines: string[] = [];
  const terms = parts.map(({ N, update, scale }, p): Text => {
    const matrix = N.length > 0 ? atom(N.join(' * ')) : undefined;
    if (scale) return product(scale.perSample ? atom(`${factor(scale)}.mean()`) : scale, matrix!, ' * ');
    const suffix = parts.filter((part) => part.update.length > 0).length > 1 ? `${p + 1}_` : '';
    for (const { u, terms } of update) lines.push(...breakSum(`R_${label}${suffix}${u}`, terms));
    const outer = update.map(({ u }) => `${factorText(u)}.T @ R_${label}${suffix}${plain(u)}`).join(' + ');
    const mean = update.length > 1 ? `(${outer}) / len(y)` : `${outer} / len(y)`;
    return matrix ? product(atom(`(${mean})`), matrix, ' * ') : atom(mean);
  });
  // What was last in the program, without matrices, is first to read.
  const own = parts.findIndex(({ N }) => N.length === 0);
  return { lines, terms: own < 0 ? terms : [terms[own]!, ...terms.toSpliced(own, 1)] };
}

const plain = (u: string): string => u.replaceAll(/\W/g, '_');
const factorText = (u: string): string => (/^\w+$/.test(u) ? u : `(${u})`);

function updateLines(parts: readonly PartText[], m: string): string[] {
  const { lines, terms } = partsText(parts, '');
  return [...lines, `return ${terms.length > 0 ? total(terms) : `${m}.zeros_like(W)`}`];
}

function stateLines(
  states: readonly string[],
  next: Readonly<Record<string, Text | readonly PartText[]>>,
  m: string,
): string[] {
  const lines: string[] = [];
  const entries = states.map((name) => {
    const to = next[name]!;
    if ('text' in to) return `${PYTHON.string(name)}: ${signed(to)} + 0.0 * ${name}`;
    const { lines: own, terms } = partsText(to as readonly PartText[], `${name}_`);
    lines.push(...own);
    return `${PYTHON.string(name)}: ${terms.length > 0 ? total(terms) : `${m}.zeros_like(W)`}`;
  });
  return [...lines, `return {${entries.join(', ')}}`];
}

const total = (terms: readonly Text[]): string => signed(terms.reduce((a, b) => sum(a, b, FORMULA)));

/** `name = a + b`, a line each where it would be too long. */
function breakSum(name: string, terms: readonly Text[]): string[] {
  const variable = plain(name);
  const line = `${variable} = ${total(terms)}`;
  if (terms.length === 1 || line.length <= WIDTH - 4) return [line];
  const [first, ...rest] = terms;
  const more = rest.map((term) => `    ${term.negative ? '-' : '+'} ${term.text}`);
  return [`${variable} = (`, `    ${signed(first!)}`, ...more, ')'];
}
