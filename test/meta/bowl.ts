import type { Engine, Episode } from '#dist/engine/engine.js';
import type { Rule } from '#dist/plasticity/rule.js';

export const rule: Rule = {
  terms: ['F0', 'F2'].map((name) => ({ name, formula: '' })),
  program: { nodes: [], U: [], V: [], C: [], a: -1, b: -1 },
};

/** An episode without a network; its number stands in `beta`. */
export function numbered(n: number): Episode {
  const none = new Uint8Array();
  return {
    layers: [],
    beta: n,
    feedback: 'sym',
    weights: [],
    trainImages: none,
    trainLabels: none,
    queryImages: none,
    queryLabels: none,
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
      return episodes.map(({ beta: n }, i) => {
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
