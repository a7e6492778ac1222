import { drawWeights, type InitialWeights } from '../network/initialise.js';
import type { Episode } from './engine.js';

/** An episode in little: where its weights and images come from. Cheap to send to another thread. */
export type EpisodeSource = Required<Pick<Episode, 'weightKey' | 'imageSource'>> &
  Pick<Episode, 'layers' | 'beta' | 'feedback' | 'trainLabels' | 'queryLabels'>;

/**
 * The episode of a source. Its 360,000 weights are drawn and its 235,000 pixels are gathered when they are first read,
 * if ever: engines may go by the key and the source instead.
 */
export function lazyEpisode(source: EpisodeSource): Episode {
  const { layers, feedback, weightKey, imageSource } = source;
  let drawn: InitialWeights | undefined;
  const draw = () => {
    drawn ??= drawWeights(weightKey, layers, { feedback });
    return drawn;
  };
  const images: { train?: Uint8Array; query?: Uint8Array } = {};
  const gather = (part: 'train' | 'query') => {
    images[part] ??= gatherImages(imageSource.pixels, imageSource[part], layers[0]!);
    return images[part];
  };
  const episode = {
    ...source,
    get weights() {
      return draw().weights;
    },
    get trainImages() {
      return gather('train');
    },
    get queryImages() {
      return gather('query');
    },
  };
  if (feedback === 'sym') return episode;
  return Object.defineProperty(episode, 'feedbackWeights', { enumerable: true, get: () => draw().feedbackWeights });
}

/** What another thread makes the episode of again: its source, or where it has none all of it. */
export function sendable(episode: Episode): Episode | EpisodeSource {
  const { layers, beta, feedback, weightKey, imageSource, trainLabels, queryLabels } = episode;
  if (!weightKey || !imageSource) return { ...episode };
  return { layers, beta, feedback, weightKey, imageSource, trainLabels, queryLabels };
}

/** Copies images into one array, count x size. */
export function gatherImages(pixels: Uint8Array, positions: Int32Array, size: number): Uint8Array {
  const gathered = new Uint8Array(positions.length * size);
  positions.forEach((position, i) => {
    gathered.set(pixels.subarray(position * size, (position + 1) * size), i * size);
  });
  return gathered;
}
