/** One line of the journal: what an episode gave, and the state after its Adam step (the checkpoint). */
export interface EpisodeRecord {
  /** Counted from 1. */
  readonly episode: number;
  /** Mean query cross-entropy + lamb * sum |theta / scale|; NaN where the episode diverged. */
  readonly loss: number;
  readonly accuracy: number;
  /** Coefficients the episode ran with, in the rule's order. */
  readonly theta: readonly number[];
  /** d loss / d phi, phi = theta / scale, as given to Adam: after clipping, with the L1 term unless that is proximal. */
  readonly gradient: readonly number[];
  /** Degrees, layers 0..L. */
  readonly angles: readonly number[];
  /** Layers 1..L. */
  readonly orthonormality: readonly number[];
  /** Wall time of the episode, milliseconds: what differs between two runs of one seed. */
  readonly ms: number;
  /** True where loss or gradient was not finite and the Adam step was left out. */
  readonly skipped: boolean;
  /** How many steps were skipped so far, and in a row up to here. */
  readonly skips: { readonly total: number; readonly inARow: number };
  /** State after this episode: what the next one starts from. */
  readonly next: AdamState;
}

/**
 * Coefficients with Adam's moments and step count (Kingma & Ba 2015). theta is as the rule runs with it; m and v are
 * moments of the gradient with respect to phi = theta / scale (run.json holds each term's scale, 1 but for --term_scale).
 */
export interface AdamState {
  readonly theta: readonly number[];
  readonly m: readonly number[];
  readonly v: readonly number[];
  readonly step: number;
}
