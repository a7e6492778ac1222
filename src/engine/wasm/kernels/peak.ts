// AssemblyScript. Not part of the engine: what the machine can do, for the bench. Ten independent chains of 128-bit
// multiply-adds on registers; 40 multiply-adds a round.
import { madd, sum } from './simd';

export function peak(rounds: i32): f32 {
  const x = f32x4.splat(0.999);
  let a0 = f32x4.splat(0.1);
  let a1 = f32x4.splat(0.2);
  let a2 = f32x4.splat(0.3);
  let a3 = f32x4.splat(0.4);
  let a4 = f32x4.splat(0.5);
  let a5 = f32x4.splat(0.6);
  let a6 = f32x4.splat(0.7);
  let a7 = f32x4.splat(0.8);
  let a8 = f32x4.splat(0.9);
  let a9 = f32x4.splat(1);
  for (let i = 0; i < rounds; i++) {
    const y = f32x4.splat(<f32>i);
    a0 = madd(y, x, a0);
    a1 = madd(y, x, a1);
    a2 = madd(y, x, a2);
    a3 = madd(y, x, a3);
    a4 = madd(y, x, a4);
    a5 = madd(y, x, a5);
    a6 = madd(y, x, a6);
    a7 = madd(y, x, a7);
    a8 = madd(y, x, a8);
    a9 = madd(y, x, a9);
  }
  const b = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7)));
  return sum(f32x4.add(b, f32x4.add(a8, a9)));
}
