/** A learned rule as equations in the paper's notation. */
import { type Expression, parseFormula } from '../plasticity/grammar.js';
import { MATRICES } from '../plasticity/program.js';
import { symbol as coefficientSymbol } from '../plasticity/symbol.js';
import { latexInitialiser } from './initialise.js';
import { type LearnedRule, layerGroups } from './learned.js';
import { LATEX } from './literals.js';

/** Symbols of the paper: bold letters, the layer below. */
const SYMBOLS: Readonly<Record<string, string>> = {
  y: '\\mathbf{y}_{\\ell}',
  e: '\\mathbf{e}_{\\ell}',
  z: '\\mathbf{z}_{\\ell}',
  one: '\\mathbf{1}',
  y_pre: '\\mathbf{y}_{\\ell-1}',
  e_pre: '\\mathbf{e}_{\\ell-1}',
  g: '\\mathbf{g}_{\\ell}',
  g_pre: '\\mathbf{g}_{\\ell-1}',
  xi: '\\boldsymbol{\\xi}_{\\ell}',
  r: 'r',
  p: 'p',
  loss: '\\mathcal{L}',
  one_pre: '\\mathbf{1}',
  W: '\\mathbf{W}_{\\ell-1,\\ell}',
  B: '\\mathbf{B}_{\\ell-1,\\ell}',
};

/** Direct feedback's matrices, which no formula has. */
const DIRECT = '\\mathbf{D}_{\\ell}';

/**
 * The update of each group of layers, what states become, the coefficients, as `align*` (amsmath), and how a network
 * starts. The same rule gives the same text.
 */
export function latexEquations(learned: LearnedRule): string {
  const { rule, theta, source } = learned;
  const { coefficients, constants, states } = rule;
  const hidden = (name: string) => constants.includes(name) || states.some(({ bare }) => bare === name);
  const read = (formula: string) =>
    renamed(
      parseFormula(formula, (name) => constants.includes(name)),
      hidden,
    );
  const equations = MATRICES.flatMap((matrix) => {
    const groups = layerGroups(learned, matrix);
    return groups.map(({ terms, layers }) => {
      const sum = terms.map(({ coefficient, formula }, i) =>
        term(symbol(coefficients[coefficient]!), read(formula), i === 0),
      );
      const where = groups.length > 1 ? ` && \\ell = ${layers.join(', ')}` : '';
      return `\\Delta ${SYMBOLS[matrix]} ={}& ${sum.join(' \\\\\n  & ') || '0'}${where}`;
    });
  });
  const kept = states.map(({ bare, formula, layers }) => {
    const where = layers ? ` && \\ell = ${layers.join(', ')}` : '';
    return `${LATEX.word(bare)} \\leftarrow{}& ${latex(read(formula))}${where}`;
  });
  const symbols = coefficients.map((name) => (constants.includes(name) ? LATEX.word(name) : symbol(name)));
  const values = symbols.map((name, i) => `${name} &= ${LATEX.number(theta[i]!)}`);
  return [
    ...source.map(([name, value]) => LATEX.comment(`${name}: ${value}`)),
    '\\begin{align*}',
    [...equations, ...kept].join(' \\\\\n'),
    '\\end{align*}',
    '\\begin{align*}',
    values.join(' \\\\\n'),
    '\\end{align*}',
    latexInitialiser(SYMBOLS.W!, learned.feedback === 'dfa' ? DIRECT : SYMBOLS.B!, learned),
    '',
  ].join('\n');
}

/** F2 is theta_2; F2@1,3 theta_{2}^{(1,3)}; B.F2 theta_2^B. */
function symbol(coefficient: string): string {
  const { index, above } = coefficientSymbol(coefficient);
  const below = /^\d+$/.test(index) ? index : LATEX.word(index);
  return `\\theta_{${below}}${above.length > 0 ? `^{${above.join()}}` : ''}`;
}

/** What hides a symbol of the paper is a word. */
function renamed(at: Expression, hidden: (name: string) => boolean): Expression {
  const of = (inner: Expression) => renamed(inner, hidden);
  switch (at.kind) {
    case 'number':
      return at;
    case 'name':
      return hidden(at.name) ? { ...at, name: `${at.name}\0` } : at;
    case 'negate':
    case 'transpose':
    case 'power':
      return { ...at, of: of(at.of) };
    case 'call':
      return { ...at, args: at.args.map(of) };
    case 'add':
    case 'elementwise':
    case 'divide':
      return { ...at, left: of(at.left), right: of(at.right) };
    case 'product':
      return { ...at, factors: at.factors.map(of) };
  }
}

function term(theta: string, formula: Expression, first: boolean): string {
  const negative = formula.kind === 'negate';
  const sign = negative ? '-' : first ? '' : '+';
  return `${sign} ${theta} ${bracket(negative ? formula.of : formula)}`.trim();
}

function latex(at: Expression): string {
  switch (at.kind) {
    case 'number':
      return LATEX.number(at.value);
    case 'name':
      return Object.hasOwn(SYMBOLS, at.name) ? SYMBOLS[at.name]! : LATEX.word(at.name.replace('\0', ''));
    case 'negate':
      return `-${bracket(at.of)}`;
    case 'transpose':
      return `${at.of.kind === 'name' ? latex(at.of) : `\\left( ${latex(at.of)} \\right)`}^{\\top}`;
    case 'call':
      return `\\operatorname{${at.name}}\\left( ${at.args.map(latex).join(', ')} \\right)`;
    case 'power':
      return `${at.of.kind === 'name' ? latex(at.of) : `\\left( ${latex(at.of)} \\right)`}^{\\odot ${at.exponent}}`;
    case 'divide':
      return at.each
        ? `${product(at.left)} \\oslash ${product(at.right)}`
        : `\\frac{${latex(at.left)}}{${latex(at.right)}}`;
    case 'add': {
      const [negative, right] = at.right.kind === 'negate' ? [true, at.right.of] : [false, at.right];
      return `${latex(at.left)} ${negative ? '-' : '+'} ${bracket(right)}`;
    }
    case 'elementwise':
      return `${product(at.left)} \\odot ${product(at.right)}`;
    case 'product':
      return at.factors.map(product).join(' ');
  }
}

/** As it stands behind a coefficient or a sign. */
function bracket(at: Expression): string {
  return at.kind === 'add' ||
    at.kind === 'negate' ||
    at.kind === 'elementwise' ||
    at.kind === 'divide' ||
    at.kind === 'number'
    ? `\\left( ${latex(at)} \\right)`
    : latex(at);
}

/** As it stands in a product. */
function product(at: Expression, i = 0): string {
  const bare =
    at.kind === 'name' ||
    at.kind === 'transpose' ||
    at.kind === 'call' ||
    at.kind === 'power' ||
    (at.kind === 'number' && i === 0);
  return bare ? latex(at) : `\\left( ${latex(at)} \\right)`;
}
