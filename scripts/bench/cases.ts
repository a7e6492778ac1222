/** What is timed: rules and feedbacks, each on episodes of K = 50, Q = 10, M = 5 with the paper's network. */
import { openDataset } from '#dist/data/open.js';
import { classIndex, type EpisodeSetting, makeEpisode } from '#dist/data/sampler.js';
import type { Episode } from '#dist/engine/episode.js';
import type { Feedback } from '#dist/network/feedback.js';
import { defaultLayers } from '#dist/network/layers.js';
import { GROUPS } from '#dist/plasticity/pool.js';
import { parseRule, type Rule } from '#dist/plasticity/rule.js';

export interface Case {
  readonly name: string;
  readonly terms: readonly string[];
  readonly feedback: Feedback;
  /** The flags that ask the command for it. */
  readonly flags: readonly string[];
}

const OWN = [
  "a = (y .* e) (y_pre - one_pre)'",
  "b = (W e_pre) y_pre'",
  "c = y (W' e)'",
  "d = (y .* y .* (one - y)) e_pre'",
];

export const CASES: readonly Case[] = [
  { name: 'F0', terms: ['F0'], feedback: 'fix', flags: [] },
  { name: 'F_bio', terms: GROUPS.bio!, feedback: 'fix', flags: ['--vec', '1', '2'] },
  { name: 'pool', terms: GROUPS.pool!, feedback: 'fix', flags: ['--vec', 'pool'] },
  { name: 'sym F0', terms: ['F0'], feedback: 'sym', flags: ['--fbk', 'sym'] },
  { name: 'sym eHebb', terms: ['F0', 'F2'], feedback: 'sym', flags: ['--fbk', 'sym', '--vec', '1'] },
  { name: 'user terms', terms: ['F0', ...OWN], feedback: 'fix', flags: OWN.flatMap((term) => ['--term', term]) },
];

export interface Task {
  readonly rule: Rule;
  /** Small, so that nothing diverges, but no zeros that could be skipped. */
  readonly theta: Float64Array;
  episode(n: number): Episode;
}

/** Episodes on images of EMNIST from that folder; without one on the glyphs, which take as long. */
export async function taskMaker(dataDir: string | undefined): Promise<{ name: string; task(one: Case): Task }> {
  const dataset = dataDir
    ? await openDataset('emnist', { dim: 28, dataDir })
    : await openDataset('glyphs', { dim: 28 });
  const index = classIndex(dataset);
  const layers = defaultLayers(784, dataset.classes.length);
  return {
    name: dataset.name,
    task({ terms, feedback }) {
      const setting: EpisodeSetting = {
        ...{ dataset, index, network: { layers, beta: 10, feedback } },
        ...{ M: 5, K: 50, Q: 10, seed: 1 },
      };
      return {
        rule: parseRule(terms),
        theta: Float64Array.from(terms, (_, r) => (r === 0 ? 1e-3 : r % 2 ? -1e-5 : 1e-5)),
        episode: (n) => makeEpisode(setting, n),
      };
    },
  };
}

/** The q-quantile of some times. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))]!;
}
