/** How figures look, and what files there are of them. */
import { printable } from '../text.js';
import type { Font } from './font.js';

/** What a figure is written as beside its SVG. */
export const FORMATS = ['png', 'pdf'] as const;
export type Format = (typeof FORMATS)[number];

export interface FigureStyle {
  readonly format: readonly Format[];
  /** Width of a chart in pixels, 96 to an inch, and its height; without that it is as high as it needs to be. */
  readonly size: readonly [width: number, height?: number];
  /** Pixels of the letters beside curves; all others are in proportion. */
  readonly fontSize: number;
  /** Instead of the one that comes with the package. */
  readonly font?: Font | undefined;
}

export const DEFAULT_STYLE: FigureStyle = { format: ['png'], size: [640], fontSize: 13 };

/** The value of `font-family`: the style's font, and what draws the letters that it lacks. */
export function fontFamily({ font }: FigureStyle): string {
  const own = font ? `'${printable(font.family).replaceAll(/['"\\<>&]/g, '')}', ` : '';
  return `${own}'DejaVu Sans', Verdana, sans-serif`;
}
