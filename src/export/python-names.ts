/** States by names that mean nothing else in a Python module. */
import type { Node, Part, Program } from '../plasticity/program.js';
import type { Rule } from '../plasticity/rule.js';

/** Keywords of Python, and what the modules, and their functions, call by these names. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield match case type self ' +
    'np jnp jax torch sys theta beta tensor golden state target more new abs max float dict len range zip list tuple reversed enumerate isinstance ' +
    'rule feedback_rule next_state rules changes update forward errors signed slope softmax softplus initialise initial_state self_test ' +
    'dW dB D l x z drive one one_pre y_pre e_pre layer array k v found expected scale differences worst after rows'
  ).split(' '),
);

/** The rule with `_` behind the names of states that are taken, and before those of local variables (`s1`, `R_y`). */
export function withPythonNames(rule: Rule): Rule {
  const names = new Map(
    rule.states.map(({ bare }) => [bare, TAKEN.has(bare) || /^([spq]\d*|R_.*)$/.test(bare) ? `${bare}_state` : bare]),
  );
  const of = (name: string): string => names.get(name) ?? name;
  const keys = <T>(object: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [of(name), value]));
  const node = (given: Node): Node => {
    if (given.op === 'quantity') return { ...given, name: of(given.name) };
    return given.op === 'times' ? { ...given, N: given.N.map(of) } : given;
  };
  const part = (given: Part): Part => ({ ...given, N: given.N.map(of) });
  const renamed = new Map<Program, Program>();
  const program = (given: Program): Program => {
    const next = Object.entries(given.next).map(
      ([name, to]) => [of(name), typeof to === 'number' ? to : to.map(part)] as const,
    );
    const made = renamed.get(given) ?? {
      nodes: given.nodes.map(node),
      next: Object.fromEntries(next),
      states: keys(given.states),
    };
    renamed.set(given, made);
    return made;
  };
  return {
    ...rule,
    states: rule.states.map((state) => ({ ...state, bare: of(state.bare) })),
    program: program(rule.program),
    ...(rule.placed && { placed: rule.placed.map(program) }),
  };
}
