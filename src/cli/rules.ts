/** `meta-plasticity rules`: the terms that a rule can be made of. */
import { layerGroups } from '../export/learned.js';
import { defaultLayers } from '../network/layers.js';
import { type Cost, programCost } from '../plasticity/cost.js';
import { ConstantError } from '../plasticity/grammar.js';
import { parsePlacement } from '../plasticity/placement.js';
import { findPoolTerm, GROUPS, type PoolTerm } from '../plasticity/pool.js';
import { PRESETS } from '../plasticity/presets.js';
import type { Program } from '../plasticity/program.js';
import { parseRule, type Rule, type Term } from '../plasticity/rule.js';
import { SHAPE_WORDS, type State } from '../plasticity/states.js';
import { command } from './command.js';
import { wrap } from './help.js';
import { rulesManual } from './manual.js';
import { runOptions } from './options.js';
import { buildRule } from './rule.js';

const { vec, term, fbk_term, state, learn } = runOptions;

/** The paper's network. */
const PAPER = defaultLayers(784, 47);
const INDENT = 6;
const WIDTH = 80;

export const rulesCommand = command({
  name: 'rules',
  options: { vec: { ...vec, initial: [...GROUPS.pool!], initially: 'the pool' }, term, fbk_term, state, learn },
  manual: rulesManual,
  words: { what: 'its terms by --vec and --term', least: 0, most: 0 },
  async run({ values, json, terminal }) {
    const { rule } = buildRule({ ...values, tie: {}, a: 0, init: {}, term_scale: {} }, PAPER.length - 1);
    const terms = rule.terms.map((term) => describe(term, rule));
    const states = rule.states.map(({ bare: _, ...state }) => state);
    const together = layerGroups({ rule, layers: PAPER }).map(({ layers, program }) => {
      const cost = programCost(program);
      return { layers, ...cost, e0: cost.e0 && layers.includes(1) };
    });
    if (!json)
      for (const line of [...terms.flatMap(termLines), ...states.flatMap(stateLines), ...togetherLines(together)])
        terminal.say(line);
    return { result: { terms, states, together } };
  },
});

interface Described extends Omit<Term, 'coefficient'>, Partial<Omit<PoolTerm, 'name' | 'formula'>> {
  /** The term whose coefficient it has. */
  readonly tied?: string;
  readonly cost: Cost;
}

/** The term by itself, wherever it applies. */
function describe(term: Term, { constants, states, coefficients }: Rule): Described {
  const placed = parsePlacement(term.name);
  const used = constants.filter((constant) =>
    [term, ...states].some(({ formula }) => new RegExp(`\\b${constant}\\b`).test(formula)),
  );
  const kept = states.map(({ name, formula }) => `${name} = ${formula}`);
  const own = (constants: readonly string[]) =>
    parseRule([`${term.name} = ${term.formula}`], { constants, states: kept });
  const { coefficient: _, ...shown } = term;
  const tied = coefficients[term.coefficient]!;
  const preset = PRESETS.find(({ terms }) => terms.some((text) => text === `${term.name} = ${term.formula}`));
  return {
    ...findPoolTerm(placed),
    ...(preset && { description: `${preset.description} ${preset.source}.` }),
    ...shown,
    ...(tied !== term.name && { tied }),
    cost: programCost(alone(own, used)),
  };
}

/** The program of a rule of one term, with those constants that change something there. */
function alone(parse: (constants: readonly string[]) => Rule, constants: readonly string[]): Program {
  const inLayers = ({ program, placed = [] }: Rule) =>
    [program, ...placed].find(({ nodes }) => nodes.length > 0) ?? program;
  try {
    return inLayers(parse(constants));
  } catch (error) {
    const unused = error instanceof ConstantError && constants.find((name) => error.message.includes(`'${name}'`));
    if (!unused) throw error;
    return alone(
      parse,
      constants.filter((name) => name !== unused),
    );
  }
}

function stateLines({ name, formula, shape }: Pick<State, 'name' | 'formula' | 'shape'>): string[] {
  return [`${name.padEnd(INDENT - 1)} = ${formula}`, ...indented(`State: ${SHAPE_WORDS[shape]}; 0 at the start.`), ''];
}

function termLines({ name, alias, equation, vec, formula, description, cost }: Described): string[] {
  const notes = [alias, equation && `Eq. ${equation}`, vec && `--vec ${vec}`].filter(Boolean);
  const head = `${name.padEnd(INDENT - 1)} ${formula}${notes.length > 0 ? `   (${notes.join(', ')})` : ''}`;
  return [head, ...(description ? indented(description) : []), ...costLines('Cost', cost), ''];
}

/** Where all layers do the same, there is one line. */
function togetherLines(groups: readonly Together[]): string[] {
  return groups.flatMap((group) =>
    costLines(groups.length > 1 ? `Together in layer ${group.layers.join(', ')}` : 'All together', group),
  );
}

/** Layers that change alike. */
interface Together extends Cost {
  readonly layers: readonly number[];
}

function costLines(name: string, cost: Cost): string[] {
  const { Wx, Wtp, Bx, Btp, other, rank, decay, decayB, dense, functions, states, e0 } = cost;
  const passes = (count: number, what: string) => (count > 0 ? [`${count} x ${what}`] : []);
  const parts = [
    'W y_pre (always)',
    ...passes(Wtp, "W'p"),
    ...passes(Wx, 'W x'),
    ...passes(Btp, "B'p"),
    ...passes(Bx, 'B x'),
    ...passes(other, 'a product of matrices with a vector'),
    ...(rank > 0 ? [`update of rank ${rank}`] : []),
    ...(decay ? ['W scaled'] : []),
    ...(decayB ? ['B scaled'] : []),
    ...passes(dense, 'a pass over all synapses'),
    ...passes(functions, functions === 1 ? 'function' : 'functions'),
    ...(states.length > 0 ? [`state${states.length > 1 ? 's' : ''} ${states.join(', ')}`] : []),
    ...(e0 ? ['e_0 in layer 1'] : []),
  ];
  return indented(`${name}: ${parts.join(', ')}`);
}

const indented = (text: string): string[] => wrap(text, WIDTH - INDENT).map((line) => ' '.repeat(INDENT) + line);
