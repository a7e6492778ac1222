/** How each language writes the nodes of a program: a line a kind. Batches hold one sample a row. */
import type { Notation } from './code.js';
import { PYTHON } from './literals.js';

const SIGNS = { plus: ' + ', minus: ' - ' } as const;

/** The grammar of `--term`, for comments. */
export const FORMULA: Notation = {
  ...SIGNS,
  leaf: (leaf) => leaf,
  theta: (term) => `theta_${term}`,
  number: String,
  times: ' ',
  elementwise: ' .* ',
  dot: (a, b) => `${a}' ${b}`,
  sum: (x) => `sum(${x})`,
  forward: (M, x) => `${M} ${x}`,
  backward: (M, p) => `${M}' ${p}`,
};

/** Python's three array libraries differ in few words. */
function python(row: string): Notation {
  return {
    ...SIGNS,
    leaf: (leaf) => leaf,
    theta: (term) => `theta[${PYTHON.string(term)}]`,
    number: PYTHON.number,
    times: ' * ',
    elementwise: ' * ',
    dot: (a, b) => `(${a} * ${b}).sum(${row})`,
    sum: (x) => `${x}.sum(${row})`,
    forward: (M, x) => `${x} @ ${M}.T`,
    backward: (M, p) => `${p} @ ${M}`,
  };
}

export const NUMPY = python('-1, keepdims=True');
export const PYTORCH = python('-1, keepdim=True');
