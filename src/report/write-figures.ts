import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import type { EpisodeRecord } from '../meta/record.js';
import type { FigureOptions } from './figures.js';

export type { FigureOptions };

/**
 * Write the four figures as SVG and PNG. The drawing libraries take a good part of a second to load, so that is done at
 * the first call and not with this module.
 *
 * @returns a warning where the PNGs could not be made; the SVGs are written all the same.
 */
export async function writeFigures(
  folder: string,
  records: readonly EpisodeRecord[],
  options: FigureOptions,
): Promise<{ warning?: string }> {
  const { drawFigures } = await import('./figures.js');
  const figures = drawFigures(records, options);
  await Promise.all(figures.map(({ name, svg }) => writeAtomically(join(folder, `${name}.svg`), svg)));
  try {
    const { svgToPng } = await import('./png.js');
    const pngs = figures.map(({ svg }) => svgToPng(svg));
    await Promise.all(figures.map(({ name }, i) => writeAtomically(join(folder, `${name}.png`), pngs[i]!)));
    return {};
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return { warning: `The figures were written as SVG only, as their PNGs could not be: ${reason}` };
  }
}
