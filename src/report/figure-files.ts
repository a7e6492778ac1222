/** Figures as files. */
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import type { Font } from './font.js';
import type { FigureStyle, Format } from './style.js';

/** Loaded when such a file is wanted: that for PNG has a part for each kind of machine, which may be missing. */
const ENCODERS: Readonly<Record<Format, () => Promise<(svg: string, font?: Font) => Promise<Uint8Array>>>> = {
  png: async () => (await import('./png.js')).svgToPng,
  pdf: async () => (await import('./pdf.js')).svgToPdf,
};

/** Loads ahead what a style will need. */
export async function loadEncoders({ format }: Pick<FigureStyle, 'format'>): Promise<void> {
  await Promise.allSettled(format.map((each) => ENCODERS[each]()));
}

/**
 * Writes figures as SVG, and then as whatever else the style names.
 * @returns a warning where that could not be made.
 */
export async function writeFigureFiles(
  folder: string,
  figures: readonly { readonly name: string; readonly svg: string }[],
  { format, font }: FigureStyle,
): Promise<{ warning?: string }> {
  await Promise.all(figures.map(({ name, svg }) => writeAtomically(join(folder, `${name}.svg`), svg)));
  const failures: string[] = [];
  for (const each of new Set(format)) {
    let files: Uint8Array[];
    try {
      const encode = await ENCODERS[each]();
      files = await Promise.all(figures.map(({ svg }) => encode(svg, font)));
    } catch (error) {
      const [reason] = String(error instanceof Error ? error.message : error).split('\n');
      failures.push(`The figures were written as SVG, but could not be as ${each.toUpperCase()}: ${reason}`);
      continue;
    }
    await Promise.all(figures.map(({ name }, i) => writeAtomically(join(folder, `${name}.${each}`), files[i]!)));
  }
  return failures.length > 0 ? { warning: failures.join(' ') } : {};
}
