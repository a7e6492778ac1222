/** `meta-plasticity rules`: the terms that a rule can be made of. */
import { layerGroups } from '../export/learned.js';
import { defaultLayers } from '../network/layers.js';
import { type Cost, programCost } from '../plasticity/cost.js';
import { findPoolTerm, GROUPS, type PoolTerm } from '../plasticity/pool.js';
import { parseRule, type Term } from '../plasticity/rule.js';
import { helpText, wrap } from './help.js';
import { rulesManual } from './manual.js';
import { controlOptions, type Options, runOptions } from './options.js';
import { evaluate, parseArguments } from './parse.js';
import { buildRule } from './rule.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

const { vec, term } = runOptions;
const rulesOptions = {
  vec: { ...vec, initially: 'the pool' },
  term,
  json: controlOptions.json,
} satisfies Options;

/** The paper's network. */
const PAPER = defaultLayers(784, 47);
const INDENT = 6;
const WIDTH = 80;

/** Runs the command and returns its exit code. */
export async function rulesCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, words, given } = parseArguments(rulesOptions, argv);
  if (help) {
    io.stdout.write(helpText(rulesOptions, rulesManual));
    return 0;
  }
  if (words[0] !== undefined)
    throw new UsageError(`Unexpected '${words[0]}' after rules: terms are given by --vec and --term.`);
  const values = evaluate(rulesOptions, [given]);
  const chosen = given.has('vec') ? values.vec : GROUPS.pool!;
  const { rule } = buildRule({ vec: [...chosen], term: values.term, a: 0, init: {}, term_scale: {} }, PAPER.length - 1);
  const terms = rule.terms.map(describe);
  const together = layerGroups({ rule, layers: PAPER }).map(({ layers, program }) => {
    const cost = programCost(program);
    return { layers, ...cost, e0: cost.e0 && layers.includes(1) };
  });
  const terminal = new Terminal(io, { quiet: false, verbose: false, json: values.json });
  if (values.json) terminal.result({ terms, together });
  else for (const line of [...terms.flatMap(termLines), ...togetherLines(together)]) terminal.say(line);
  return 0;
}

interface Described extends Term, Partial<Omit<PoolTerm, 'name' | 'formula'>> {
  readonly cost: Cost;
}

/** The term by itself, wherever it applies. */
function describe(term: Term): Described {
  const [name = ''] = term.name.split('@');
  const { program } = parseRule([`${name} = ${term.formula}`]);
  return { ...findPoolTerm(name), ...term, cost: programCost(program) };
}

function termLines({ name, alias, equation, vec, formula, description, cost }: Described): string[] {
  const notes = [alias, equation && `Eq. ${equation}`, vec && `--vec ${vec}`].filter(Boolean);
  const head = `${name.padEnd(INDENT - 1)} ${formula}${notes.length > 0 ? `   (${notes.join(', ')})` : ''}`;
  return [head, ...(description ? indented(description) : []), ...costLines('Cost', cost), ''];
}

/** Where all layers do the same, there is one line. */
function togetherLines(groups: readonly (Cost & { readonly layers: readonly number[] })[]): string[] {
  const name = (layers: readonly number[]) =>
    groups.length > 1 ? `Together in layer ${layers.join(', ')}` : 'All together';
  return groups.flatMap(({ layers, ...cost }) => costLines(name(layers), cost));
}

function costLines(name: string, { Wx, Wtp, rank, decay, e0 }: Cost): string[] {
  const passes = (count: number, what: string) => (count > 0 ? [`${count} x ${what}`] : []);
  const parts = [
    'W y_pre (always)',
    ...passes(Wtp, "W'p"),
    ...passes(Wx, 'W x'),
    ...(rank > 0 ? [`update of rank ${rank}`] : []),
    ...(decay ? ['W scaled'] : []),
    ...(e0 ? ['e_0 in layer 1'] : []),
  ];
  return indented(`${name}: ${parts.join(', ')}`);
}

const indented = (text: string): string[] => wrap(text, WIDTH - INDENT).map((line) => ' '.repeat(INDENT) + line);
