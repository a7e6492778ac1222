/** Images that two data sets have in common. */
import type { Dataset } from './dataset.js';
import { type ClassIndex, classIndex } from './sampler.js';

/**
 * All classes of a data set without the images, byte for byte, that another one has too: EMNIST's data sets share images.
 * Images of other sizes have nothing in common.
 */
export function withoutImagesOf(data: Dataset, other: Dataset): ClassIndex {
  if (data.dim !== other.dim) return classIndex(data);
  const known = new Set(Array.from(other.labels, (_, i) => bytesOf(other, i)));
  return classIndex(data).map(({ label, images }) => ({
    label,
    images: images.filter((i) => !known.has(bytesOf(data, i))),
  }));
}

/** An image as a text that is equal for equal images. */
function bytesOf({ images, dim }: Dataset, i: number): string {
  const size = dim * dim;
  return Buffer.from(images.buffer, images.byteOffset + i * size, size).toString('latin1');
}
