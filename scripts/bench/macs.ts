/** Multiply-adds of an episode, counted where they happen: at every call of a kernel that does most of the work. */
import type { Kernels } from '#dist/engine/wasm/kernels.js';

/** The kernels, which now count; integer products of the Gram matrix are left out. */
export function counting(kernels: Kernels): { readonly kernels: Kernels; count(): number } {
  let total = 0;
  const add = (macs: number) => {
    total += macs;
  };
  const { mv, mtv, mvRows, mtvRows, nn, nt, ger, dot, axpy } = kernels;
  const padded = (n: number) => (n + 7) & ~7;
  return {
    count: () => total,
    kernels: {
      ...kernels,
      mv: (...a) => (add(a[3] * padded(a[4])), mv(...a)),
      mtv: (...a) => (add(a[3] * padded(a[4])), mtv(...a)),
      mvRows: (...a) => (add(a[4] * padded(a[5])), mvRows(...a)),
      mtvRows: (...a) => (add(a[4] * padded(a[5])), mtvRows(...a)),
      nn: (...a) => (add(a[3] * a[4] * padded(a[5])), nn(...a)),
      nt: (...a) => (add(a[3] * a[4] * padded(a[5])), nt(...a)),
      ger: (...a) => (add((a[5] + 1) * a[6] * padded(a[7])), ger(...a)),
      dot: (...a) => (add(padded(a[2])), dot(...a)),
      axpy: (...a) => (add(padded(a[3])), axpy(...a)),
    },
  };
}
