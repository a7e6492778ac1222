/** A labelled set of square grey images held in memory as bytes. */
export interface Dataset {
  /** `emnist`, `glyphs`, or the folder's path. */
  readonly name: string;
  /** Side of an image in pixels; an image is `dim * dim` bytes. */
  readonly dim: number;
  /** What each class is called, in label order (`0` … `9`, `A` …); at most 256. */
  readonly classes: readonly string[];
  /** count x (dim * dim) bytes, row by row, upright; 0 is background, 255 is ink. */
  readonly images: Uint8Array;
  /** Class index of each image. */
  readonly labels: Uint8Array;
  /** SHA-256 (hex) of images and labels: tells whether two runs saw the same data. */
  readonly checksum: string;
}

/** Room for a data set's images, in shared memory: an engine's threads see them without copies of their own. */
export function imageBytes(count: number, dim: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(count * dim * dim));
}
