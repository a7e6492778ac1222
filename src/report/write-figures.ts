import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import type { EpisodeRecord } from '../meta/record.js';
import type { FigureOptions } from './figures.js';

export type { FigureOptions };

/**
 * Loads the drawing libraries, which takes a good part of a second: done at the first call and not with this module.
 * Whoever knows that figures will be wanted may call it before.
 */
export async function loadDrawing() {
  const [{ drawFigures }, png] = await Promise.all([
    import('./figures.js'),
    // It has a part for each kind of machine, which may be missing: that is told when PNGs are wanted.
    import('./png.js').catch((error: unknown) => ({ svgToPng: () => Promise.reject(error) })),
  ]);
  return { drawFigures, svgToPng: png.svgToPng };
}

/**
 * Write the four figures as SVG and PNG.
 *
 * @returns a warning where the PNGs could not be made; the SVGs are written all the same.
 */
export async function writeFigures(
  folder: string,
  records: readonly EpisodeRecord[],
  options: FigureOptions,
): Promise<{ warning?: string }> {
  const { drawFigures, svgToPng } = await loadDrawing();
  const figures = drawFigures(records, options);
  const pngs = Promise.all(figures.map(({ svg }) => svgToPng(svg)));
  pngs.catch(() => {}); // Heard of below, after the SVGs.
  await Promise.all(figures.map(({ name, svg }) => writeAtomically(join(folder, `${name}.svg`), svg)));
  try {
    const drawn = await pngs;
    await Promise.all(figures.map(({ name }, i) => writeAtomically(join(folder, `${name}.png`), drawn[i]!)));
    return {};
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return { warning: `The figures were written as SVG only, as their PNGs could not be: ${reason}` };
  }
}
