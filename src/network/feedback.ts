/** How errors come back: the kinds of feedback, all that anybody needs to know of each. */
interface FeedbackKind {
  /** Are matrices drawn for it, or does W itself feed back? */
  readonly drawn: boolean;
  /** Does each matrix take the error of the output, not of the layer above? */
  readonly direct: boolean;
  /** Do the drawn matrices get the signs of W at every step, held constant in the gradient? */
  readonly signed: boolean;
  /** Do they change by the rule's terms for B? */
  readonly learned: boolean;
  /** What a run says at its start. */
  readonly words: string;
  /** What --help says. */
  readonly help: string;
}

/**
 * `fix`: e_{l-1} = (B_l'e_l) .* g_{l-1} with fixed random B (FA). `sym`: B_l = W_l at every step (BP). `dfa`: straight from
 * the output, e_l = (D_l'e_L) .* g_l with fixed random D (Nokland 2016, arXiv:1609.01596). `sign`: B_l = sign(W_l) .* |B0_l|
 * (Liao et al. 2016, arXiv:1510.05067). `plastic`: as `fix`, and B changes by the rule's terms for it.
 */
export const FEEDBACK = {
  fix: {
    ...{ drawn: true, direct: false, signed: false, learned: false },
    ...{ words: 'fixed random (FA)', help: 'fixed random' },
  },
  sym: {
    ...{ drawn: false, direct: false, signed: false, learned: false },
    ...{ words: 'symmetric (BP)', help: 'transposed weights' },
  },
  dfa: {
    ...{ drawn: true, direct: true, signed: false, learned: false },
    ...{ words: 'direct, fixed random (DFA)', help: 'direct from the output' },
  },
  sign: {
    ...{ drawn: true, direct: false, signed: true, learned: false },
    ...{ words: 'signs of the weights', help: 'signs of the weights' },
  },
  plastic: {
    ...{ drawn: true, direct: false, signed: false, learned: true },
    ...{ words: 'plastic, random at first', help: 'B learns' },
  },
} as const satisfies Readonly<Record<string, FeedbackKind>>;

export type Feedback = keyof typeof FEEDBACK;
export const FEEDBACKS = Object.keys(FEEDBACK) as readonly Feedback[];
