import type { Activation } from './activation.js';
import type { Feedback } from './feedback.js';

/** What a network is, beside its matrices. */
export interface Network {
  /** Layer sizes n_0 … n_L, e.g. [784, 170, 130, 100, 70, 47]. */
  readonly layers: readonly number[];
  /** Softplus sharpness (10 in the paper). */
  readonly beta: number;
  /** Of the hidden layers; the output is a softmax. Absent: softplus. */
  readonly activation?: Activation;
  readonly feedback: Feedback;
  /** What the initial weights are drawn times; absent: 1. */
  readonly gain?: number;
  /** z gets so much standard normal noise while an image is learned; absent: none. */
  readonly noise?: number;
}
