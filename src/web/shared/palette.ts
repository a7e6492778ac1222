/** Colours of curves: those of the figures (Okabe & Ito; Paul Tol), which the page's style has for light and dark. */

const COLOURS = 10;
const DASHES = [[], [7, 3], [2, 2], [8, 3, 2, 3], [1, 4]] as const;

export function colourOf(i: number): string {
  return getComputedStyle(document.documentElement)
    .getPropertyValue(`--c${i % COLOURS}`)
    .trim();
}

/** The same for style sheets, where it follows light and dark by itself. */
export function colourVariable(i: number): string {
  return `var(--c${i % COLOURS})`;
}

export function dashOf(i: number): number[] {
  return [...DASHES[i % DASHES.length]!];
}
