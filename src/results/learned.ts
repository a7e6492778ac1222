/** What a run has learned, from its folder. */
import { basename, resolve } from 'node:path';
import type { Feedback } from '../engine/engine.js';
import type { LearnedRule } from '../export/learned.js';
import { learnedTheta, type ThetaChoice } from '../meta/meta-test.js';
import { coefficientNames } from '../plasticity/rule.js';
import { summarise } from '../report/summary.js';
import type { RecordedRun } from './recorded-run.js';
import { compiledRule, type RunFile } from './run-file.js';

/**
 * The rule of a run with its coefficients: those after the last Adam step, or the mean of the last 50 episodes.
 * @throws Error in one sentence where its file is damaged, or it has no episode yet.
 */
export function learnedRule({ folder, file, records }: RecordedRun, which: ThetaChoice): LearnedRule {
  const { settings, layers } = file;
  // Both were checked when the file was read.
  const beta = settings.beta as number;
  const fbk = settings.fbk as Feedback;
  const rule = compiledRule(file);
  const names = coefficientNames(rule);
  if (records.length === 0) throw new Error('it has no episode yet');
  const { thetaEpisodes, accuracy, outcomeEpisodes } = summarise(records, names);
  const coefficients =
    which === 'last'
      ? `after ${records.length} episodes`
      : `mean of the last ${thetaEpisodes} of ${records.length} episodes`;
  return {
    rule,
    theta: learnedTheta(records, which),
    layers,
    beta,
    feedback: fbk,
    source: [
      ['Rule', `${rule.terms.map(({ name }) => name).join(' + ')}, learned by meta-plasticity ${file.version}`],
      ['Theta', coefficients],
      ['Run', `${basename(resolve(folder))}, started ${file.started}, seed ${settings.seed}`],
      ['Accuracy', `${accuracy.toFixed(4)}, mean of the last ${outcomeEpisodes} episodes`],
      ['Data', describeData(file)],
      ['Network', `${layers.join('-')}, softplus ${beta}, feedback ${fbk}`],
    ],
  };
}

function describeData({ data, settings: { M, K } }: RunFile): string {
  return `${basename(data.name)}, SHA-256 ${data.checksum}, tasks of ${M} classes with ${K} images each`;
}
