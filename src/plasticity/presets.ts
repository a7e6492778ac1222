/** Rules of the literature, ready to be added to a rule by their names. */

export interface Preset {
  readonly name: string;
  /** As `--term` takes them; pool terms by their names. */
  readonly terms: readonly string[];
  /** As `--state` takes them. */
  readonly states?: readonly string[];
  /** As `--tie` takes them. */
  readonly tied?: Readonly<Record<string, string>>;
  /** Where it comes from. */
  readonly source: string;
  /** What it does. */
  readonly description: string;
}

export const PRESETS: readonly Preset[] = [
  {
    name: 'textbook-oja',
    terms: ["row_oja = y y_pre' - (y .* y) one_pre' .* W"],
    source: 'Oja 1982, https://doi.org/10.1007/BF00275687',
    description:
      'Hebbian growth, with a decay of each neuron by its own activity squared, which keeps its weights bounded.',
  },
  {
    name: 'bcm',
    terms: ["bcm = (y .* (y - threshold)) y_pre'"],
    states: ['threshold = 0.9 threshold + 0.1 y .* y'],
    source: 'Bienenstock, Cooper & Munro 1982, https://doi.org/10.1523/JNEUROSCI.02-01-00032.1982',
    description:
      'Strengthens where a neuron is more active than its threshold, else weakens; the threshold slides with its activity squared.',
  },
  {
    name: 'hebb-decay',
    terms: ["hebb = y y_pre' - 0.1 W"],
    source: 'Gerstner & Kistler 2002, https://doi.org/10.1007/s00422-002-0353-y',
    description: 'What is active together grows; all weights fade.',
  },
  {
    name: 'homeostasis',
    terms: ["scaling = (0.1 one - rate) one_pre' .* W"],
    states: ['rate = 0.9 rate + 0.1 y'],
    source: 'Turrigiano et al. 1998, https://doi.org/10.1038/36103',
    description:
      'Scales all synapses of a neuron up while it is less active than a target, down while it is more active.',
  },
  {
    name: 'normalise',
    terms: ["normalise = (one - size) one_pre' .* W"],
    states: ['size = (W .* W) one_pre'],
    source: 'von der Malsburg 1973, https://doi.org/10.1007/BF00288907',
    description: "Pulls the length of each neuron's weights towards 1, by its size at the image before.",
  },
  {
    name: 'trace',
    terms: ["trace = (r - expected) (0.8 eligible + y y_pre')"],
    states: ["eligible = 0.8 eligible + y y_pre'", 'expected = 0.95 expected + 0.05 r'],
    source: 'Gerstner et al. 2018, https://doi.org/10.3389/fncir.2018.00053',
    description:
      'Three factors: pre- and post-synaptic activity leave a trace, which a reward that was not expected turns into weight.',
  },
  {
    name: 'momentum',
    terms: ["momentum = 0.9 velocity - e y_pre'"],
    states: ["velocity = 0.9 velocity - e y_pre'"],
    source: 'Polyak 1964, https://doi.org/10.1016/0041-5553(64)90137-5',
    description: 'The pseudo-gradient with momentum: its running sum over the images.',
  },
  {
    name: 'tied-kp',
    terms: ['F3', 'B.F0', 'B.F3'],
    tied: { 'B.F0': 'F0', 'B.F3': 'F3' },
    source: 'Kolen & Pollack 1994, https://doi.org/10.1109/ICNN.1994.374486',
    description:
      'W and B change by the same product with the same coefficient and decay alike, so that W - B decays to nothing; with --fbk plastic.',
  },
];

export function findPreset(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name.toLowerCase());
}
