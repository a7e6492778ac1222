import type { Program } from './program.js';

/** What a program asks of an engine in each layer and step, beside the forward pass z = W y_pre. */
export interface Cost {
  /** Passes over W for a W x or W'p of other vectors; over B likewise. */
  readonly Wx: number;
  readonly Wtp: number;
  readonly Bx: number;
  readonly Btp: number;
  /** Most that the rank of the update can be, without the decay. */
  readonly rank: number;
  /** Whether all of W is scaled, or all of B (or added to the other). */
  readonly decay: boolean;
  readonly decayB: boolean;
  /** Whether layer 1 needs e_0, the error at the inputs: one more pass of feedback, over B_1. */
  readonly e0: boolean;
}

export function programCost({ nodes, U, V, a, b }: Program): Cost {
  const count = (op: 'Wx' | 'Wtp' | 'Bx' | 'Btp') => nodes.filter((node) => node.op === op).length;
  return {
    Wx: count('Wx'),
    Wtp: count('Wtp'),
    Bx: count('Bx'),
    Btp: count('Btp'),
    rank: Math.min(U.length, V.length),
    decay: a >= 0,
    decayB: b >= 0,
    e0: nodes.some((node) => node.op === 'leaf' && node.leaf === 'e_pre'),
  };
}
