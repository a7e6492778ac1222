/** A figure of several panels as files. */
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { writeFigureFiles } from '../report/figure-files.js';
import { gridOfCharts } from '../report/grid.js';
import { DEFAULT_STYLE, type FigureStyle } from '../report/style.js';
import { drawPanel, type Panel, panelCurves, smallMultiples } from './charts.js';
import { curvesCsv } from './report.js';

export interface PanelFigure {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Rows that curves are averaged over. */
  readonly window: number;
  readonly style?: FigureStyle;
}

/**
 * Writes `<name>.csv`, `<name>.svg` and what the style wants beside it into an existing folder.
 * @throws Error in one sentence where other files than the SVG could not be made.
 */
export async function writePanels(
  folder: string,
  name: string,
  { title, panels, window, style = DEFAULT_STYLE }: PanelFigure,
): Promise<void> {
  const charts = panels.flatMap(smallMultiples).map((panel) => drawPanel(panel, window, style));
  await writeAtomically(join(folder, `${name}.csv`), curvesCsv(panels.flatMap((panel) => panelCurves(panel, window))));
  const { warning } = await writeFigureFiles(folder, [{ name, svg: gridOfCharts(title, charts, { style }) }], style);
  if (warning) throw new Error(warning);
}
