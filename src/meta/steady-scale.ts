/**
 * Units in which a few of Adam's steps lead nowhere near divergence. A term that feeds itself, as `y .* y y_pre'` does,
 * may be no larger than F0 on a fresh network and still end an episode in NaN at a small coefficient; and where that
 * is, no gradient leads back. So each term is tried out before the run.
 */
import type { Episode } from '../engine/episode.js';
import { type Rule, termCoefficients } from '../plasticity/rule.js';
import type { AdaptingEngine } from './course.js';

/** Steps of Adam, all one way, that a term must bear. */
const STEPS = 10;

/** A term that is too large after this many halvings is left at that: it is not its size. */
const HALVINGS = 20;

export interface SteadyScaleOptions {
  /** What episodes are adapted with. */
  readonly engine: AdaptingEngine;
  readonly rule: Rule;
  /** Where the run starts: one per coefficient. */
  readonly theta: readonly number[];
  /** Adam's learning rate. */
  readonly lrMeta: number;
  /** What terms are tried on. */
  readonly episodes: readonly Episode[];
}

/**
 * `scale`, one per coefficient, with the share of each term but F0 halved until ten steps of Adam from where the run
 * starts, up or down, end no episode with a loss above twice that of guessing. Constants keep theirs. A rule that diverges
 * where it starts keeps all: no unit would help it.
 */
export async function steadyScale(
  scale: readonly number[],
  { engine, rule, theta, lrMeta, episodes }: SteadyScaleOptions,
): Promise<number[]> {
  const isSteady = async (changed: Float64Array): Promise<boolean> => {
    for (const episode of episodes) {
      const { loss } = await engine.adapt(episode, rule, changed);
      if (!(loss <= 2 * Math.log(episode.network.layers.at(-1)!))) return false;
    }
    return true;
  };
  const after = (r: number, move: number) => Float64Array.from(theta, (value, i) => (i === r ? value + move : value));
  const steady = [...scale];
  if (!(await isSteady(after(0, 0)))) return steady;
  for (const [r, name] of termCoefficients(rule).entries()) {
    if (name === 'F0') continue;
    let unit = steady[r]!;
    const bears = async () => {
      const move = STEPS * lrMeta * unit;
      return (await isSteady(after(r, move))) && (await isSteady(after(r, -move)));
    };
    for (let n = 0; n < HALVINGS && !(await bears()); n++) unit = Number((unit / 2).toPrecision(2));
    steady[r] = unit;
  }
  return steady;
}
