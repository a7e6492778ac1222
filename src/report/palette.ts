/** Colours and dashes of curves, the same in figures and on pages. */

/** Okabe & Ito's colour-blind-safe palette without its yellow (too light for lines), then three of Paul Tol's. */
export const PALETTE = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#000000',
  '#E69F00',
  '#56B4E9',
  '#882255',
  '#999933',
  '#332288',
] as const;

/** Lengths of dash and gap in turn; the first is a line without. */
export const DASHES = [[], [7, 3], [2, 2], [8, 3, 2, 3], [1, 4]] as const;
