import { existsSync } from 'node:fs';

/**
 * What to say about `--gpu_mode 1` where there is a GPU; nothing where the engine's own name tells its device.
 *
 * No engine takes a GPU by itself. TensorFlow.js starts 130,000 (F0) to 220,000 (F_bio) operations one after the other
 * for an episode of 250 images, seconds at the ten microseconds that starting one on a GPU takes at best; and the outer
 * loop has one episode at a time to give.
 */
export function gpuNotice(gpuMode: number, present: boolean, engine: string): string | undefined {
  if (gpuMode === 0 || engine === 'tensorflow' || !present) return undefined;
  return `The ${engine} engine computes on the CPU; only --engine tensorflow with @tensorflow/tfjs-node-gpu uses the GPU.`;
}

/** Whether an NVIDIA GPU's device file is there (Linux). */
export function hasNvidiaGpu(): boolean {
  return existsSync('/dev/nvidia0') || existsSync('/proc/driver/nvidia/gpus');
}
