/** Bytes of the compiled kernels that lie beside this file: from disk in Node, by fetch elsewhere. */
export async function loadKernels(relaxed: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const url = relaxed ? new URL('./kernels.relaxed.wasm', import.meta.url) : new URL('./kernels.wasm', import.meta.url);
  if (url.protocol !== 'file:') return new Uint8Array(await (await fetch(url)).arrayBuffer());
  // Asked for at run time, so that the engine has no Node import for a browser's bundler to trip over.
  const { readFile } = process.getBuiltinModule('node:fs/promises');
  return new Uint8Array(await readFile(url));
}
