/** The figures of a run, from what lies in its folder. */
import { writeFigures } from '../report/write-figures.js';
import type { RecordedRun } from './recorded-run.js';
import { recordedRule } from './run-file.js';

/**
 * Draws a run's figures anew into its folder, also while the run goes on.
 * @param avgWindow episodes averaged over; the run's own --avg_window if absent
 * @returns a warning where the PNGs could not be made
 */
export function drawRun({ folder, file, records }: RecordedRun, avgWindow?: number): Promise<{ warning?: string }> {
  const { settings, data } = file;
  const { constants, ...recorded } = recordedRule(file);
  const terms = recorded.terms.map(({ name }) => name);
  return writeFigures(folder, records, {
    avgWindow: avgWindow ?? Number(settings.avg_window),
    ...{ terms, constants },
    M: Number(settings.M),
    title: `${data.name}, ${terms.join(' + ')}, feedback ${settings.fbk}`,
  });
}
