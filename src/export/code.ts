/**
 * Program -> text in some notation. What is used once is written where it is used; products with W, scalar products and
 * what is used more often get a name and a line of their own.
 */
import type { FunctionName } from '../plasticity/functions.js';
import { isScaling, type Node, operands, type Part, type Program, type Shape } from '../plasticity/program.js';

/** An expression: its sign apart, and how tightly it binds. In a sum, the sign is that of its first term. */
export interface Text {
  readonly negative: boolean;
  readonly text: string;
  readonly level: 'sum' | 'product' | 'atom';
}

/** How a notation writes each kind of node; arguments are ready to stand in a product. */
export interface Notation {
  leaf(name: string): string;
  theta(coefficient: string): string;
  number(magnitude: number): string;
  readonly plus: string;
  readonly minus: string;
  /** Between a scalar and what it multiplies, and between two vectors. */
  readonly times: string;
  readonly elementwise: string;
  /** a'b; `sum` for a vector of ones and x. */
  dot(a: string, b: string): string;
  sum(x: string): string;
  /** P x and P'p, P being the element-wise product of matrices. */
  forward(N: readonly string[], x: string): string;
  backward(N: readonly string[], p: string): string;
  apply(f: FunctionName, x: string): string;
  extreme(op: 'max' | 'min', a: string, b: string): string;
}

/** A part of a matrix's next value: sum_u U_u R_u' or one number, times the matrices N. */
export interface PartText {
  readonly N: readonly string[];
  /** The post-synaptic factors, each with the terms of its R_u. */
  readonly update: readonly { readonly u: string; readonly terms: readonly Text[] }[];
  /** One number, where that is all that the matrices are multiplied by; `perSample` where it depends on activity. */
  readonly scale?: Text & { readonly perSample: boolean };
}

/** A program as text: definitions in order, then what quantities become; of W and B, the change. */
export interface Code {
  /** `leaf`: a quantity of the layer that is needed; `name`: a result. */
  readonly definitions: readonly (
    | { readonly leaf: string }
    | { readonly name: string; readonly text: Text; readonly shape: Shape }
  )[];
  readonly next: Readonly<Record<string, Text | readonly PartText[]>>;
}

const LETTER: Readonly<Record<Shape, string>> = { scalar: 's', post: 'p', pre: 'q' };

/**
 * Writes a program in a notation. Names are the same in every notation: s, p, q for scalars, post- and pre-synaptic
 * vectors, numbered where there is more than one.
 * @param names of the rule's coefficients
 * @param taken names that mean something else
 */
export function writeProgram(
  program: Program,
  notation: Notation,
  names: readonly string[],
  taken: readonly string[] = [],
): Code {
  const { nodes } = program;
  const named = namedNodes(program);
  const namesOf: Record<Shape, number> = { scalar: 0, post: 0, pre: 0 };
  const nextName = (shape: Shape): string => {
    const single = named.filter((i) => nodes[i]!.shape === shape).length === 1;
    const name = `${LETTER[shape]}${single ? '' : ++namesOf[shape]}`;
    return taken.includes(name) ? `${name}_` : name;
  };
  const definitions: Code['definitions'][number][] = [];
  const done = new Map<number, Text>();

  const isOnes = (node: Node) => node.op === 'quantity' && (node.name === 'one' || node.name === 'one_pre');
  const dot = (a: number, b: number): string => {
    if (isOnes(nodes[a]!)) return notation.sum(factor(write(b)));
    if (isOnes(nodes[b]!)) return notation.sum(factor(write(a)));
    return notation.dot(factor(write(a)), factor(write(b)));
  };
  const multiply = (a: number, b: number): Text => {
    if (isMinusOne(nodes[a]!)) return negate(write(b));
    const vectors = nodes[a]!.shape !== 'scalar' && nodes[b]!.shape !== 'scalar';
    return product(write(a), write(b), vectors ? notation.elementwise : notation.times);
  };

  function express(node: Node): Text {
    switch (node.op) {
      case 'quantity':
        if (!definitions.some((known) => 'leaf' in known && known.leaf === node.name))
          definitions.push({ leaf: node.name });
        return atom(notation.leaf(node.name));
      case 'theta':
        return atom(notation.theta(names[node.index]!));
      case 'const':
        return { ...atom(notation.number(Math.abs(node.value))), negative: node.value < 0 };
      case 'add':
        return sum(write(node.a), write(node.b), notation);
      case 'mul':
        return multiply(node.a, node.b);
      case 'dot':
        return atom(dot(node.a, node.b));
      case 'times': {
        const text = (node.shape === 'post' ? notation.forward : notation.backward)(node.N, factor(write(node.a)));
        return { ...atom(text), level: 'product' };
      }
      case 'apply':
        return atom(notation.apply(node.f, signed(write(node.a))));
      case 'max':
      case 'min':
        return atom(notation.extreme(node.op, signed(write(node.a)), signed(write(node.b))));
    }
  }

  function write(i: number): Text {
    const known = done.get(i);
    if (known) return known;
    let text = express(nodes[i]!);
    if (named.includes(i)) {
      const { shape } = nodes[i]!;
      const name = nextName(shape);
      definitions.push({ name, text, shape });
      text = atom(name);
    }
    done.set(i, text);
    return text;
  }

  const partText = (part: Part, name: string): PartText => {
    const { N, U, V, C } = part;
    // Of what W and B become, 1 + a times themselves, the change is written: a.
    const isOwn = isChange(name) && N.join() === name;
    const without1 = (c: number): number => {
      const node = nodes[c]!;
      return node.op === 'add' ? (isOne(nodes[node.a]!) ? node.b : node.a) : -1;
    };
    const changes = C.map((row, u) =>
      row.map((c, v) => (isOwn && c >= 0 && isScaling({ U: [U[u]!], V: [V[v]!] }, nodes) ? without1(c) : c)),
    );
    if (N.length > 0 && isScaling(part, nodes)) {
      const c = changes[0]![0]!;
      const scale = c < 0 ? atom(notation.number(0)) : write(c);
      return { N, update: [], scale: { ...scale, perSample: c >= 0 && dependsOnActivity(nodes, c) } };
    }
    const update = U.flatMap((u, i) => {
      const terms = changes[i]!.flatMap((c, v) => (c < 0 ? [] : multiply(c, V[v]!)));
      return terms.length > 0 ? [{ u: write(u).text, terms }] : [];
    });
    return { N, update };
  };
  const next = Object.entries(program.next).map(([name, to]) => {
    if (typeof to === 'number') return [name, write(to)] as const;
    const parts = to.map((part) => partText(part, name));
    return [
      name,
      parts.filter(({ scale }) => !(scale && isChange(name) && scale.text === notation.number(0))),
    ] as const;
  });
  return { definitions, next: Object.fromEntries(next) };
}

/** Are changes of it written, not what it becomes? */
const isChange = (name: string): boolean => name === 'W' || name === 'B';

const isOne = (node: Node): boolean => node.op === 'const' && node.value === 1;

export const atom = (text: string): Text => ({ negative: false, text, level: 'atom' });

/** With its sign in front. */
export const signed = ({ negative, text }: Text): string => (negative ? `-${text}` : text);

/** As it stands in a product: sums, and what has a sign, in brackets. */
export const factor = (x: Text): string => (x.level === 'atom' && !x.negative ? x.text : `(${signed(x)})`);

export function sum(a: Text, b: Text, { plus, minus }: Pick<Notation, 'plus' | 'minus'>): Text {
  return { negative: a.negative, text: `${a.text}${b.negative ? minus : plus}${b.text}`, level: 'sum' };
}

const bracketSum = (x: Text): Text => (x.level === 'sum' ? atom(`(${signed(x)})`) : x);

function negate(x: Text): Text {
  const whole = bracketSum(x);
  return { ...whole, negative: !whole.negative };
}

/** The signs of both factors become one in front. */
export function product(a: Text, b: Text, times: string): Text {
  const [left, right] = [bracketSum(a), bracketSum(b)];
  return { negative: left.negative !== right.negative, text: left.text + times + right.text, level: 'product' };
}

function dependsOnActivity(nodes: readonly Node[], i: number): boolean {
  const node = nodes[i]!;
  if (node.op === 'quantity' || node.op === 'dot' || node.op === 'times') return true;
  return operands(node).some((a) => dependsOnActivity(nodes, a));
}

/** The nodes that get a line of their own. */
function namedNodes({ nodes, next }: Program): number[] {
  const uses = new Map<number, number>();
  const use = (i: number, times = 1) => uses.set(i, (uses.get(i) ?? 0) + times);
  for (const a of nodes.flatMap(operands)) use(a);
  const parts = Object.values(next).flatMap((to) => (typeof to === 'number' ? [] : to));
  for (const { V, C } of parts) {
    V.forEach((v, j) => {
      use(v, C.filter((row) => row[j]! >= 0).length);
    });
    for (const c of C.flat()) if (c >= 0) use(c);
  }
  for (const to of Object.values(next)) if (typeof to === 'number') use(to);
  const U = parts.flatMap((part) => part.U);
  const isNamed = (i: number): boolean => {
    const node = nodes[i]!;
    if (node.op === 'times' || node.op === 'dot') return true;
    if (operands(node).length === 0) return false;
    return U.includes(i) || (uses.get(i)! > 1 && !(node.op === 'mul' && isMinusOne(nodes[node.a]!)));
  };
  return nodes.flatMap((_, i) => (isNamed(i) ? [i] : []));
}

const isMinusOne = (node: Node): boolean => node.op === 'const' && node.value === -1;
