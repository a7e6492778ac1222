/**
 * Program -> text in some notation. What is used once is written where it is used; products with W, scalar products and
 * what is used more often get a name and a line of their own.
 */
import type { Leaf, MatrixName, Node, Program, Shape } from '../plasticity/program.js';

/** An expression: its sign apart, and how tightly it binds. In a sum, the sign is that of its first term. */
export interface Text {
  readonly negative: boolean;
  readonly text: string;
  readonly level: 'sum' | 'product' | 'atom';
}

/** How a notation writes each kind of node; arguments are ready to stand in a product. */
export interface Notation {
  leaf(leaf: Leaf): string;
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
  forward(matrix: MatrixName, x: string): string;
  backward(matrix: MatrixName, p: string): string;
}

/** A program as text: definitions in order, then the update, sum_u U_u R_u' + a W + b B. */
export interface Code {
  /** `leaf`: a quantity of the layer that is needed; `name`: a result. */
  readonly definitions: readonly (
    | { readonly leaf: Leaf }
    | { readonly name: string; readonly text: Text; readonly shape: Shape }
  )[];
  /** The post-synaptic factors, each with the terms of its R_u. */
  readonly update: readonly { readonly u: string; readonly terms: readonly Text[] }[];
  /** The scalars in front of W and B; `perSample` where they depend on activity. */
  readonly scales: readonly (Text & { readonly matrix: MatrixName; readonly perSample: boolean })[];
}

const LETTER: Readonly<Record<Shape, string>> = { scalar: 's', post: 'p', pre: 'q' };

/**
 * Writes a program in a notation. Names are the same in every notation: s, p, q for scalars, post- and pre-synaptic
 * vectors, numbered where there is more than one.
 * @param names of the rule's coefficients
 */
export function writeProgram(program: Program, notation: Notation, names: readonly string[]): Code {
  const { nodes } = program;
  const named = namedNodes(program);
  const namesOf: Record<Shape, number> = { scalar: 0, post: 0, pre: 0 };
  const nextName = (shape: Shape): string => {
    const single = named.filter((i) => nodes[i]!.shape === shape).length === 1;
    return `${LETTER[shape]}${single ? '' : ++namesOf[shape]}`;
  };
  const definitions: Code['definitions'][number][] = [];
  const done = new Map<number, Text>();

  const isOnes = (node: Node) => node.op === 'leaf' && (node.leaf === 'one' || node.leaf === 'one_pre');
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
      case 'leaf':
        definitions.push({ leaf: node.leaf });
        return atom(notation.leaf(node.leaf));
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
      case 'Wx':
      case 'Bx':
        return { ...atom(notation.forward(matrixOf(node), factor(write(node.a)))), level: 'product' };
      case 'Wtp':
      case 'Btp':
        return { ...atom(notation.backward(matrixOf(node), factor(write(node.a)))), level: 'product' };
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

  const update = program.U.map((u, i) => ({
    u: write(u).text,
    terms: program.C[i]!.flatMap((c, v) => (c < 0 ? [] : multiply(c, program.V[v]!))),
  }));
  const scale = (matrix: MatrixName, i: number) =>
    i < 0 ? [] : [{ ...write(i), matrix, perSample: dependsOnActivity(nodes, i) }];
  return { definitions, update, scales: [...scale('W', program.a), ...scale('B', program.b)] };
}

const matrixOf = ({ op }: Node): MatrixName => (op.startsWith('B') ? 'B' : 'W');

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
  if (node.op === 'theta' || node.op === 'const') return false;
  if (node.op !== 'add' && node.op !== 'mul') return true;
  return dependsOnActivity(nodes, node.a) || dependsOnActivity(nodes, node.b);
}

/** The nodes that get a line of their own. */
function namedNodes({ nodes, U, V, C, a, b }: Program): number[] {
  const uses = new Map<number, number>();
  const use = (i: number, times = 1) => uses.set(i, (uses.get(i) ?? 0) + times);
  for (const node of nodes) {
    if ('a' in node) use(node.a);
    if ('b' in node) use(node.b);
  }
  V.forEach((v, j) => {
    use(v, C.filter((row) => row[j]! >= 0).length);
  });
  for (const c of [...C.flat(), a, b]) if (c >= 0) use(c);
  const isNamed = (i: number): boolean => {
    const node = nodes[i]!;
    if (['Wx', 'Bx', 'Wtp', 'Btp', 'dot'].includes(node.op)) return true;
    if (node.op !== 'add' && node.op !== 'mul') return false;
    return U.includes(i) || (uses.get(i)! > 1 && !(node.op === 'mul' && isMinusOne(nodes[node.a]!)));
  };
  return nodes.flatMap((_, i) => (isNamed(i) ? [i] : []));
}

const isMinusOne = (node: Node): boolean => node.op === 'const' && node.value === -1;
