import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
const D='/work/wt/wasm/dist/';
const { parseRule } = await import(D+'plasticity/rule.js');
const { createWasmEngine } = await import(D+'engine/wasm/engine.js');

const relaxed = process.argv.includes('--relaxed');

const engine = await createWasmEngine({relaxed});
const dir='/work/shared/data/emnist/emnist-balanced-test-';
const img=gunzipSync(readFileSync(dir+'images-idx3-ubyte.gz')).subarray(16), lab=gunzipSync(readFileSync(dir+'labels-idx1-ubyte.gz')).subarray(8);
const by=Array.from({length:47},()=>[] as number[]); lab.forEach((c,i)=>by[c].push(i));
let seed=1; const rnd=()=>{seed=(seed*1664525+1013904223)>>>0; return seed/2**32};
function ep(fb){ const cls=[3,11,20,33,46]; const tr=[],q=[]; for(const c of cls){ for(let k=0;k<50;k++)tr.push([by[c][k],c]); for(let k=50;k<60;k++)q.push([by[c][k],c]);} tr.sort(()=>rnd()-.5);
 const im=(l)=>{const o=new Uint8Array(l.length*784); l.forEach(([i],t)=>{for(let p=0;p<784;p++)o[t*784+p]=img[i*784+(p%28)*28+((p/28)|0)]});return o};
 const layers=[784,170,130,100,70,47]; const mats=()=>layers.slice(1).map((n,l)=>{const r=Math.sqrt(6/(n+layers[l]));return Float32Array.from({length:n*layers[l]},()=>r*(2*rnd()-1))});
 return {layers,beta:10,feedback:fb,weights:mats(),...(fb==='fix'?{feedbackWeights:mats()}:{}),trainImages:im(tr),trainLabels:Uint8Array.from(tr,x=>x[1]),queryImages:im(q),queryLabels:Uint8Array.from(q,x=>x[1])};}
const E={fix:ep('fix'),sym:ep('sym')};
const cases=[['F0',['F0'],'fix'],['F_bio',['F0','F2','F9'],'fix'],['pool',['F0','F1','F2','F3','F4','F5','F6','F7','F8','F9'],'fix'],['sym F0',['F0'],'sym'],['sym eHebb',['F0','F2'],'sym'],['user',['F0',"g1 = (y .* e) (y_pre - one_pre)'","g2 = (W e_pre) y_pre'","g3 = y (W' e)'","g4 = (y .* y .* (one - y)) e_pre'"],'fix']];
const only=process.argv.slice(2).filter(a=>!a.startsWith('-'));
for(const [name,terms,fb] of cases){ if(only.length&&!only.includes(name as string))continue;
 const rule=parseRule(terms); const th=Float64Array.from(terms,(_,i)=>i?(i%2?-1e-5:1e-5):1e-3); let nx={...E[fb as 'fix']}; const n=+(process.env.N??40); const cpu=[],wall=[];
 for(let i=0;i<n;i++){const c=process.cpuUsage(),t=performance.now(); {const cur=nx; nx={...E[fb as 'fix']}; engine.prefetch!(nx,rule); await engine.run([cur],rule,[th]);}; wall.push(performance.now()-t); const d=process.cpuUsage(c); cpu.push((d.user+d.system)/1e3);}
 const s=(a)=>a.slice(8).sort((x,y)=>x-y); const c=s(cpu),w=s(wall); console.log(name.padEnd(10),'cpu min',c[0].toFixed(2),'med',c[c.length>>1].toFixed(2),' wall min',w[0].toFixed(2),'med',w[w.length>>1].toFixed(2));}
console.log('rss',(process.memoryUsage().rss/2**20)|0); await engine.dispose();
