import type { Rule } from '../../plasticity/rule.js';
import { Arena } from './arena.js';
import type { Kernels } from './kernels.js';
import { type EpisodeSize, shapeOf } from './preparation.js';
import { Stage } from './stage.js';

/** A memory that says it grows: what is laid out in it is counted, and not there. */
const nowhere: WebAssembly.Memory = { buffer: new ArrayBuffer(65536), grow: () => 0 };

class Counter extends Arena {
  constructor() {
    super(nowhere, { clears: false });
  }
  override write(): void {}
}

/** Bytes of a stage for such episodes with that many slots. Nothing of it is made; kernels are only kept for later. */
export function stageBytes(size: EpisodeSize, rule: Rule, slots: number): number {
  const arena = new Counter();
  new Stage({ arena, kernels: {} as Kernels }, shapeOf(size, rule), rule, slots);
  return arena.end;
}
