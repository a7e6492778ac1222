import { readFileSync } from 'node:fs';
import { syntheticEpisodes, realEpisodes } from '/work/wt/wasm/test/golden/episodes.ts';
const D='/work/wt/wasm/dist/';
const { parseRule } = await import(D+'plasticity/rule.js');
const { makeWasmEngine } = await import(D+'engine/wasm/engine.js');
const { compileKernels } = await import(D+'engine/wasm/kernels.js');
const relaxed = process.argv.includes('--relaxed');
const module = await compileKernels(readFileSync(D+(relaxed?'engine/wasm/kernels.relaxed.wasm':'engine/wasm/kernels.wasm')), relaxed);
const engine = makeWasmEngine(module, 'wasm');
for (const g of [...syntheticEpisodes(), ...realEpisodes()]) {
  const rule = parseRule(g.terms);
  const [r] = await engine.run([g.episode], rule, [g.theta]);
  const reps = 3; const c0=process.cpuUsage(); let best=1e9; for(let i=0;i<reps;i++){const t=performance.now(); await engine.run([g.episode], rule,[g.theta]); best=Math.min(best,performance.now()-t);}
  const grad = r.thetaGradient.map((x,i)=>x+g.lamb*Math.sign(g.theta[i]));
  const loss = r.loss + g.lamb*g.theta.reduce((a,b)=>a+Math.abs(b),0);
  const big=Math.max(...g.expected.thetaGradient.map(Math.abs));
  const rel = g.expected.thetaGradient.map((x,i)=>Math.abs(grad[i]-x)/Math.abs(x));
  console.log(g.name.padEnd(18), best.toFixed(1), 'loss', (loss-g.expected.loss).toExponential(1), 'grad', Math.max(...rel).toExponential(1), 'ang', Math.max(...g.expected.angles.map((x,i)=>Math.abs(x-r.angles[i]))).toExponential(1),'orth', Math.max(...g.expected.orthonormality.map((x,i)=>Math.abs(x-r.orthonormality[i])/x)).toExponential(1), 'acc', g.expected.accuracy-r.accuracy);
}
console.log(process.memoryUsage().rss/2**20);
