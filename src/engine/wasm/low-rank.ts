/** The rules that the kernels run: W <- scale W + sum_u U_u R_u' with R_u = sum_v C_uv V_v. */
import { isScaling, type Node, type Part, type Program, partsOf } from '../../plasticity/program.js';

/** A program of such a rule: of its nodes those that are needed for it. `drive` is called z, which it is without noise. */
export interface LowRank extends Pick<Part, 'U' | 'V' | 'C'> {
  readonly nodes: readonly Node[];
  /** Node of the number that W is scaled by, or -1 where that is 1. */
  readonly scale: number;
}

const known = new WeakMap<Program, LowRank>();

/** The program in that form; `beyondEngine` has seen to it that it is one of that form. */
export function lowRankOf(program: Program): LowRank {
  const found = known.get(program) ?? convert(program);
  known.set(program, found);
  return found;
}

function convert(program: Program): LowRank {
  const parts = partsOf(program, 'W') ?? [];
  const part = parts.find(({ N }) => N.length === 0) ?? { U: [], V: [], C: [] };
  const itself = parts.find(({ N, ...part }) => N.join() === 'W' && isScaling(part, program.nodes));
  const scale = itself ? itself.C[0]![0]! : -1;
  const isOne = JSON.stringify(program.nodes[scale]) === JSON.stringify({ op: 'const', shape: 'scalar', value: 1 });

  // Needed nodes in their order; equal ones once, as those are that z and drive were in.
  const needed = new Set<number>();
  const need = (i: number): void => {
    if (i < 0 || needed.has(i)) return;
    needed.add(i);
    const node = program.nodes[i]!;
    if ('a' in node) need(node.a);
    if ('b' in node) need(node.b);
  };
  [...part.U, ...part.V, ...part.C.flat(), ...(isOne ? [] : [scale])].forEach(need);
  const nodes: Node[] = [];
  const places = new Map<number, number>([[-1, -1]]);
  const index = new Map<string, number>();
  const add = (node: Node): number => {
    const key = JSON.stringify(node);
    const place = index.get(key) ?? nodes.push(node) - 1;
    index.set(key, place);
    return place;
  };
  const at = (i: number): number => places.get(i)!;
  for (const i of [...needed].sort((a, b) => a - b)) {
    const node = program.nodes[i]!;
    const operands = { ...('a' in node && { a: at(node.a) }), ...('b' in node && { b: at(node.b) }) };
    const name = node.op === 'quantity' && node.name === 'drive' ? { name: 'z' } : {};
    places.set(i, add({ ...node, ...operands, ...name } as Node));
  }

  const U = [...new Set(part.U.map(at))];
  const V = [...new Set(part.V.map(at))];
  const C = U.map(() => V.map(() => -1));
  part.C.forEach((row, i) => {
    row.forEach((c, j) => {
      const [u, v] = [U.indexOf(at(part.U[i]!)), V.indexOf(at(part.V[j]!))];
      const before = C[u]![v]!;
      if (c >= 0) C[u]![v] = before < 0 ? at(c) : add({ op: 'add', shape: 'scalar', a: before, b: at(c) });
    });
  });
  return { nodes, U, V, C, scale: isOne ? -1 : at(scale) };
}
