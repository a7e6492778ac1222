/** What page and worker say to each other. */
import type { EpisodeRecord } from '../../meta/record.js';
import type { Setting } from './setting.js';

export type Ask =
  /** Follow networks while they learn one episode each, of so many seeds. */
  | { readonly kind: 'course'; readonly setting: Setting; readonly seeds: number; readonly keep: boolean }
  /** The next episode of meta-learning; `from` begins anew with a setting. */
  | { readonly kind: 'step'; readonly from?: Setting }
  /** What the network of the last course sees in an image of 28 x 28 bytes. */
  | { readonly kind: 'classify'; readonly image: Uint8Array }
  /** How large each term of the pool is beside F0. */
  | { readonly kind: 'sizes' };

export interface CourseAnswer {
  readonly images: readonly number[];
  /** Means over the seeds, each as long as `images`. */
  readonly accuracy: readonly number[];
  /** By layer. */
  readonly angles: readonly (readonly number[])[];
  readonly orthonormality: readonly (readonly number[])[];
  /** Mean norm of each layer's activity over the query images at the end. */
  readonly norms: readonly number[];
  /** Rows of W1 at the end, signed bytes about 128; of the first seed. */
  readonly fields: Uint8Array;
  readonly seeds: number;
}

export interface Answers {
  readonly course: CourseAnswer;
  readonly step: EpisodeRecord;
  readonly classify: readonly { readonly name: string; readonly p: number }[];
  readonly sizes: Readonly<Record<string, number>>;
}

export interface Question {
  readonly id: number;
  readonly ask: Ask;
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly problem: string };
