/** What is said at a run's start, and in its line of progress. */
import type { EpisodeRecord } from '../meta/record.js';
import { activationText } from '../network/activation.js';
import { FEEDBACK } from '../network/feedback.js';
import { MATRICES } from '../plasticity/program.js';
import { type Rule, termCoefficients } from '../plasticity/rule.js';
import { SHAPE_WORDS } from '../plasticity/states.js';
import { symbol } from '../plasticity/symbol.js';
import type { Settings } from './options.js';
import type { Experiment } from './prepare.js';
import { bar, duration } from './terminal.js';

/** Rule, network, data, engine, seed and folder, a line or more each. */
export function header(experiment: Experiment, engine: string, folder: string): string {
  const { settings, rule, theta, dataset, layers } = experiment;
  const { M, K, Q, dim, fbk, beta, episodes, seed, split, invert } = settings;
  const held = split.some((part) => part > 0) ? `, held out: ${split[0]} of classes, ${split[1]} of images` : '';
  const inverted = invert ? ', dark ink turned over' : '';
  const lines: [string, string][] = [
    ['Rule', ruleText(rule, theta).join('\n')],
    [
      'Network',
      `${layers.join('-')}, ${activationText(settings.activation, beta)}, feedback ${FEEDBACK[fbk].words}${settings.gain === 1 ? '' : `, gain ${settings.gain}`}${settings.noise === 0 ? '' : `, noise ${settings.noise}`}`,
    ],
    [
      'Data',
      `${dataset.name}: ${dataset.labels.length} images of ${dim} x ${dim}, ${dataset.classes.length} classes${inverted}${held}`,
    ],
    ['Tasks', `${M} classes, ${K} training and ${Q} query images of each${drawText(settings)}${batchText(settings)}`],
    ['Adam', adamText(experiment)],
    ['Engine', `${engine}, ${episodes} episodes, seed ${seed}`],
    ['Folder', folder],
  ];
  return lines.map(([name, text]) => name.padEnd(9) + text.replaceAll('\n', `\n${' '.repeat(9)}`)).join('\n');
}

function drawText({ replacement, first_images }: Settings): string {
  const classes = replacement ? ', classes drawn with replacement' : '';
  return first_images ? `${classes}, always the first images` : classes;
}

/** What the outer loop does, its safeguards included. */
function adamText({ settings, rule, scale, clip }: Experiment): string {
  const { lr_meta, lamb, l1, parity } = settings;
  const scaled = rule.coefficients.flatMap((name, i) => (scale[i] === 1 ? [] : [`${name} x ${scale[i]}`]));
  return [
    `rate ${lr_meta}`,
    ...(lamb ? [`L1 ${lamb} by ${l1} steps`] : []),
    clip ? `gradients clipped to norm ${clip}` : 'gradients not clipped',
    ...(scaled.length > 0 ? [`terms scaled: ${scaled.join(', ')}`] : []),
    ...(parity ? ['as main.py does (--parity)'] : []),
  ].join(', ');
}

function batchText({ meta_batch }: Settings): string {
  return meta_batch > 1 ? `, ${meta_batch} tasks a step` : '';
}

/** A line per term: `dW = θ0 (-e y_pre')`, `   + θ2 (-e e_pre')`; for B likewise, the states, and the constants that are learned. */
function ruleText(rule: Rule, theta: readonly number[]): string[] {
  const { terms, states, constants, coefficients } = rule;
  const lines = MATRICES.flatMap((matrix) =>
    terms
      .filter((term) => term.matrix === matrix)
      .map(
        ({ coefficient, formula }, i) =>
          `${i === 0 ? `d${matrix} =` : '   +'} ${symbol(coefficients[coefficient]!).brief} (${formula})`,
      ),
  );
  const first = termCoefficients(rule).length;
  return [
    ...lines,
    ...states.map(({ name, formula, shape }) => `state ${name}, ${SHAPE_WORDS[shape]}: ${formula}`),
    ...constants.map((name, i) => `learned constant ${name}, ${theta[first + i]} at first`),
  ];
}

/** `[####----] 40/600  ETA 1:02  loss 3.512  acc 0.210  θ0 0.0105 …`; `secondsLeft` where it can be told. */
export function progressLine(record: EpisodeRecord, episodes: number, secondsLeft: number, rule: Rule): string {
  const { episode, loss, accuracy, next } = record;
  const names = [...termCoefficients(rule).map((name) => symbol(name).brief), ...rule.constants];
  const thetas = names.map((name, i) => `${name} ${next.theta[i]!.toPrecision(3)}`);
  return [
    `${bar(episode / episodes)} ${episode}/${episodes}`,
    `ETA ${duration(secondsLeft)}`,
    `loss ${loss.toFixed(3)}`,
    `acc ${accuracy.toFixed(3)}`,
    ...thetas,
  ].join('  ');
}
