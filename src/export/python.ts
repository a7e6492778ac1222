/** A learned rule as a Python module of its own: NumPy, JAX or PyTorch. */
import type { Leaf } from '../plasticity/program.js';
import { atom, type Code, factor, product, signed, sum, type Text, writeProgram } from './code.js';
import { goldenStep } from './golden.js';
import { type LayerGroup, type LearnedRule, layerGroups } from './learned.js';
import { FORMULA, NUMPY, PYTORCH, pythonNumber } from './notation.js';

const WIDTH = 100;

/** What differs between the libraries. */
interface Library {
  readonly imports: readonly string[];
  /** The module of array functions. */
  readonly m: string;
  readonly notation: typeof NUMPY;
  /** Expressions of z. */
  readonly softplus: string;
  readonly softmax: readonly string[];
  /** Body of update(). */
  readonly update: readonly string[];
  readonly decorator?: string;
  /** What update does with the given matrices. */
  readonly returns: string;
  /** Double precision: how to ask for it, and a matrix of a list. */
  readonly prelude?: string;
  readonly array: string;
}

const CHANGED = 'return [W_l + dW_l for W_l, dW_l in zip(W, changes(W, y, e))]';

export const LIBRARIES = {
  numpy: {
    imports: ['import numpy as np'],
    m: 'np',
    notation: NUMPY,
    softplus: 'np.logaddexp(0.0, beta * z) / beta',
    softmax: ['p = np.exp(z - z.max(-1, keepdims=True))', 'return p / p.sum(-1, keepdims=True)'],
    update: [CHANGED],
    returns: 'The matrices after one step, as a new list.',
    array: 'np.array(rows)',
  },
  jax: {
    imports: ['import jax', 'import jax.numpy as jnp'],
    m: 'jnp',
    notation: NUMPY,
    softplus: 'jnp.logaddexp(0.0, beta * z) / beta',
    softmax: ['return jax.nn.softmax(z, axis=-1)'],
    update: [CHANGED],
    returns: 'The matrices after one step, as a new list.',
    prelude: 'jax.config.update("jax_enable_x64", True)',
    array: 'jnp.array(rows)',
  },
  pytorch: {
    imports: ['import torch'],
    m: 'torch',
    notation: PYTORCH,
    softplus: 'torch.logaddexp(torch.zeros_like(z), beta * z) / beta',
    softmax: ['return torch.softmax(z, dim=-1)'],
    update: ['for W_l, dW_l in zip(W, changes(W, y, e)):', '    W_l += dW_l', 'return W'],
    decorator: '@torch.no_grad()',
    returns: 'One step: changes the matrices in place (parameters of modules too) and returns them.',
    array: 'torch.tensor(rows, dtype=torch.float64)',
  },
} as const satisfies Readonly<Record<string, Library>>;

/**
 * The module's text. The same rule gives the same text.
 * @throws RangeError where one step with the coefficients is not finite.
 */
export function pythonModule(learned: LearnedRule, target: keyof typeof LIBRARIES): string {
  const library: Library = LIBRARIES[target];
  const groups = layerGroups(learned);
  const rules = groups.flatMap((group) => ['', '', ...ruleFunction(group, groups.length > 1, learned, library)]);
  const parts = [heading(learned, library), rules, network(groups, learned, library), selfTest(learned, library)];
  return `${parts.flat().join('\n')}\n`;
}

function heading({ rule, theta, beta, source }: LearnedRule, { imports }: Library): string[] {
  const width = Math.max(...source.map(([name]) => name.length)) + 2;
  return [
    ...source.map(([name, value]) => `# ${name.padEnd(width)}${oneLine(value)}`),
    '#',
    "# z_l = W_l y_{l-1}, y_l = softplus(z_l), y_L = softmax(z_L); e_L = y_L - target, e_l = (B_{l+1}' e_{l+1}) .* g_l.",
    "# Each W_l, n_l x n_{l-1}, changes by the sum of theta * term (' transposes, _pre is layer l-1). Here samples are rows:",
    '# arrays are batch x n. This file tests itself: run it with Python.',
    'import sys',
    '',
    ...imports,
    '',
    'theta = {',
    ...rule.terms.map(({ name, formula }, i) => `    "${name}": ${pythonNumber(theta[i]!)},  # ${oneLine(formula)}`),
    '}',
    `beta = ${pythonNumber(beta)}  # sharpness of the softplus`,
  ];
}

/** A comment must not end before it should. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');

const ruleName = ({ layers }: LayerGroup, several: boolean): string => (several ? `rule_${layers[0]}` : 'rule');

/** What a layer's leaves are, where they are not arguments. */
const leafText = (m: string): Partial<Record<Leaf, string>> => ({
  z: 'y_pre @ W.T',
  one: `${m}.ones_like(y)`,
  one_pre: `${m}.ones_like(y_pre)`,
});

function ruleFunction(group: LayerGroup, several: boolean, { rule }: LearnedRule, { m, notation }: Library): string[] {
  const terms = rule.terms.map(({ name }) => name);
  const code = writeProgram(group.program, notation, terms);
  const formulas = writeProgram(group.program, FORMULA, terms);
  const leaves = leafText(m);
  const lines = code.definitions.flatMap((definition, i) => {
    if ('leaf' in definition) {
      const text = leaves[definition.leaf];
      return text === undefined ? [] : [`${definition.leaf} = ${text}`];
    }
    const formula = formulas.definitions[i]!;
    const comment = 'text' in formula ? `  # ${signed(formula.text)}` : '';
    return `${definition.name} = ${signed(definition.text)}${comment}`;
  });
  const where = several ? ` (layer${group.layers.length > 1 ? 's' : ''} ${group.layers.join(', ')})` : '';
  return [
    `def ${ruleName(group, several)}(W, y, e, y_pre, e_pre):`,
    `    """Change of one layer's W${where}: the mean over the rows, all with the W from before."""`,
    ...[...lines, ...updateLines(code, m)].map((line) => `    ${line}`),
  ];
}

/** dW = sum_u U_u R_u' + a W */
function updateLines({ update, decay }: Code, m: string): string[] {
  const lines = update.flatMap(({ u, terms }) => breakSum(`R_${u}`, terms));
  const outer = update.map(({ u }) => `${u}.T @ R_${u}`).join(' + ');
  const mean = update.length > 1 ? `(${outer}) / len(y)` : `${outer} / len(y)`;
  const parts = update.length > 0 ? [atom(mean)] : [];
  if (decay) {
    const a = decay.perSample ? atom(`${factor(decay)}.mean()`) : decay;
    parts.push(product(a, atom('W'), ' * '));
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

function network(groups: readonly LayerGroup[], { layers }: LearnedRule, library: Library): string[] {
  const { m, softplus, softmax, update, decorator, returns } = library;
  const several = groups.length > 1;
  const perLayer = layers
    .slice(1)
    .map((_, l) => ruleName(groups.find((group) => group.layers.includes(l + 1))!, several));
  const choose = several ? 'rules[l](W[l]' : 'rule(W[l]';
  return [
    '',
    '',
    ...(several ? [`rules = [${perLayer.join(', ')}]  # of layers 1 .. ${perLayer.length}`, '', ''] : []),
    'def changes(W, y, e):',
    '    """dW_1 .. dW_L from W_1 .. W_L, y_0 .. y_L and e_0 .. e_L: of one sample (vectors), or the mean over a batch."""',
    `    y, e = [${m}.atleast_2d(v) for v in y], [${m}.atleast_2d(v) for v in e]`,
    `    return [${choose}, y[l + 1], e[l + 1], y[l], e[l]) for l in range(len(W))]`,
    '',
    '',
    ...(decorator ? [decorator] : []),
    'def update(W, y, e):',
    `    """${returns}"""`,
    ...update.map((line) => `    ${line}`),
    '',
    '',
    'def softplus(z):',
    `    return ${softplus}`,
    '',
    '',
    'def softmax(z):',
    ...softmax.map((line) => `    ${line}`),
    '',
    '',
    'def forward(W, x):',
    '    """y_0 .. y_L for inputs x in 0..1."""',
    '    y = [x]',
    '    for W_l in W[:-1]:',
    '        y.append(softplus(y[-1] @ W_l.T))',
    '    y.append(softmax(y[-1] @ W[-1].T))',
    '    return y',
    '',
    '',
    'def errors(B, y, target):',
    '    """e_0 .. e_L through the feedback matrices B_1 .. B_L, shaped like W (B = W is backpropagation); target: one-hot."""',
    '    e = [y[-1] - target]',
    '    for B_l, y_pre in zip(reversed(B), reversed(y[:-1])):',
    `        e.insert(0, (e[0] @ B_l) * -${m}.expm1(-beta * y_pre))`,
    '    return e',
  ];
}

function selfTest(learned: LearnedRule, { prelude, array }: Library): string[] {
  const { B, ...golden } = goldenStep(learned);
  const values = { ...golden, ...(B && { B }) };
  const feedback = B ? 'golden["B"]' : 'golden["W"]';
  return [
    '',
    '',
    '# One step of the reference engine (float64).',
    'golden = {',
    ...Object.entries(values).flatMap(([name, value]) => goldenLines(name, value)),
    '}',
    '',
    '',
    'def self_test():',
    '    """Largest error against the reference engine, relative to the largest weight."""',
    ...(prelude ? [`    ${prelude}`] : []),
    '    def array(rows):',
    `        return ${array}`,
    '',
    '    W = [array(rows) for rows in golden["W"]]',
    `    B = [array(rows) for rows in ${feedback}]`,
    '    after = [array(rows) for rows in golden["after"]]',
    '    y = forward(W, array(golden["x"]))',
    '    W = update(W, y, errors(B, y, array(golden["target"])))',
    '    scale = max(1.0, *(float(abs(A).max()) for A in after))',
    '    differences = [float(abs(W_l - A).max()) for W_l, A in zip(W, after)]',
    '    # A NaN is the largest of all.',
    '    return max(differences, key=lambda d: (d != d, d)) / scale',
    '',
    '',
    'if __name__ == "__main__":',
    '    worst = self_test()',
    '    print(f"largest error against the reference engine: {worst:.2g}")',
    '    sys.exit(0 if worst <= 1e-12 else 1)',
  ];
}

function goldenLines(name: string, value: readonly number[] | readonly number[][][]): string[] {
  const list = (values: readonly number[]) => `[${values.join(', ')}]`;
  if (!value.every(Array.isArray)) return [`    "${name}": ${list(value as readonly number[])},`];
  const matrix = (rows: readonly number[][]) => [
    '        [',
    ...rows.map((row) => `            ${list(row)},`),
    '        ],',
  ];
  return [`    "${name}": [`, ...(value as readonly number[][][]).flatMap(matrix), '    ],'];
}
