import { isScaling, type Program, partsOf } from './program.js';

/** What a program asks of an engine in each layer and step, beside the forward pass z = W y_pre. */
export interface Cost {
  /** Passes over W for a W x or W'p of other vectors; over B likewise; over any other product of matrices. */
  readonly Wx: number;
  readonly Wtp: number;
  readonly Bx: number;
  readonly Btp: number;
  readonly other: number;
  /** Most that the rank of the update of a matrix can be, without what is scaled or multiplied element by element. */
  readonly rank: number;
  /** Whether all of W is scaled, or all of B (or added to the other). */
  readonly decay: boolean;
  readonly decayB: boolean;
  /** Matrices that are multiplied or added element by element: each takes a pass over all synapses. */
  readonly dense: number;
  /** Functions of vectors and numbers. */
  readonly functions: number;
  /** Names of the states that are kept. */
  readonly states: readonly string[];
  /** Whether layer 1 needs e_0, the error at the inputs: one more pass of feedback, over B_1. */
  readonly e0: boolean;
}

export function programCost(program: Program): Cost {
  const { nodes, next, states } = program;
  const times = (shape: 'post' | 'pre', name: string) =>
    nodes.filter((node) => node.op === 'times' && node.shape === shape && node.N.join() === name).length;
  const counts = { Wx: times('post', 'W'), Wtp: times('pre', 'W'), Bx: times('post', 'B'), Btp: times('pre', 'B') };
  const known = Object.values(counts).reduce((sum, count) => sum + count);
  const parts = Object.keys(next).flatMap((name) => (partsOf(program, name) ?? []).map((part) => ({ name, part })));
  const ranks = parts.map(({ part: { N, U, V } }) => (N.length === 0 ? Math.min(U.length, V.length) : 0));
  const isOne = (c: number) => {
    const node = nodes[c];
    return node?.op === 'const' && node.value === 1;
  };
  const scales = (name: string) =>
    parts.some(({ part }) => part.N.join() === name && isScaling(part, nodes) && !isOne(part.C[0]![0]!));
  return {
    ...counts,
    other: nodes.filter(({ op }) => op === 'times').length - known,
    rank: Math.max(0, ...ranks),
    decay: scales('W'),
    decayB: scales('B'),
    dense: parts.filter(
      ({ name, part: { N, ...part } }) =>
        N.length > 1 ||
        (N.length === 1 && (!isScaling(part, nodes) || !(N[0] === name || N[0] === 'W' || N[0] === 'B'))),
    ).length,
    functions: nodes.filter(({ op }) => op === 'apply' || op === 'max' || op === 'min').length,
    states: Object.keys(states),
    e0: nodes.some((node) => node.op === 'quantity' && node.name === 'e_pre'),
  };
}
