import { createHash } from 'node:crypto';

/** SHA-256, in hex, of the images' bytes followed by the labels': the identity of a {@link Dataset}'s content. */
export function datasetChecksum(images: Uint8Array, labels: Uint8Array): string {
  return createHash('sha256').update(images).update(labels).digest('hex');
}
