// Compiles the wasm engine's kernels (AssemblyScript) to dist/engine/wasm/: plain SIMD and its relaxed twin.
import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = 'dist/engine/wasm';
await mkdir(new URL(`../${out}/`, import.meta.url), { recursive: true });

for (const [name, ...features] of [
  ['kernels', '--enable', 'simd'],
  ['kernels.relaxed', '--enable', 'simd', '--enable', 'relaxed-simd'],
]) {
  const part = `${out}/${name}.part.wasm`;
  const { error, stderr } = await asc.main([
    'src/engine/wasm/kernels/index.ts',
    ...['--outFile', part, '--baseDir', root],
    ...['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--disableWarning'],
    ...features,
  ]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
  await rename(new URL(`../${part}`, import.meta.url), new URL(`../${out}/${name}.wasm`, import.meta.url));
}
