/** `meta-plasticity rules`: the terms that a rule can be made of. */
import { layerGroups } from '../export/learned.js';
import { defaultLayers } from '../network/layers.js';
import { type Cost, programCost } from '../plasticity/cost.js';
import { findPoolTerm, GROUPS, type PoolTerm } from '../plasticity/pool.js';
import { MATRICES, type MatrixName } from '../plasticity/program.js';
import { parseRule, type Rule, type Term } from '../plasticity/rule.js';
import { command } from './command.js';
import { wrap } from './help.js';
import { rulesManual } from './manual.js';
import { runOptions } from './options.js';
import { buildRule } from './rule.js';

const { vec, term, fbk_term, learn } = runOptions;

/** The paper's network. */
const PAPER = defaultLayers(784, 47);
const INDENT = 6;
const WIDTH = 80;

export const rulesCommand = command({
  name: 'rules',
  options: { vec: { ...vec, initial: [...GROUPS.pool!], initially: 'the pool' }, term, fbk_term, learn },
  manual: rulesManual,
  words: { what: 'its terms by --vec and --term', least: 0, most: 0 },
  async run({ values, json, terminal }) {
    const { rule } = buildRule({ ...values, a: 0, init: {}, term_scale: {} }, PAPER.length - 1);
    const terms = rule.terms.map((term) => describe(term, rule));
    const together = MATRICES.flatMap((matrix) =>
      layerGroups({ rule, layers: PAPER }, matrix).map(({ layers, program }) => {
        const cost = programCost(program);
        return { ...(matrix === 'B' && { matrix }), layers, ...cost, e0: cost.e0 && layers.includes(1) };
      }),
    );
    if (!json) for (const line of [...terms.flatMap(termLines), ...togetherLines(together)]) terminal.say(line);
    return { result: { terms, together } };
  },
});

interface Described extends Term, Partial<Omit<PoolTerm, 'name' | 'formula'>> {
  readonly cost: Cost;
}

/** The term by itself, wherever it applies. */
function describe(term: Term, { constants = [] }: Rule): Described {
  const [name = ''] = term.name.split('@');
  const used = constants.filter((constant) => new RegExp(`\\b${constant}\\b`).test(term.formula));
  const alone = parseRule([`${name} = ${term.formula}`], undefined, used);
  return { ...findPoolTerm(name), ...term, cost: programCost((alone.feedback ?? alone).program) };
}

function termLines({ name, alias, equation, vec, formula, description, cost }: Described): string[] {
  const notes = [alias, equation && `Eq. ${equation}`, vec && `--vec ${vec}`].filter(Boolean);
  const head = `${name.padEnd(INDENT - 1)} ${formula}${notes.length > 0 ? `   (${notes.join(', ')})` : ''}`;
  return [head, ...(description ? indented(description) : []), ...costLines('Cost', cost), ''];
}

/** Where all layers do the same, there is one line. */
function togetherLines(groups: readonly Together[]): string[] {
  const name = ({ matrix, layers }: Together) => {
    const several = groups.filter((group) => group.matrix === matrix).length > 1;
    const what = matrix === 'B' ? 'B, ' : '';
    return several ? `${what}together in layer ${layers.join(', ')}` : `${what}all together`;
  };
  const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);
  return groups.flatMap((group) => costLines(capital(name(group)), group));
}

/** Layers that change a matrix alike: W if none is named. */
interface Together extends Cost {
  readonly matrix?: MatrixName;
  readonly layers: readonly number[];
}

function costLines(name: string, { Wx, Wtp, Bx, Btp, rank, decay, decayB, e0 }: Cost): string[] {
  const passes = (count: number, what: string) => (count > 0 ? [`${count} x ${what}`] : []);
  const parts = [
    'W y_pre (always)',
    ...passes(Wtp, "W'p"),
    ...passes(Wx, 'W x'),
    ...passes(Btp, "B'p"),
    ...passes(Bx, 'B x'),
    ...(rank > 0 ? [`update of rank ${rank}`] : []),
    ...(decay ? ['W scaled'] : []),
    ...(decayB ? ['B scaled'] : []),
    ...(e0 ? ['e_0 in layer 1'] : []),
  ];
  return indented(`${name}: ${parts.join(', ')}`);
}

const indented = (text: string): string[] => wrap(text, WIDTH - INDENT).map((line) => ' '.repeat(INDENT) + line);
