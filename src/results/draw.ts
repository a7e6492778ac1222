/** The figures of a run, from what lies in its folder. */
import { writeFigures } from '../report/write-figures.js';
import { readJournal } from './run.js';
import { readRunFile } from './run-file.js';

/**
 * Draws a run's figures anew into its folder, also while the run goes on.
 * @param avgWindow episodes averaged over; the run's own --avg_window if absent
 * @returns a warning where the PNGs could not be made
 * @throws Error in one sentence where the folder is none of a run, or its journal is damaged.
 */
export async function drawRun(folder: string, avgWindow?: number): Promise<{ warning?: string }> {
  const { settings, rule, data } = await readRunFile(folder);
  const terms = rule.map(({ name }) => name);
  return writeFigures(folder, await readJournal(folder, terms.length), {
    avgWindow: avgWindow ?? Number(settings.avg_window),
    terms,
    M: Number(settings.M),
    title: `${data.name}, ${terms.join(' + ')}, feedback ${settings.fbk}`,
  });
}
