import type { Engine } from '#dist/engine/engine.js';
import type { Episode } from '#dist/engine/episode.js';
import type { Rule } from '#dist/plasticity/rule.js';

export const rule: Rule = {
  terms: ['F0', 'F2'].map((name, coefficient) => ({ name, matrix: 'W', formula: '', coefficient })),
  coefficients: ['F0', 'F2'],
  constants: [],
  states: [],
  program: { nodes: [], next: {}, states: {} },
};

/** An episode without a network; its number stands in `beta`. */
export function numbered(n: number): Episode {
  const none = { pixels: new Uint8Array(), labels: new Uint8Array() };
  return {
    network: { layers: [], beta: n, feedback: 'sym' },
    matrices: { given: { weights: [] } },
    train: none,
    query: none,
  };
}

/**
 * An engine whose loss is (theta_0 - 3)^2 + (theta_1 + 1)^2 with a gradient that sways with the episode's number;
 * `spoil` may put other values in.
 */
export function bowl(spoil: (episode: number) => { loss?: number; gradient?: number[] } = () => ({})): Engine {
  return {
    name: 'bowl',
    async run(episodes, _rule, thetas) {
      return episodes.map(({ network: { beta: n } }, i) => {
        const [a, b] = thetas[i] as unknown as [number, number];
        const { loss, gradient } = spoil(n);
        return {
          loss: loss ?? (a - 3) ** 2 + (b + 1) ** 2,
          accuracy: 1 / n,
          thetaGradient: Float64Array.from(gradient ?? [2 * (a - 3) + Math.sin(n), 2 * (b + 1) + Math.cos(n)]),
          angles: Float64Array.of(90, Number.NaN),
          orthonormality: Float64Array.of(n),
        };
      });
    },
    async dispose() {},
  };
}
