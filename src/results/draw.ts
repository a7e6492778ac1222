/** The figures of a run, from what lies in its folder. */
import { writeFigures } from '../report/write-figures.js';
import { readJournal } from './run.js';
import { readRunFile, recordedRule } from './run-file.js';

/**
 * Draws a run's figures anew into its folder, also while the run goes on.
 * @param avgWindow episodes averaged over; the run's own --avg_window if absent
 * @returns a warning where the PNGs could not be made
 * @throws Error in one sentence where the folder is none of a run, or its journal is damaged.
 */
export async function drawRun(folder: string, avgWindow?: number): Promise<{ warning?: string }> {
  const file = await readRunFile(folder);
  const { settings, rule, data } = file;
  const { constants, ...recorded } = recordedRule(file);
  const terms = recorded.terms.map(({ name }) => name);
  return writeFigures(folder, await readJournal(folder, rule.length), {
    avgWindow: avgWindow ?? Number(settings.avg_window),
    ...{ terms, constants },
    M: Number(settings.M),
    title: `${data.name}, ${terms.join(' + ')}, feedback ${settings.fbk}`,
  });
}
