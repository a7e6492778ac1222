import type { EpisodeRecord } from '#dist/meta/record.js';

/** An episode record to test with: a plain learning curve unless told otherwise. */
export function record(episode: number, changes: Partial<EpisodeRecord> = {}): EpisodeRecord {
  const theta = changes.theta ?? [1e-3];
  return {
    episode,
    loss: 1 + 3 * Math.exp(-episode / 50),
    accuracy: 0.7 * (1 - Math.exp(-episode / 50)),
    theta,
    gradient: theta.map(() => 0),
    angles: [90, 80, 70, 60, 50, 0],
    orthonormality: [0.5, 0.4, 0.3, 0.2, 0.1],
    ms: 10,
    skipped: false,
    skips: { total: 0, inARow: 0 },
    next: { theta, m: theta.map(() => 0), v: theta.map(() => 0), step: episode },
    ...changes,
  };
}

/** Records of episodes 1..n. */
export function records(n: number, changes: (episode: number) => Partial<EpisodeRecord> = () => ({})): EpisodeRecord[] {
  return Array.from({ length: n }, (_, i) => record(i + 1, changes(i + 1)));
}
