/** A figure of several panels as files. */
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { gridOfCharts } from '../report/grid.js';
import { svgToPng } from '../report/png.js';
import { drawPanel, type Panel, panelCurves } from './charts.js';
import { curvesCsv } from './report.js';

/** Writes `<name>.svg`, `.png` and `.csv` into an existing folder. */
export async function writePanels(
  folder: string,
  name: string,
  { title, panels, window }: { title: string; panels: readonly Panel[]; window: number },
): Promise<void> {
  const svg = gridOfCharts(
    title,
    panels.map((panel) => drawPanel(panel, window)),
  );
  await writeAtomically(join(folder, `${name}.svg`), svg);
  await writeAtomically(join(folder, `${name}.png`), await svgToPng(svg));
  await writeAtomically(join(folder, `${name}.csv`), curvesCsv(panels.flatMap((panel) => panelCurves(panel, window))));
}
