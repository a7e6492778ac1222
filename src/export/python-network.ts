/** What stands beside the rule in an exported Python module: the step of a whole network, and the self-test. */
import { MATRICES, type MatrixName } from '../plasticity/program.js';
import { type Rule, ruleUsesB } from '../plasticity/rule.js';
import { goldenStep } from './golden.js';
import { pythonInitialiser } from './initialise.js';
import { type LayerGroup, type LearnedRule, layerGroups } from './learned.js';
import type { Library } from './library.js';

/** The name of the function that changes W, or B, of these layers. */
export function ruleName({ layers }: LayerGroup, several: boolean, matrix: MatrixName): string {
  return `${matrix === 'B' ? 'feedback_' : ''}rule${several ? `_${layers[0]}` : ''}`;
}

/** The matrices that the rule is told of: B too where it changes or is in a formula. */
export const matrices = (rule: Rule): string => (ruleUsesB(rule) ? 'W, B' : 'W');

/** Where e_l comes from, l < L. */
export function feedbackEquation({ feedback }: LearnedRule): string {
  if (feedback === 'dfa') return "e_l = (D_l' e_L) .* g_l";
  return `e_l = (B_{l+1}' e_{l+1}) .* g_l${feedback === 'sign' ? ', B := sign(W) .* |B|' : ''}`;
}

/** One step from the activities y on: `W = update(W, y, errors(B, y, target))`. `given`: the feedback matrices. */
export function stepText({ rule, feedback }: LearnedRule, given: string, target: string): string {
  const B = feedback === 'sign' ? `signed(W, ${given})` : given;
  const told = ruleUsesB(rule) ? `W, ${B}` : 'W';
  return `${rule.feedback ? 'W, B' : 'W'} = update(${told}, y, errors(${B}, y, ${target}))`;
}

/** Changes of all layers, update, forward pass, errors, a new network. */
export function network(learned: LearnedRule, library: Library): string[] {
  const { softplus, softmax } = library;
  return [
    ...changes(learned, library),
    '',
    '',
    ...update(learned, library),
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
    ...errors(learned, library),
    '',
    '',
    ...pythonInitialiser(learned, library),
  ];
}

/** `changes`: dW, and dB where B learns, of all layers. */
function changes(learned: LearnedRule, { m }: Library): string[] {
  const { rule } = learned;
  const told = matrices(rule);
  const list = (matrix: MatrixName) => {
    const groups = layerGroups(learned, matrix);
    const several = groups.length > 1;
    const name = ruleName(groups[0]!, false, matrix);
    const perLayer = learned.layers
      .slice(1)
      .map((_, l) => ruleName(groups.find(({ layers }) => layers.includes(l + 1))!, several, matrix));
    const call = `${several ? `${name}s[l]` : name}(${told.replaceAll(/\w/g, '$&[l]')}, y[l + 1], e[l + 1], y[l], e[l])`;
    return {
      table: several ? [`${name}s = [${perLayer.join(', ')}]  # of layers 1 .. ${perLayer.length}`, '', ''] : [],
      changes: `[${call} for l in range(len(W))]`,
    };
  };
  const lists = (rule.feedback ? MATRICES : (['W'] as const)).map(list);
  const what = rule.feedback ? 'dW_1 .. dW_L and dB_1 .. dB_L' : 'dW_1 .. dW_L';
  const from = told.split(', ').map((matrix) => `${matrix}_1 .. ${matrix}_L`);
  return [
    '',
    '',
    ...lists.flatMap(({ table }) => table),
    `def changes(${told}, y, e):`,
    `    """${what} from ${from.join(', ')}, y_0 .. y_L and e_0 .. e_L: of one sample (vectors), or the mean over a batch."""`,
    `    y, e = [${m}.atleast_2d(v) for v in y], [${m}.atleast_2d(v) for v in e]`,
    ...(lists.length === 1
      ? [`    return ${lists[0]!.changes}`]
      : [`    dW = ${lists[0]!.changes}`, `    dB = ${lists[1]!.changes}`, '    return dW, dB']),
  ];
}

function update({ rule }: LearnedRule, { inPlace, decorator, returns }: Library): string[] {
  const told = matrices(rule);
  const learning = rule.feedback ? MATRICES : (['W'] as const);
  const sum = (matrix: MatrixName, change: string) => {
    const [M, dM] = [`${matrix}_l`, `d${matrix}_l`];
    const pairs = `${M}, ${dM} in zip(${matrix}, ${change})`;
    return inPlace ? [`for ${pairs}:`, `    ${M} += ${dM}`] : [`${matrix} = [${M} + ${dM} for ${pairs}]`];
  };
  const body =
    learning.length > 1
      ? [`dW, dB = changes(${told}, y, e)`, ...sum('W', 'dW'), ...sum('B', 'dB')]
      : sum('W', `changes(${told}, y, e)`);
  return [
    ...(decorator ? [decorator] : []),
    `def update(${told}, y, e):`,
    `    """${returns}"""`,
    ...[...body, `return ${learning.join(', ')}`].map((line) => `    ${line}`),
  ];
}

function errors({ feedback }: LearnedRule, { m }: Library): string[] {
  if (feedback === 'dfa')
    return [
      'def errors(D, y, target):',
      '    """e_0 .. e_L, straight from the output through D_0 .. D_{L-1}, n_L x n_l; target: one-hot."""',
      '    e_L = y[-1] - target',
      `    return [(e_L @ D_l) * -${m}.expm1(-beta * y_l) for D_l, y_l in zip(D, y)] + [e_L]`,
    ];
  const signed = [
    'def signed(W, B):',
    '    """The feedback matrices of this step: the sizes of B_1 .. B_L with the signs of W."""',
    `    return [abs(B_l) * ${m}.sign(W_l) for W_l, B_l in zip(W, B)]`,
    '',
    '',
  ];
  return [
    ...(feedback === 'sign' ? signed : []),
    'def errors(B, y, target):',
    '    """e_0 .. e_L through the feedback matrices B_1 .. B_L, shaped like W (B = W is backpropagation); target: one-hot."""',
    '    e = [y[-1] - target]',
    '    for B_l, y_pre in zip(reversed(B), reversed(y[:-1])):',
    `        e.insert(0, (e[0] @ B_l) * -${m}.expm1(-beta * y_pre))`,
    '    return e',
  ];
}

/** The golden step, and the program that repeats it. */
export function selfTest(learned: LearnedRule, { prelude, array }: Library): string[] {
  const values = goldenStep(learned);
  const feedback = values.B ? 'golden["B"]' : 'golden["W"]';
  const after = values.afterB ? '[*golden["after"], *golden["afterB"]]' : 'golden["after"]';
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
    `    after = [array(rows) for rows in ${after}]`,
    '    y = forward(W, array(golden["x"]))',
    `    ${stepText(learned, 'B', 'array(golden["target"])')}`,
    '    scale = max(1.0, *(float(abs(A).max()) for A in after))',
    `    differences = [float(abs(W_l - A).max()) for W_l, A in zip(${values.afterB ? '[*W, *B]' : 'W'}, after)]`,
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
