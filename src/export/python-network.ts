/** What stands beside the rule in an exported Python module: the step of a whole network, and the self-test. */
import { goldenStep } from './golden.js';
import type { LayerGroup, LearnedRule } from './learned.js';
import type { Library } from './library.js';

/** The name of the function that changes these layers. */
export const ruleName = ({ layers }: LayerGroup, several: boolean): string => (several ? `rule_${layers[0]}` : 'rule');

/** Changes of all layers, update, forward pass, errors. */
export function network(groups: readonly LayerGroup[], { layers }: LearnedRule, library: Library): string[] {
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

/** The golden step, and the program that repeats it. */
export function selfTest(learned: LearnedRule, { prelude, array }: Library): string[] {
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
