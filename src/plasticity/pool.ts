import { type Placed, unplacedName } from './placement.js';

/** A term of the paper's pool (Shervani-Tabar & Rosenbaum 2023, Eqs 14-23, https://doi.org/10.1038/s41467-023-37562-1). */
export interface PoolTerm {
  readonly name: string;
  /** Common name, also accepted on the command line. */
  readonly alias?: string;
  /** Added to W, times the coefficient; in the grammar of grammar.ts. */
  readonly formula: string;
  /** What it does, in words. */
  readonly description: string;
  readonly equation: number;
  /** Its number in main.py's `--vec`. */
  readonly vec?: string;
}

/** The ten candidate terms. The program knows nothing else about them. */
export const POOL: readonly PoolTerm[] = [
  {
    name: 'F0',
    alias: 'pseudo-gradient',
    equation: 14,
    formula: "-e y_pre'",
    description: 'Gradient descent with the error that the feedback path brings; with B = W it is backpropagation.',
  },
  {
    name: 'F1',
    equation: 15,
    formula: "-y e_pre'",
    description: 'Weakens synapses from neurons with a positive error onto active neurons, whatever their own error.',
  },
  {
    name: 'F2',
    alias: 'eHebb',
    equation: 16,
    formula: "-e e_pre'",
    vec: '1',
    description:
      'Hebbian learning between the errors of two layers: with a negative coefficient it turns W towards B, so that fixed feedback carries better errors.',
  },
  {
    name: 'F3',
    alias: 'decay',
    equation: 17,
    formula: '-W',
    description: 'Weight decay: every synapse shrinks by the same fraction.',
  },
  {
    name: 'F4',
    equation: 18,
    formula: "-one e_pre'",
    description: "Shifts all synapses of a pre-synaptic neuron alike, against that neuron's error.",
  },
  {
    name: 'F5',
    equation: 19,
    formula: "-sum(y) e y_pre'",
    description: 'The pseudo-gradient, stronger the more active the post-synaptic layer is.',
  },
  {
    name: 'F6',
    equation: 20,
    formula: "-(y' W e_pre) y e_pre'",
    description:
      'F1, scaled by how far the pre-synaptic errors, sent forward through W, match the activity of the layer.',
  },
  {
    name: 'F7',
    equation: 21,
    formula: "-(y' W e_pre) e y_pre'",
    description:
      'The pseudo-gradient, scaled by how far the pre-synaptic errors, sent forward through W, match the activity of the layer.',
  },
  {
    name: 'F8',
    equation: 22,
    formula: "-(e' W y_pre) y e_pre'",
    description: 'F1, scaled by how far the errors of the layer match its input currents z = W y_pre.',
  },
  {
    name: 'F9',
    alias: 'Oja',
    equation: 23,
    formula: "y y_pre' - (y y') W",
    vec: '2',
    description:
      'Hebbian growth with the decay that keeps it bounded; makes the rows of W orthonormal, so that the layer keeps what distinguishes its inputs.',
  },
];

/**
 * Named groups of terms. `bio` is the rule that the paper selects (Eq. 7). `kp`, beside F0, is Kolen & Pollack's (1994,
 * https://doi.org/10.1109/ICNN.1994.374486): W and B change by the same product of error and activity and decay alike, so
 * that W - B decays to nothing.
 */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  pool: POOL.map((term) => term.name),
  bio: ['F0', 'F2', 'F9'],
  kp: ['F3', 'B.F0', 'B.F3'],
};

/**
 * The pool's term of that name or alias, in any case; undefined where there is none. For B it is the formula with B in
 * place of W.
 */
export function findPoolTerm({ bare, matrix }: Pick<Placed, 'bare' | 'matrix'>): PoolTerm | undefined {
  const wanted = bare.toLowerCase();
  const found = POOL.find((term) => term.name.toLowerCase() === wanted || term.alias?.toLowerCase() === wanted);
  if (!found || matrix === 'W') return found;
  const { alias: _alias, vec: _vec, ...term } = found;
  const name = unplacedName({ bare: term.name, matrix });
  const formula = term.formula.replaceAll(/\bW\b/g, 'B');
  return { ...term, name, formula, description: `What ${term.name} does to W, done to B.` };
}
