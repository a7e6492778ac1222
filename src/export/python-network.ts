/** What stands beside the rule in an exported Python module: the step of a whole network, and the self-test. */
import { FEEDBACK } from '../network/feedback.js';
import { MATRICES, type MatrixName } from '../plasticity/program.js';
import { changesB, ruleReads, ruleUsesB } from '../plasticity/rule.js';
import { goldenStep, isNoisy } from './golden.js';
import { pythonInitialiser } from './initialise.js';
import { type LayerGroup, type LearnedRule, layerGroups } from './learned.js';
import type { Library } from './library.js';
import { PYTHON } from './literals.js';

/** What a layer's functions work out. */
export type Result = MatrixName | 'states';

/** The name of the function that changes W, or B, or the states, of these layers. */
export function ruleName({ layers }: LayerGroup, several: boolean, result: Result): string {
  const name = { W: 'rule', B: 'feedback_rule', states: 'next_state' }[result];
  return `${name}${several ? `_${layers[0]}` : ''}`;
}

/** What the module works out. */
export const results = ({ rule }: Pick<LearnedRule, 'rule'>): Result[] => [
  'W',
  ...(changesB(rule) ? (['B'] as const) : []),
  ...(rule.states.length > 0 ? (['states'] as const) : []),
];

/** The matrices that the rule is told of: B too where it changes or is in a formula. */
export const matrices = ({ rule }: Pick<LearnedRule, 'rule'>): string => (ruleUsesB(rule) ? 'W, B' : 'W');

const OUTPUTS = ['r', 'p', 'loss'] as const;

/** What a layer's functions are told beside W, B, y, e, y_pre and e_pre, by name: other leaves, and states. */
export function more(learned: LearnedRule): string[] {
  const { rule, noise = 0 } = learned;
  const leaves = ['g', 'g_pre', ...OUTPUTS].filter((name) => ruleReads(rule, name));
  const noisy = ruleReads(rule, 'xi') || (noise > 0 && ruleReads(rule, 'z'));
  return [...leaves, ...(noisy ? ['xi'] : []), ...new Set(rule.states.map(({ bare }) => bare))];
}

/** What `changes` and `update` are told behind y and e. */
function extraArguments(learned: LearnedRule): string {
  const { rule } = learned;
  const names = more(learned);
  return [
    ...(rule.states.length > 0 ? ['state'] : []),
    ...(names.some((name) => OUTPUTS.some((output) => output === name)) ? ['target'] : []),
    ...(names.includes('xi') ? ['xi'] : []),
  ]
    .map((name) => `, ${name}`)
    .join('');
}

/** Where e_l comes from, l < L. */
export function feedbackEquation({ feedback }: LearnedRule): string {
  const { direct, signed } = FEEDBACK[feedback];
  if (direct) return "e_l = (D_l' e_L) .* g_l";
  return `e_l = (B_{l+1}' e_{l+1}) .* g_l${signed ? ', B := sign(W) .* |B|' : ''}`;
}

/** What `update` gives back. */
const updated = (learned: LearnedRule): string =>
  results(learned)
    .map((result) => (result === 'states' ? 'state' : result))
    .join(', ');

/** One step from the activities y on: `W = update(W, y, errors(B, y, target))`. `given`: the feedback matrices. */
export function stepText(learned: LearnedRule, given: string, target: string): string {
  const { rule, feedback } = learned;
  const B = FEEDBACK[feedback].signed ? `signed(W, ${given})` : given;
  const told = ruleUsesB(rule) ? `W, ${B}` : 'W';
  const extra = extraArguments(learned).replace('target', () => target);
  return `${updated(learned)} = update(${told}, y, errors(${B}, y, ${target})${extra})`;
}

/** How the activities are worked out: with the noise of the image where there is any. */
export const forwardText = ({ noise = 0 }: LearnedRule, x: string): string =>
  `forward(W, ${x}${noise > 0 ? ', xi' : ''})`;

/** Changes of all layers, update, forward pass, errors, a new network. */
export function network(learned: LearnedRule, library: Library): string[] {
  const { activation = 'softplus', noise = 0, rule } = learned;
  const { softmax } = library;
  const noisy = noise > 0;
  return [
    ...changes(learned, library),
    '',
    '',
    ...update(learned, library),
    '',
    '',
    `def ${activation}(z):`,
    `    return ${library.activation[activation]}`,
    '',
    '',
    ...slopes(learned, library),
    'def softmax(z):',
    ...softmax.map((line) => `    ${line}`),
    '',
    '',
    `def forward(W, x${noisy ? ', xi=None' : ''}):`,
    `    """y_0 .. y_L for inputs x in 0..1${noisy ? '; xi: standard normal noise of layers 1 .. L while learning' : ''}."""`,
    '    y = [x]',
    ...(noisy
      ? [
          '    for l, W_l in enumerate(W):',
          '        z = y[-1] @ W_l.T',
          '        if xi is not None:',
          `            z = z + ${PYTHON.number(noise)} * xi[l]`,
          `        y.append(${activation}(z) if l < len(W) - 1 else softmax(z))`,
        ]
      : [
          '    for W_l in W[:-1]:',
          `        y.append(${activation}(y[-1] @ W_l.T))`,
          '    y.append(softmax(y[-1] @ W[-1].T))',
        ]),
    '    return y',
    '',
    '',
    ...errors(learned, library),
    '',
    '',
    ...pythonInitialiser(learned, library),
    ...(rule.states.length > 0 ? ['', '', ...initialState(learned, library)] : []),
  ];
}

/** The slopes of the activations, written in y. */
function slopes({ activation = 'softplus' }: LearnedRule, { m }: Library): string[] {
  if (activation === 'softplus') return ['def slope(y):', `    return -${m}.expm1(-beta * y)`, '', ''];
  const text = {
    relu: '(y > 0) * 1.0',
    tanh: '1.0 - y * y',
    sigmoid: 'y * (1.0 - y)',
    identity: `${m}.ones_like(y)`,
  }[activation];
  return ['def slope(y):', `    return ${text}`, '', ''];
}

/** g of layer l's activities, in the expression of a list of them. */
const inputSlope = ({ activation = 'softplus' }: LearnedRule, m: string): string =>
  activation === 'softplus' ? 'slope(y[0])' : `${m}.ones_like(y[0])`;

/** `changes`: dW, dB where B learns, and the new states, of all layers. */
function changes(learned: LearnedRule, library: Library): string[] {
  const { m, keep } = library;
  const groups = layerGroups(learned);
  const several = groups.length > 1;
  const told = matrices(learned);
  const names = more(learned);
  const states = [...new Set(learned.rule.states.map(({ bare }) => bare))];
  const lists = results(learned).map((result) => {
    const name = ruleName(groups[0]!, false, result);
    const perLayer = learned.layers
      .slice(1)
      .map((_, l) => ruleName(groups.find(({ layers }) => layers.includes(l + 1))!, several, result));
    const extra = names.length > 0 ? ', **more[l]' : '';
    const call = `${several ? `${name}s[l]` : name}(${told.replaceAll(/\w/g, '$&[l]')}, y[l + 1], e[l + 1], y[l], e[l]${extra})`;
    return {
      table: several ? [`${name}s = [${perLayer.join(', ')}]  # of layers 1 .. ${perLayer.length}`, '', ''] : [],
      to: { W: 'dW', B: 'dB', states: 'new' }[result],
      changes:
        result === 'states' ? `[{**state[l], **${call}} for l in range(len(W))]` : `[${call} for l in range(len(W))]`,
    };
  });
  const what = { W: 'dW_1 .. dW_L', B: 'dB_1 .. dB_L', states: 'the new states' };
  const from = told.split(', ').map((matrix) => `${matrix}_1 .. ${matrix}_L`);
  const value: Readonly<Record<string, string>> = {
    g: `slope(y[l + 1]) if l < len(W) - 1 else ${m}.ones_like(y[l + 1])`,
    g_pre: `slope(y[l]) if l > 0 else ${inputSlope(learned, m)}`,
    xi: `${m}.atleast_2d(xi[l])`,
  };
  const outputs = names.some((name) => OUTPUTS.some((output) => output === name));
  const entries = names.filter((name) => !states.includes(name)).map((name) => `${name}=${value[name] ?? name}`);
  const each = [...entries, ...(states.length > 0 ? ['**state[l]'] : [])].join(', ');
  return [
    '',
    '',
    ...lists.flatMap(({ table }) => table),
    `def changes(${told}, y, e${extraArguments(learned)}):`,
    `    """${results(learned)
      .map((result) => what[result])
      .join(
        ' and ',
      )} from ${from.join(', ')}, y_0 .. y_L and e_0 .. e_L: of one sample (vectors)${states.length > 0 ? '' : ', or the mean over a batch'}."""`,
    `    y, e = [${m}.atleast_2d(v) for v in y], [${m}.atleast_2d(v) for v in e]`,
    ...(states.length > 0
      ? ['    if len(y[0]) > 1:', '        raise ValueError("a rule with states learns from one sample at a time")']
      : []),
    ...(outputs
      ? [
          `    target = ${m}.atleast_2d(target)`,
          `    p = (y[-1] * target).sum(-1, ${keep})`,
          `    loss = -${m}.log(p)`,
          `    r = (y[-1].argmax(-1, ${keep}) == target.argmax(-1, ${keep})) * 1.0`,
        ]
      : []),
    ...(names.length > 0 ? [`    more = [dict(${each}) for l in range(len(W))]`] : []),
    ...(lists.length === 1
      ? [`    return ${lists[0]!.changes}`]
      : [
          ...lists.map(({ to, changes }) => `    ${to} = ${changes}`),
          `    return ${lists.map(({ to }) => to).join(', ')}`,
        ]),
  ];
}

function update(learned: LearnedRule, { inPlace, decorator, returns }: Library): string[] {
  const told = matrices(learned);
  const all = results(learned);
  const extra = extraArguments(learned);
  const learning = MATRICES.filter((matrix) => all.includes(matrix));
  const sum = (matrix: MatrixName, change: string) => {
    const [M, dM] = [`${matrix}_l`, `d${matrix}_l`];
    const pairs = `${M}, ${dM} in zip(${matrix}, ${change})`;
    return inPlace ? [`for ${pairs}:`, `    ${M} += ${dM}`] : [`${matrix} = [${M} + ${dM} for ${pairs}]`];
  };
  const to = all.map((result) => ({ W: 'dW', B: 'dB', states: 'state' })[result]);
  const body =
    all.length > 1
      ? [
          `${to.join(', ')} = changes(${told}, y, e${extra})`,
          ...learning.flatMap((matrix) => sum(matrix, `d${matrix}`)),
        ]
      : sum('W', `changes(${told}, y, e${extra})`);
  return [
    ...(decorator ? [decorator] : []),
    `def update(${told}, y, e${extra}):`,
    `    """${returns}"""`,
    ...[...body, `return ${updated(learned)}`].map((line) => `    ${line}`),
  ];
}

/** `initial_state`: zeros. */
function initialState({ rule }: LearnedRule, { zeros }: Library): string[] {
  const shapes = { scalar: '(1, 1)', post: '(1, W_l.shape[0])', pre: '(1, W_l.shape[1])', matrix: 'tuple(W_l.shape)' };
  const states = new Map(rule.states.map(({ bare, shape }) => [bare, shape]));
  const entries = [...states].map(([name, shape]) => `${name}=${zeros(shapes[shape])}`);
  return [
    'def initial_state(W):',
    '    """The states of layers 1 .. L before the first sample: 0."""',
    `    return [dict(${entries.join(', ')}) for W_l in W]`,
  ];
}

function errors(learned: LearnedRule, { m }: Library): string[] {
  const { direct, signed } = FEEDBACK[learned.feedback];
  const plain = (learned.activation ?? 'softplus') === 'softplus';
  if (direct)
    return [
      'def errors(D, y, target):',
      '    """e_0 .. e_L, straight from the output through D_0 .. D_{L-1}, n_L x n_l; target: one-hot."""',
      '    e_L = y[-1] - target',
      plain
        ? '    return [(e_L @ D_l) * slope(y_l) for D_l, y_l in zip(D, y)] + [e_L]'
        : '    return [(e_L @ D_l) * (slope(y_l) if l > 0 else 1.0) for l, (D_l, y_l) in enumerate(zip(D, y))] + [e_L]',
    ];
  const signs = [
    'def signed(W, B):',
    '    """The feedback matrices of this step: the sizes of B_1 .. B_L with the signs of W."""',
    `    return [abs(B_l) * ${m}.sign(W_l) for W_l, B_l in zip(W, B)]`,
    '',
    '',
  ];
  return [
    ...(signed ? signs : []),
    'def errors(B, y, target):',
    '    """e_0 .. e_L through the feedback matrices B_1 .. B_L, shaped like W (B = W is backpropagation); target: one-hot."""',
    '    e = [y[-1] - target]',
    ...(plain
      ? [
          '    for B_l, y_pre in zip(reversed(B), reversed(y[:-1])):',
          '        e.insert(0, (e[0] @ B_l) * slope(y_pre))',
        ]
      : [
          '    for l in reversed(range(len(B))):',
          '        e.insert(0, (e[0] @ B[l]) * (slope(y[l]) if l > 0 else 1.0))',
        ]),
    '    return e',
  ];
}

/** The golden step, and the program that repeats it. */
export function selfTest(learned: LearnedRule, { prelude, array }: Library): string[] {
  const values = goldenStep(learned);
  const feedback = values.B ? 'golden["B"]' : 'golden["W"]';
  const states = learned.rule.states.length > 0;
  const arrays = (name: string) => `[{k: array(v) for k, v in layer.items()} for layer in golden["${name}"]]`;
  const found = ['*W', ...(values.afterB ? ['*B'] : [])];
  const expected = ['*golden["after"]', ...(values.afterB ? ['*golden["afterB"]'] : [])];
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
    ...(isNoisy(learned) ? ['    xi = [array(row) for row in golden["xi"]]'] : []),
    ...(states ? [`    state = [{**zero, **given} for zero, given in zip(initial_state(W), ${arrays('state')})]`] : []),
    `    after = [array(rows) for rows in ${expected.length > 1 ? `[${expected.join(', ')}]` : 'golden["after"]'}]`,
    `    y = ${forwardText(learned, 'array(golden["x"])')}`,
    `    ${stepText(learned, 'B', 'array(golden["target"])')}`,
    `    found = ${found.length > 1 ? `[${found.join(', ')}]` : 'list(W)'}`,
    ...(states
      ? [
          `    for layer, expected in zip(state, ${arrays('afterState')}):`,
          '        found += [layer[k] for k in expected]',
          '        after += list(expected.values())',
        ]
      : []),
    '    scale = max(1.0, *(float(abs(A).max()) for A in after))',
    '    differences = [float(abs(W_l - A).max()) for W_l, A in zip(found, after)]',
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

type Golden = number | readonly Golden[] | { readonly [name: string]: Golden };

/** Numbers, lists and dictionaries as Python writes them, too. */
function literal(value: Golden): string {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([name, of]) => `${PYTHON.string(name)}: ${literal(of)}`)
    .join(', ')}}`;
}

function goldenLines(name: string, value: Golden): string[] {
  if (!Array.isArray(value) || typeof value[0] === 'number') return [`    "${name}": ${literal(value)},`];
  const element = (of: Golden) =>
    Array.isArray(of) && Array.isArray(of[0])
      ? ['        [', ...of.map((row) => `            ${literal(row)},`), '        ],']
      : [`        ${literal(of)},`];
  return [`    "${name}": [`, ...value.flatMap(element), '    ],'];
}
