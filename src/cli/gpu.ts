import { existsSync } from 'node:fs';

/** What to say about `--gpu_mode 1`; nothing for 0. */
export function gpuNotice(gpuMode: number, present: boolean): string | undefined {
  if (gpuMode === 0) return undefined;
  return present
    ? 'This version has no engine for GPUs: running on the CPU.'
    : 'No GPU on this machine: running on the CPU.';
}

/** Whether an NVIDIA GPU's device file is there (Linux). */
export function hasNvidiaGpu(): boolean {
  return existsSync('/dev/nvidia0') || existsSync('/proc/driver/nvidia/gpus');
}
