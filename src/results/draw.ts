/** The figures of a run, from what lies in its folder. */

import { termCoefficients } from '../plasticity/rule.js';
import type { FigureStyle } from '../report/style.js';
import { writeFigures } from '../report/write-figures.js';
import type { RecordedRun } from './recorded-run.js';
import { recordedRule } from './run-file.js';

/** How its figures look. */
export interface Look {
  /** Episodes averaged over. */
  readonly avgWindow: number;
  readonly style: FigureStyle;
}

/**
 * Draws a run's figures anew into its folder, also while the run goes on.
 * @returns a warning where other files than the SVGs could not be made
 */
export function drawRun({ folder, file, records }: RecordedRun, look: Look): Promise<{ warning?: string }> {
  const { settings, data } = file;
  const rule = recordedRule(file);
  const { constants } = rule;
  const terms = termCoefficients(rule);
  return writeFigures(folder, records, {
    ...look,
    ...{ terms, constants },
    M: Number(settings.M),
    title: `${data.name}, ${terms.join(' + ')}, feedback ${settings.fbk}`,
  });
}
