/** Random formulas of the grammar, and what they mean in plain dense matrices: an independent reading of the syntax. */
import fc from 'fast-check';
import type { Expression } from '#dist/plasticity/grammar.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';

type Shape = 'scalar' | 'post' | 'pre' | 'matrix';

const number = fc.integer({ min: -20, max: 20 }).map((n) => `${n < 0 ? `(-${-n / 10})` : n / 10}`);

/** A formula of the given shape, nested up to `depth` deep. Shapes fit by construction; W never meets W, or B. */
function expression(shape: Shape, depth: number, matrices: readonly string[]): fc.Arbitrary<string> {
  const leaf = {
    scalar: number,
    post: fc.constantFrom('y', 'e', 'z', 'one'),
    pre: fc.constantFrom('y_pre', 'e_pre', 'one_pre'),
    matrix: fc.oneof(
      fc.constantFrom(...matrices),
      fc
        .tuple(fc.constantFrom('y', 'e', 'z', 'one'), fc.constantFrom('y_pre', 'e_pre', 'one_pre'))
        .map(([u, v]) => `${u} ${v}'`),
    ),
  }[shape];
  if (depth === 0) return leaf;
  const sub = (s: Shape) => expression(s, depth - 1, matrices);
  const format = (text: string, ...parts: fc.Arbitrary<string>[]) =>
    fc
      .tuple(fc.constantFrom(...matrices), ...parts)
      .map(([matrix, ...values]) =>
        values.reduce((result, value) => result.replace('#', () => `(${value})`), text.replace('W', matrix)),
      );
  const common = [
    format('# + #', sub(shape), sub(shape)),
    format('# - #', sub(shape), sub(shape)),
    format('-#', sub(shape)),
    format('# #', sub('scalar'), sub(shape)),
    format('# * #', sub(shape), sub('scalar')),
  ];
  const special = {
    scalar: [
      format("#' #", sub('post'), sub('post')),
      format('#^T #', sub('pre'), sub('pre')),
      format('sum(#)', sub('post')),
      format('sum(#)', sub('matrix')),
      format("#' # #", sub('post'), sub('matrix'), sub('pre')),
    ],
    post: [
      format('# .* #', sub('post'), sub('post')),
      format('W #', sub('pre')),
      format('# #', sub('matrix'), sub('pre')),
    ],
    pre: [
      format('# .* #', sub('pre'), sub('pre')),
      format("W' #", sub('post')),
      format("#' #", sub('matrix'), sub('post')),
    ],
    matrix: [
      format("# #'", sub('post'), sub('pre')),
      format('# #^T', sub('post'), sub('pre')),
      format("(# #') W", sub('post'), sub('post')),
      format("W (# #')", sub('pre'), sub('pre')),
      format("(# #') .* (# #')", sub('post'), sub('pre'), sub('post'), sub('pre')),
    ],
  }[shape];
  return fc.oneof(...common, ...special, ...special, leaf);
}

/** A term's formula: post x pre. */
export const formula: fc.Arbitrary<string> = formulaWith('W');

/** A term's formula of these matrices. */
export function formulaWith(...matrices: string[]): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 3 }).chain((depth) => expression('matrix', depth, matrices));
}

/** Where a term applies, by a number: 0 everywhere, 31 `@each`, else the layers of its bits that there are. */
export const place = fc.oneof(fc.constantFrom(0, 31), fc.integer({ min: 1, max: 30 }));

/** `own@1,3 = …` of such a number in a network of so many layers. */
export function placedTerm(name: string, text: string, bits: number, layerCount: number): string {
  const layers = Array.from({ length: layerCount }, (_, l) => l + 1).filter((l) => bits & (1 << (l - 1)));
  return `${name}${bits === 31 ? '@each' : layers.length > 0 ? `@${layers.join()}` : ''} = ${text}`;
}

/** One to three formulas, each with its place. */
export const placedFormulas = fc.array(fc.tuple(formula, place), { minLength: 1, maxLength: 3 });

/** Their rule: terms t0, t1 … of a network with that many layers of weights. */
export function placedRule(formulas: readonly (readonly [string, number])[], layerCount: number): Rule {
  const terms = formulas.map(([text, bits], i) => placedTerm(`t${i}`, text, bits, layerCount));
  return parseRule(terms, { layerCount });
}

export type Dense = readonly (readonly number[])[];

/** The value of the syntax tree, matrix by matrix as written, with no algebra at all. */
export function denseValue(at: Expression, names: Readonly<Record<string, Dense>>): Dense {
  const value = (of: Expression) => denseValue(of, names);
  const zip = (a: Dense, b: Dense, f: (x: number, y: number) => number): Dense =>
    a.map((row, i) => row.map((x, j) => f(x, b[i]![j]!)));
  const isScalar = (m: Dense) => m.length === 1 && m[0]!.length === 1;
  const product = (a: Dense, b: Dense): Dense => {
    if (isScalar(a)) return b.map((row) => row.map((x) => a[0]![0]! * x));
    if (isScalar(b)) return product(b, a);
    return a.map((row) => b[0]!.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
  };
  switch (at.kind) {
    case 'number':
      return [[at.value]];
    case 'name':
      return names[at.name]!;
    case 'negate':
      return value(at.of).map((row) => row.map((x) => -x));
    case 'transpose': {
      const m = value(at.of);
      return m[0]!.map((_, j) => m.map((row) => row[j]!));
    }
    case 'call':
      return called(at.name, at.args.map(value));
    case 'power':
      return value(at.of).map((row) => row.map((x) => x ** at.exponent));
    case 'divide': {
      const [left, right] = [value(at.left), value(at.right)];
      const at0 = (m: Dense, i: number, j: number) => (isScalar(m) ? m[0]![0]! : m[i]![j]!);
      return (isScalar(left) ? right : left).map((row, i) => row.map((_, j) => at0(left, i, j) / at0(right, i, j)));
    }
    case 'add':
      return zip(value(at.left), value(at.right), (x, y) => x + y);
    case 'elementwise': {
      const [left, right] = [value(at.left), value(at.right)];
      return isScalar(left) || isScalar(right) ? product(left, right) : zip(left, right, (x, y) => x * y);
    }
    case 'product':
      return at.factors.map(value).reduce(product);
  }
}

const ELEMENT: Readonly<Record<string, (x: number) => number>> = {
  ...{ abs: Math.abs, sign: Math.sign, tanh: Math.tanh, exp: Math.exp, log: Math.log, sqrt: Math.sqrt },
  relu: (x) => Math.max(x, 0),
  step: (x) => (x > 0 ? 1 : 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  square: (x) => x ** 2,
  inv: (x) => 1 / x,
};

function called(name: string, [x, y]: readonly Dense[]): Dense {
  const all = x!.flat();
  const sum = all.reduce((a, b) => a + b, 0);
  if (name === 'sum') return [[sum]];
  if (name === 'mean') return [[sum / all.length]];
  if (name === 'norm') return [[Math.hypot(...all)]];
  if (name === 'max' || name === 'min') {
    const [long, short] = x!.length * x![0]!.length >= y!.length * y![0]!.length ? [x!, y!] : [y!, x!];
    const other = (i: number, j: number) => (short.length * short[0]!.length === 1 ? short[0]![0]! : short[i]![j]!);
    return long.map((row, i) => row.map((value, j) => Math[name](value, other(i, j))));
  }
  return x!.map((row) => row.map(ELEMENT[name]!));
}
