/** Multiply-adds of an episode, counted where they happen: at every call of a kernel that does most of the work. */
import type { Kernels } from '#dist/engine/wasm/kernels.js';

/** The kernels, which now count; integer products of the Gram matrix are left out. */
export function counting(kernels: Kernels): { readonly kernels: Kernels; count(): number } {
  let total = 0;
  const padded = (n: number) => (n + 7) & ~7;
  const counted =
    <A extends unknown[], R>(kernel: (...args: A) => R, macs: (...args: A) => number) =>
    (...args: A): R => {
      total += macs(...args);
      return kernel(...args);
    };
  const { mv, mtv, mvRows, mtvRows, nn, nt, ger, dot, axpy } = kernels;
  return {
    count: () => total,
    kernels: {
      ...kernels,
      mv: counted(mv, (_y, _w, _x, rows, columns) => rows * padded(columns)),
      mtv: counted(mtv, (_y, _w, _x, rows, columns) => rows * padded(columns)),
      mvRows: counted(mvRows, (_y, _w, _x, _list, count, columns) => count * padded(columns)),
      mtvRows: counted(mtvRows, (_y, _w, _x, _list, count, columns) => count * padded(columns)),
      nn: counted(nn, (_d, _a, _m, k, rows, columns) => k * rows * padded(columns)),
      nt: counted(nt, (_d, _a, _m, k, rows, columns) => k * rows * padded(columns)),
      ger: counted(ger, (_d, _m, _s, _l, _r, n, rows, columns) => n * rows * padded(columns)),
      dot: counted(dot, (_x, _y, n) => padded(n)),
      axpy: counted(axpy, (_y, _x, _s, n) => padded(n)),
    },
  };
}
