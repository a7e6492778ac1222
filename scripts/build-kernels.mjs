// Compiles the wasm engine's kernels (AssemblyScript) to dist/engine/wasm/: plain SIMD and its relaxed twin, each for a
// memory of its own and for one that threads share.
import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = 'dist/engine/wasm';
await mkdir(new URL(`../${out}/`, import.meta.url), { recursive: true });

const relaxed = ['--enable', 'relaxed-simd'];
const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
for (const [name, options] of [
  ['kernels', []],
  ['kernels.relaxed', relaxed],
  ['kernels.shared', shared],
  ['kernels.relaxed.shared', [...relaxed, ...shared]],
]) {
  const part = `${out}/${name}.part.wasm`;
  const { error, stderr } = await asc.main([
    'src/engine/wasm/kernels/index.ts',
    ...['--outFile', part, '--baseDir', root],
    ...['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--disableWarning'],
    ...['--enable', 'simd', ...options],
  ]);
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
  await rename(new URL(`../${part}`, import.meta.url), new URL(`../${out}/${name}.wasm`, import.meta.url));
}
