/** How each language writes the nodes of a program: a line a kind. Batches hold one sample a row. */
import type { FunctionName } from '../plasticity/functions.js';
import type { Notation } from './code.js';
import { PYTHON } from './literals.js';

const SIGNS = { plus: ' + ', minus: ' - ' } as const;

/** The grammar of `--term`, for comments. */
export const FORMULA: Notation = {
  ...SIGNS,
  leaf: (leaf) => (leaf === 'drive' ? '(W y_pre)' : leaf),
  theta: (term) => `theta_${term}`,
  number: String,
  times: ' ',
  elementwise: ' .* ',
  dot: (a, b) => `${a}' ${b}`,
  sum: (x) => `sum(${x})`,
  forward: (N, x) => `${bracketed(N, ' .* ')} ${x}`,
  backward: (N, p) => `${bracketed(N, ' .* ')}' ${p}`,
  apply: (f, x) => `${f}(${x})`,
  extreme: (op, a, b) => `${op}(${a}, ${b})`,
};

function bracketed(N: readonly string[], times: string): string {
  return N.length > 1 ? `(${N.join(times)})` : N[0]!;
}

/** Functions of arrays; `m` is the library. */
const calls = (m: string, x: (argument: string) => string) =>
  ({
    relu: (a) => `${m}.where(${x(a)} > 0, ${x(a)}, 0.0)`,
    abs: (a) => `${m}.abs(${x(a)})`,
    sign: (a) => `${m}.sign(${x(a)})`,
    step: (a) => `((${x(a)} > 0) * 1.0)`,
    tanh: (a) => `${m}.tanh(${x(a)})`,
    sigmoid: (a) => `(1.0 / (1.0 + ${m}.exp(-(${x(a)}))))`,
    exp: (a) => `${m}.exp(${x(a)})`,
    log: (a) => `${m}.log(${x(a)})`,
    sqrt: (a) => `${m}.sqrt(${x(a)})`,
    inv: (a) => `(1.0 / (${x(a)}))`,
  }) satisfies Readonly<Record<FunctionName, (a: string) => string>>;

/** Python's three array libraries differ in few words. */
function python(row: string, m: string, x: (argument: string) => string): Notation {
  const functions = calls(m, x);
  return {
    ...SIGNS,
    leaf: (leaf) => leaf,
    theta: (term) => `theta[${PYTHON.string(term)}]`,
    number: PYTHON.number,
    times: ' * ',
    elementwise: ' * ',
    dot: (a, b) => `(${a} * ${b}).sum(${row})`,
    sum: (x) => `${x}.sum(${row})`,
    forward: (N, x) => `${x} @ ${bracketed(N, ' * ')}.T`,
    backward: (N, p) => `${p} @ ${bracketed(N, ' * ')}`,
    apply: (f, a) => functions[f](a),
    extreme: (op, a, b) => `${m}.${op}imum(${x(a)}, ${x(b)})`,
  };
}

/** Numbers are no tensors, which PyTorch's functions ask for: `tensor` of the module makes them so. */
export const NUMPY = python('-1, keepdims=True', 'np', (a) => a);
export const JAX = python('-1, keepdims=True', 'jnp', (a) => a);
export const PYTORCH = python('-1, keepdim=True', 'torch', (a) => `tensor(${a})`);
