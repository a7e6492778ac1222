/** What each engine runs: an engine that does not know a kind says so here, or nothing compiles. */
import type { Activation } from '../network/activation.js';
import { FEEDBACK, type Feedback } from '../network/feedback.js';
import type { Network } from '../network/network.js';
import { isScaling, type Node, type Program } from '../plasticity/program.js';
import { changesB, type Rule, ruleUsesB } from '../plasticity/rule.js';
import type { EngineName } from './create.js';

interface Capabilities {
  readonly feedback: Readonly<Record<Feedback, boolean>>;
  readonly activation: Readonly<Record<Activation, boolean>>;
  readonly noise: boolean;
  readonly nodes: Readonly<Record<Node['op'], boolean>>;
  /** Leaves, and other matrices than W; states. */
  readonly names: (name: string) => boolean;
  /** Matrices that are multiplied element by element. */
  readonly elementwise: boolean;
  readonly weightGradients: boolean;
}

const ALL: Capabilities = {
  feedback: { fix: true, sym: true, dfa: true, sign: true, plastic: true },
  activation: { softplus: true, relu: true, tanh: true, sigmoid: true, identity: true },
  noise: true,
  nodes: {
    ...{ quantity: true, theta: true, const: true, add: true, mul: true, max: true, min: true, dot: true },
    ...{ apply: true, times: true },
  },
  names: () => true,
  elementwise: true,
  weightGradients: true,
};

const WASM_NAMES: ReadonlySet<string> = new Set([...['y', 'e', 'z', 'one', 'drive', 'y_pre', 'e_pre', 'one_pre'], 'W']);

export const CAPABILITIES: Readonly<Record<EngineName, Capabilities>> = {
  reference: ALL,
  tensorflow: ALL,
  wasm: {
    feedback: { fix: true, sym: true, dfa: true, sign: false, plastic: false },
    activation: { softplus: true, relu: false, tanh: false, sigmoid: false, identity: false },
    noise: false,
    nodes: { ...ALL.nodes, max: false, min: false, apply: false },
    names: (name) => WASM_NAMES.has(name),
    elementwise: false,
    weightGradients: false,
  },
};

/**
 * What an engine does not run of a network or a rule, in a clause; undefined where it runs all of it.
 * @param weightGradients whether those are asked for
 */
export function beyondEngine(
  engine: EngineName,
  network: Pick<Network, 'feedback' | 'activation' | 'noise'>,
  rule: Rule,
  weightGradients = false,
): string | undefined {
  const { feedback, activation = 'softplus', noise = 0 } = network;
  const runs = CAPABILITIES[engine];
  if (!runs.feedback[feedback]) return `feedback '${feedback}'`;
  if (!runs.activation[activation]) return `activation '${activation}'`;
  if (noise > 0 && !runs.noise) return 'noise';
  if (weightGradients && !runs.weightGradients) return 'gradients of weights';
  for (const program of [rule.program, ...(rule.placed ?? [])]) {
    const beyond = beyondProgram(program, runs);
    if (beyond !== undefined) return beyond;
  }
  return undefined;
}

function beyondProgram({ nodes, next }: Program, runs: Capabilities): string | undefined {
  for (const node of nodes) {
    if (!runs.nodes[node.op]) return `formulas with ${node.op === 'apply' ? `${node.f}()` : `${node.op}()`}`;
    const names = node.op === 'quantity' ? [node.name] : node.op === 'times' ? node.N : [];
    const unknown = names.find((name) => !runs.names(name));
    if (unknown !== undefined) return `formulas with ${unknown}`;
    if (node.op === 'times' && node.N.length > 1 && !runs.elementwise)
      return 'matrices that are multiplied element by element';
  }
  for (const [name, to] of Object.entries(next)) {
    if (!runs.names(name)) return `changes of ${name}`;
    for (const { N, ...part } of typeof to === 'number' ? [] : to) {
      if (N.length === 0 || (N.join() === name && isScaling(part, nodes))) continue;
      const unknown = N.find((matrix) => !runs.names(matrix));
      if (unknown !== undefined) return `formulas with ${unknown}`;
      if (!runs.elementwise) return 'matrices that are multiplied element by element';
    }
  }
  return undefined;
}

/** What no engine runs together, in a clause; undefined where all fits. */
export function misfit({ feedback }: Pick<Network, 'feedback'>, rule: Rule): string | undefined {
  const { learned, direct } = FEEDBACK[feedback];
  if (changesB(rule) && !learned)
    return `the rule has terms for B, so that feedback must be plastic, not '${feedback}'`;
  if (direct && ruleUsesB(rule))
    return `a formula cannot use B where feedback is '${feedback}', whose matrices are not of W's shape`;
  return undefined;
}
