import type { EpisodeRecord } from '../meta/record.js';
import { loadEncoders, writeFigureFiles } from './figure-files.js';
import type { FigureOptions } from './figures.js';
import { DEFAULT_STYLE } from './style.js';

export type { FigureOptions };

/**
 * Loads the drawing libraries, which takes a good part of a second: done at the first call and not with this module.
 * Whoever knows that figures will be wanted may call it before.
 */
export async function loadDrawing(style = DEFAULT_STYLE) {
  const [{ drawFigures }] = await Promise.all([import('./figures.js'), loadEncoders(style)]);
  return drawFigures;
}

/**
 * Write a run's figures as SVG and PNG, or in the formats of `options.style`.
 *
 * @returns a warning where other files than the SVGs could not be made.
 */
export async function writeFigures(
  folder: string,
  records: readonly EpisodeRecord[],
  options: FigureOptions,
): Promise<{ warning?: string }> {
  const { style = DEFAULT_STYLE } = options;
  const drawFigures = await loadDrawing(style);
  return writeFigureFiles(folder, drawFigures(records, options), style);
}
