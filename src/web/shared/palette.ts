/** Colours of curves: those of the figures, which the page's style has for light and dark. */
import { DASHES, PALETTE } from '../../report/palette.js';

export function colourOf(i: number): string {
  return getComputedStyle(document.documentElement)
    .getPropertyValue(`--c${i % PALETTE.length}`)
    .trim();
}

/** The same for style sheets, where it follows light and dark by itself. */
export function colourVariable(i: number): string {
  return `var(--c${i % PALETTE.length})`;
}

export function dashOf(i: number): number[] {
  return [...DASHES[i % DASHES.length]!];
}
