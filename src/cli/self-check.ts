/** Does an engine compute here what it should? */
import { classIndex, makeEpisode } from '../data/sampler.js';
import type { Engine } from '../engine/engine.js';
import { createReferenceEngine } from '../engine/reference/engine.js';
import { parseRule } from '../plasticity/rule.js';
import { stream } from '../random/stream.js';

/** Largest relative error of a gradient by theta that rounding explains: float64 by central differences, and float32. */
const MOST_ERROR = { reference: 1e-6, other: 1e-4 } as const;

const LAYERS = [36, 9, 7, 4];
const RULE = parseRule(['F0', 'F2', 'F9', "own = (y .* e) (y_pre - one_pre)' - 0.5 W"]);
const THETA = Float64Array.of(0.02, -0.01, 0.01, 0.005);

/** What a check found. */
export interface SelfCheck {
  readonly agrees: boolean;
  /** Of the gradient by theta, the largest over its coefficients. */
  readonly relativeError: number;
}

/**
 * Runs two small episodes of noise, one with each kind of feedback that all engines know: `reference` against central
 * differences of its own loss, any other against `reference`.
 */
export async function selfCheck(engine: Engine): Promise<SelfCheck> {
  const reference = createReferenceEngine();
  const isReference = engine.name === reference.name;
  let relativeError = 0;
  for (const [n, feedback] of (['fix', 'sym'] as const).entries()) {
    const episode = noiseEpisode(n, feedback);
    const [result] = await engine.run([episode], RULE, [THETA]);
    const expected = isReference
      ? await centralDifferences(engine, episode)
      : (await reference.run([episode], RULE, [THETA]))[0]!.thetaGradient;
    const largest = Math.max(...expected.map(Math.abs));
    for (const [r, value] of expected.entries()) {
      const error = Math.abs(result!.thetaGradient[r]! - value) / largest;
      // Not `Math.max`'s job alone: NaN is the worst of errors.
      relativeError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(relativeError, error);
    }
  }
  return { relativeError, agrees: relativeError <= MOST_ERROR[isReference ? 'reference' : 'other'] };
}

function noiseEpisode(n: number, feedback: 'fix' | 'sym') {
  const random = stream(`self-check/${n}`);
  const [dim, classes, perClass] = [6, 4, 12];
  const dataset = {
    name: 'noise',
    dim,
    classes: Array.from({ length: classes }, (_, label) => String(label)),
    images: Uint8Array.from({ length: classes * perClass * dim * dim }, () => (random() < 0.6 ? 0 : 255 * random())),
    labels: Uint8Array.from({ length: classes * perClass }, (_, i) => i % classes),
    checksum: '',
  };
  const index = classIndex(dataset);
  return makeEpisode({ dataset, index, network: { layers: LAYERS, beta: 10, feedback }, M: 3, K: 5, Q: 3, seed: n }, 0);
}

async function centralDifferences(engine: Engine, episode: ReturnType<typeof noiseEpisode>): Promise<Float64Array> {
  const h = 1e-5;
  const loss = async (r: number, by: number) => {
    const theta = THETA.map((value, i) => (i === r ? value + by : value));
    return (await engine.run([episode], RULE, [theta]))[0]!.loss;
  };
  const slopes = RULE.terms.map(async (_, r) => ((await loss(r, h)) - (await loss(r, -h))) / (2 * h));
  return Float64Array.from(await Promise.all(slopes));
}
