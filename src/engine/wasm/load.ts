/** Threads that share memory: in Node, where this file is on disk. A page of a browser may not have any. */
export const hasThreads = new URL(import.meta.url).protocol === 'file:';

export interface KernelChoice {
  readonly relaxed: boolean;
  /** For a memory that threads share. */
  readonly shared: boolean;
}

/** Bytes of the compiled kernels that lie beside this file: from disk in Node, by fetch elsewhere. */
export async function loadKernels({ relaxed, shared }: KernelChoice): Promise<Uint8Array<ArrayBuffer>> {
  const url = urlOf({ relaxed, shared });
  if (url.protocol !== 'file:') return new Uint8Array(await (await fetch(url)).arrayBuffer());
  // Asked for at run time, so that the engine has no Node import for a browser's bundler to trip over.
  const { readFile } = process.getBuiltinModule('node:fs/promises');
  return new Uint8Array(await readFile(url));
}

/** Spelled out, for bundlers to find the files. */
function urlOf({ relaxed, shared }: KernelChoice): URL {
  if (relaxed && shared) return new URL('./kernels.relaxed.shared.wasm', import.meta.url);
  if (relaxed) return new URL('./kernels.relaxed.wasm', import.meta.url);
  if (shared) return new URL('./kernels.shared.wasm', import.meta.url);
  return new URL('./kernels.wasm', import.meta.url);
}
